import * as z from 'zod';
import { canonicalDigest } from '../platform/canonical-json';
import type { Clock } from '../platform/clock';
import type { Item, ItemKey, TransactionWrite } from '../platform/document-table';
import { refuseRegister } from './register-refusals';
import { atVersion, idempotencyKey, type RegisterTable } from './register-table';

/** A key is remembered for a day: longer than any client retries. */
const REMEMBERED_SECONDS = 86_400;

const remembered = z.object({
  digest: z.string(),
  resultId: z.string(),
  /** Counts what the key stood for: more than one where the first came to nothing. */
  version: z.number().int().min(1).default(1),
});

/** What a request made when it came before. */
export type EarlierResult = Pick<z.infer<typeof remembered>, 'resultId' | 'version'>;

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

  /** Where the request is remembered; none where no key came. */
  get itemKeys(): readonly ItemKey[] {
    return this.key === undefined ? [] : [idempotencyKey(this.subject, this.key)];
  }

  /**
   * What the request made the first time, from items read under `itemKeys` among others; null where this is the first time.
   * @throws PlatformError IDEMPOTENCY_KEY_REUSED where the key came with another request
   */
  earlierIn(items: readonly Item[]): EarlierResult | null {
    const [key] = this.itemKeys;
    const item = key && items.find(({ pk, sk }) => pk === key.pk && sk === key.sk);
    return item === undefined ? null : this.checked(remembered.parse(item));
  }

  /**
   * Id of what the request made the first time, or null.
   * @throws PlatformError IDEMPOTENCY_KEY_REUSED where the key came with another request
   */
  async earlierResult(table: RegisterTable): Promise<string | null> {
    const [key] = this.itemKeys;
    const earlier = key === undefined ? null : await table.get(key, remembered);
    return earlier === null ? null : this.checked(earlier).resultId;
  }

  /**
   * What remembers the request, for the transaction that carries it out; nothing where no key came.
   * @param version that of an earlier result which came to nothing and which this one replaces
   */
  remember(resultId: string, clock: Clock, version = 0): TransactionWrite[] {
    return this.itemKeys.map((key) => ({
      put: {
        ...key,
        digest: this.digest,
        resultId,
        version: version + 1,
        timeToLive: Math.floor(clock.now().getTime() / 1000) + REMEMBERED_SECONDS,
      },
      condition: atVersion(version),
    }));
  }

  private checked<Remembered extends { digest: string }>(earlier: Remembered): Remembered {
    if (earlier.digest !== this.digest) throw refuseRegister('IDEMPOTENCY_KEY_REUSED');
    return earlier;
  }
}
