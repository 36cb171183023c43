import * as z from 'zod';
import { canonicalDigest } from '../platform/canonical-json';
import type { Clock } from '../platform/clock';
import { absent, type TransactionWrite } from '../platform/document-table';
import { refuseRegister } from './register-refusals';
import { idempotencyKey, type RegisterTable } from './register-table';

/** A key is remembered for a day: longer than any client retries. */
const REMEMBERED_SECONDS = 86_400;

const remembered = z.object({ digest: z.string(), resultId: z.string() });

/** One request that may come more than once, under the key its sender gave it. */
export class RepeatableRequest {
  private constructor(
    private readonly subject: string,
    private readonly key: string | undefined,
    private readonly digest: string,
  ) {}

  /**
   * @param key value of the Idempotency-Key header, if there was one
   * @param request what must be equal in a repetition: route and body
   */
  static of(subject: string, key: string | undefined, request: unknown): RepeatableRequest {
    return new RepeatableRequest(subject, key, canonicalDigest(request));
  }

  /**
   * Id of what the request made the first time, or null.
   * @throws PlatformError IDEMPOTENCY_KEY_REUSED where the key came with another request
   */
  async earlierResult(table: RegisterTable): Promise<string | null> {
    if (this.key === undefined) return null;
    const earlier = await table.get(idempotencyKey(this.subject, this.key), remembered);
    if (earlier === null) return null;
    if (earlier.digest !== this.digest) throw refuseRegister('IDEMPOTENCY_KEY_REUSED');
    return earlier.resultId;
  }

  /** What remembers the request, for the transaction that carries it out; nothing where no key came. */
  remember(resultId: string, clock: Clock): TransactionWrite[] {
    if (this.key === undefined) return [];
    return [
      {
        put: {
          ...idempotencyKey(this.subject, this.key),
          digest: this.digest,
          resultId,
          timeToLive: Math.floor(clock.now().getTime() / 1000) + REMEMBERED_SECONDS,
        },
        condition: absent,
      },
    ];
  }
}
