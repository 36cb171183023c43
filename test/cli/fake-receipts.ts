import { exportJWK, FlattenedSign, type JWK } from 'jose';
import type { Keys } from './fake-issuer';
import type { FakeSubmission } from './fake-submission';

/** What becomes of files in the fake platform, and what it signs. */
export class FakeReceipts {
  /** Outcome of a file by ordinal; `imported` where not said. */
  readonly outcomes = new Map<number, { outcome: string; code?: string }>();

  private constructor(
    private readonly keys: Keys,
    readonly jwk: JWK,
  ) {}

  static async of(keys: Keys): Promise<FakeReceipts> {
    return new FakeReceipts(keys, { ...(await exportJWK(keys.publicKey)), kid: 'test', alg: 'ES256' });
  }

  /** A signed receipt over the outcomes that the test chose. */
  async receipt(submission: FakeSubmission, change: (payload: Record<string, unknown>) => void = () => {}) {
    const files = [...submission.entries.values()]
      .sort((a, b) => a.ordinal - b.ordinal)
      .map(({ ordinal, sha256, bytes, parts }) => ({
        ordinal,
        sha256,
        bytes,
        ...(parts && { digest: 'parts', partBytes: parts.bytes }),
        ...this.outcomeOf(ordinal),
      }));
    const payload: Record<string, unknown> = {
      version: 1,
      submission: submission.id,
      trust: 'RX1',
      collection: submission.collection,
      createdAt: '2026-11-23T10:00:00.000Z',
      completedAt: '2026-11-23T10:01:00.000Z',
      issuedAt: '2026-11-23T10:02:00.000Z',
      policy: { name: 'basic', version: 1, sha256: '0'.repeat(64) },
      ...(submission.expired && {
        expired: { announcedFiles: submission.fileCount, announcedBytes: submission.totalBytes },
      }),
      ...this.totals(submission),
      files,
    };
    change(payload);
    return new FlattenedSign(Buffer.from(JSON.stringify(payload)))
      .setProtectedHeader({ alg: 'ES256', kid: 'test', typ: 'nmip-receipt+jws' })
      .sign(this.keys.privateKey);
  }

  /** Signs what the platform signs beside receipts. */
  sign(type: string, payload: object) {
    return new FlattenedSign(Buffer.from(JSON.stringify(payload)))
      .setProtectedHeader({ alg: 'ES256', kid: 'test', typ: type })
      .sign(this.keys.privateKey);
  }

  get publicKeys() {
    return { keys: [this.jwk] };
  }

  outcomeOf(ordinal: number) {
    return this.outcomes.get(ordinal) ?? { outcome: 'imported' };
  }

  private totals(submission: FakeSubmission) {
    const totals: Record<string, number> = {
      imported: 0,
      duplicate: 0,
      withheld: 0,
      quarantined: 0,
      missing: 0,
    };
    const quarantine: Record<string, number> = {};
    for (const ordinal of submission.entries.keys()) {
      const { outcome, code } = this.outcomeOf(ordinal);
      totals[outcome] = (totals[outcome] ?? 0) + 1;
      if (code) quarantine[code] = (quarantine[code] ?? 0) + 1;
    }
    return { totals, quarantine };
  }

  outcomeTotals(submission: FakeSubmission) {
    const { totals, quarantine } = this.totals(submission);
    const { imported = 0, duplicate = 0, withheld = 0, quarantined = 0, missing = 0 } = totals;
    const ledgerTotals = { imported, duplicateOrWithheld: duplicate + withheld, quarantined, missing };
    return { totals, quarantine, ledgerTotals };
  }
}
