import type { Clock } from '../platform/clock';
import type { HttpApi } from '../platform/http-api';
import { KEPT_SECONDS, type PublicTable, READ_AGAIN_MILLISECONDS } from '../public-register/list-register';
import { PUBLIC_PARTITION } from '../register/partitions.contract';
import { COMMITMENT_PREFIX, type Commitment, commitment, commitmentRoutes } from './commitment.contract';

/** All commitments, the latest first: a few a release. Read once in five seconds, however many ask. */
export class PublicCommitments {
  private read: { readonly at: number; readonly commitments: Promise<Commitment[]> } | null = null;

  constructor(private readonly ports: { readonly table: PublicTable; readonly clock: Clock }) {}

  async list(): Promise<Commitment[]> {
    const { table, clock } = this.ports;
    const now = clock.now().getTime();
    const age = this.read === null ? Number.POSITIVE_INFINITY : now - this.read.at;
    if (this.read !== null && age >= 0 && age < READ_AGAIN_MILLISECONDS) return this.read.commitments;
    const commitments = table
      .queryAll({ pk: PUBLIC_PARTITION, skPrefix: COMMITMENT_PREFIX }, commitment)
      .then((all) => all.sort((one, other) => (one.committedAt > other.committedAt ? -1 : 1)));
    const reading = { at: now, commitments };
    this.read = reading;
    commitments.catch(() => {
      if (this.read === reading) this.read = null;
    });
    return commitments;
  }
}

/** Adds the public route of commitments. */
export function serveCommitments(api: HttpApi, commitments: PublicCommitments): void {
  api.serve(commitmentRoutes.listCommitments, async () => ({
    body: { commitments: await commitments.list() },
    headers: { 'cache-control': `public, max-age=${KEPT_SECONDS}`, 'access-control-allow-origin': '*' },
  }));
}
