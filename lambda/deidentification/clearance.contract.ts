import * as z from 'zod';
import { sha256Hex, submissionId } from './pipeline.contract';

/** Input of Clear. */
export const clearStep = z.object({ submissionId, taskToken: z.string().min(1) });

/**
 * What Clear answers to the state machine: not how many were cleared, which beside the number asked about would tell how
 * many have opted out.
 */
export const clearOutput = { answered: true } as const;

/** `submissions/<submission>/cleared.json`. */
export const clearance = z.object({
  submissionId,
  /** Keyed hashes of the NHS numbers that may pass, sorted. */
  hashes: z.array(sha256Hex),
  receivedAt: z.iso.datetime(),
  /** Nobody passes by this answer any more from here on. */
  expiresAt: z.iso.datetime(),
});

/** `CLEARANCE#<submission>` / `WAIT`. */
export const clearanceWait = z.object({
  taskToken: z.string(),
  requestedAt: z.iso.datetime(),
  /** An answer that comes later passes nobody: the state machine goes on without one. */
  answerBy: z.iso.datetime(),
});

/** Whether somebody may still pass by a clearance `secondsAhead` seconds after `now`. */
export function clearanceHolds({ expiresAt }: Clearance, now: Date, secondsAhead = 0): boolean {
  return now.getTime() + secondsAhead * 1_000 < new Date(expiresAt).getTime();
}

export type Clearance = z.infer<typeof clearance>;
export type ClearanceWait = z.infer<typeof clearanceWait>;
