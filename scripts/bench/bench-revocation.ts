import * as z from 'zod';
import type { AccessPlatform } from './access-platform';
import { median, rounded } from './measured-process';

export interface RevocationBench {
  readonly rounds: number;
  /** From the request to the first denied read of a session that was revoked by it. */
  readonly median: number;
  readonly longest: number;
}

const ROUNDS = 5;

const measured = z.object({ secondsToFirstDeniedRead: z.number() });

/** Revokes canaries with the command, in seconds. */
export async function benchRevocation({ officer }: AccessPlatform): Promise<RevocationBench> {
  const seconds: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const record = await officer.record(['revoke', 'canary', '--reason', 'other']);
    seconds.push(measured.parse(record).secondsToFirstDeniedRead);
  }
  return { rounds: ROUNDS, median: rounded(median(seconds), 2), longest: rounded(Math.max(...seconds), 2) };
}
