import { setTimeout as sleep } from 'node:timers/promises';
import {
  ALLOWED_STATUS,
  type CanarySession,
  canarySession,
  DENIED_STATUS,
} from '../../lambda/credentials/canary.contract';
import type { ApiClient } from '../api/api-client';
import { DicomwebClient, DicomwebRefusal } from '../download/dicomweb-client';
import { CommandError, exitCode } from '../terminal/exit-code';

const betweenReadsMs = 50;

/** A new session may be refused for some seconds, until its role is known everywhere. */
const longestUntilAllowedMs = 60_000;

/** IAM promises no time; after this long a person looks into it. */
const longestUntilDeniedMs = 300_000;

async function statusOfRead(client: DicomwebClient, session: CanarySession): Promise<number> {
  try {
    const answer = await client.get(session.path, 'application/dicom; transfer-syntax=*');
    await answer.body?.cancel();
    return answer.status;
  } catch (error) {
    if (error instanceof DicomwebRefusal) return error.status;
    throw error;
  }
}

async function readUntil(
  client: DicomwebClient,
  session: CanarySession,
  status: number,
  limitMs: number,
): Promise<boolean> {
  const started = performance.now();
  while (performance.now() - started < limitMs) {
    if ((await statusOfRead(client, session)) === status) return true;
    await sleep(betweenReadsMs);
  }
  return false;
}

/**
 * Opens a session that reads nothing, has it revoked together with whatever `revoke` revokes, and reads with it until the
 * answer is a denial.
 *
 * @param revoke revokes, with this canary; gives what the platform answered
 * @returns the answer, and seconds from before the request to the first denied read
 * @throws CommandError (exit 4) where the session never works, or is never denied
 */
export async function measureRevocation<Answer>(
  api: ApiClient,
  revoke: (canary: string) => Promise<Answer>,
): Promise<{ answer: Answer; seconds: number }> {
  const session = await api.post('/v1/canaries', undefined, canarySession);
  const client = new DicomwebClient(async () => session, undefined);
  if (!(await readUntil(client, session, ALLOWED_STATUS, longestUntilAllowedMs)))
    throw new CommandError(
      'The session to measure with does not work; nothing was revoked.',
      exitCode.network,
      {
        code: 'NOT_ALLOWED',
        fix: 'Revoke without --measure, and tell the platform team.',
      },
    );
  const started = performance.now();
  const denied = { seconds: null as number | null };
  const [answer] = await Promise.all([
    revoke(session.grantId),
    readUntil(client, session, DENIED_STATUS, longestUntilDeniedMs).then((seen) => {
      if (seen) denied.seconds = (performance.now() - started) / 1000;
    }),
  ]);
  if (denied.seconds === null)
    throw new CommandError(
      'It is revoked, but sessions were not denied within five minutes.',
      exitCode.network,
      {
        code: 'NOT_DENIED',
        fix: 'Sessions end by themselves within an hour. Tell the platform team at once: docs/runbook.md#revocation-slow.',
      },
    );
  return { answer, seconds: denied.seconds };
}
