import type { Adapter, AdapterPayload } from 'oidc-provider';

/** Entries kept at once; the oldest go first. */
const mostEntries = 5000;

interface Entry {
  readonly payload: AdapterPayload;
  /** Milliseconds since 1970. */
  readonly until: number;
}

/** Sessions, codes and grants in memory: whoever was signed in signs in again after a restart. */
export class MemoryAdapter implements Adapter {
  private static readonly entries = new Map<string, Entry>();

  constructor(private readonly model: string) {}

  async upsert(id: string, payload: AdapterPayload, expiresIn: number): Promise<void> {
    const { entries } = MemoryAdapter;
    entries.delete(this.key(id));
    entries.set(this.key(id), { payload, until: Date.now() + expiresIn * 1000 });
    const oldest = entries.size > mostEntries ? entries.keys().next().value : undefined;
    if (oldest !== undefined) entries.delete(oldest);
  }

  async find(id: string): Promise<AdapterPayload | undefined> {
    const entry = MemoryAdapter.entries.get(this.key(id));
    return entry && entry.until > Date.now() ? entry.payload : undefined;
  }

  async findByUserCode(userCode: string): Promise<AdapterPayload | undefined> {
    return this.search((payload) => payload.userCode === userCode);
  }

  async findByUid(uid: string): Promise<AdapterPayload | undefined> {
    return this.search((payload) => payload.uid === uid);
  }

  async consume(id: string): Promise<void> {
    const entry = MemoryAdapter.entries.get(this.key(id));
    if (entry) entry.payload.consumed = Math.floor(Date.now() / 1000);
  }

  async destroy(id: string): Promise<void> {
    MemoryAdapter.entries.delete(this.key(id));
  }

  async revokeByGrantId(grantId: string): Promise<void> {
    for (const [key, { payload }] of MemoryAdapter.entries) {
      if (payload.grantId === grantId) MemoryAdapter.entries.delete(key);
    }
  }

  private key(id: string): string {
    return `${this.model}:${id}`;
  }

  private search(fits: (payload: AdapterPayload) => boolean): AdapterPayload | undefined {
    for (const [key, { payload, until }] of MemoryAdapter.entries) {
      if (key.startsWith(`${this.model}:`) && until > Date.now() && fits(payload)) return payload;
    }
    return undefined;
  }
}
