import { InvokeCommand, type LambdaClient } from '@aws-sdk/client-lambda';
import type { Log } from '../platform/log';

/** Has running sessions denied at once, after a revocation has been written. */
export interface SessionDenier {
  /** Whether it was done; where not, the schedule does it within a minute. */
  deny(): Promise<boolean>;
}

/** With its repetitions: one run of deny-sessions at a time, so that another may have to be waited for. */
const TIMEOUT_MILLISECONDS = 15_000;

/** Calls the function deny-sessions. */
export function lambdaSessionDenier(client: LambdaClient, functionName: string, log: Log): SessionDenier {
  return {
    async deny() {
      try {
        const answer = await client.send(
          new InvokeCommand({ FunctionName: functionName, InvocationType: 'RequestResponse' }),
          { abortSignal: AbortSignal.timeout(TIMEOUT_MILLISECONDS) },
        );
        if (answer.FunctionError === undefined) return true;
        log.error('sessions not denied yet', { code: 'DENIAL_FAILED' });
      } catch (error) {
        log.error('sessions not denied yet', { code: 'DENIAL_NOT_CALLED' }, error);
      }
      return false;
    },
  };
}
