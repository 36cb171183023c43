import type { PresignedPut } from './presigned-put';

/** URLs asked for in one call (the API's limit). */
const urlsPerCall = 500;

interface Batch {
  readonly ordinals: readonly number[];
  urls: Promise<Map<number, PresignedPut>>;
  generation: number;
}

/**
 * Presigned URLs of the files to send, asked for in batches when the first file of a batch needs its own, and again
 * when they have expired.
 */
export class UploadUrls {
  private readonly batches = new Map<number, Batch>();
  private readonly waiting: Map<number, readonly number[]>;
  private readonly done = new Set<number>();

  constructor(
    ordinals: readonly number[],
    private readonly sign: (ordinals: readonly number[]) => Promise<Map<number, PresignedPut>>,
  ) {
    this.waiting = new Map();
    for (let from = 0; from < ordinals.length; from += urlsPerCall) {
      const batch = ordinals.slice(from, from + urlsPerCall);
      for (const ordinal of batch) this.waiting.set(ordinal, batch);
    }
  }

  /** The URL of a file and its generation, by which `renew` tells whether another file has renewed the batch. */
  async get(ordinal: number): Promise<{ put: PresignedPut; generation: number }> {
    const batch = this.batchOf(ordinal);
    const { generation } = batch;
    const put = (await batch.urls).get(ordinal);
    if (put === undefined) throw new Error('the service gave no URL for a file of the manifest');
    return { put, generation };
  }

  /** Marks the URLs of that generation as expired. */
  renew(ordinal: number, generation: number): void {
    const batch = this.batchOf(ordinal);
    if (batch.generation !== generation) return;
    batch.generation++;
    batch.urls = this.sign(batch.ordinals.filter((each) => !this.done.has(each)));
  }

  finished(ordinal: number): void {
    this.done.add(ordinal);
  }

  private batchOf(ordinal: number): Batch {
    const ordinals = this.waiting.get(ordinal);
    const first = ordinals?.[0];
    if (ordinals === undefined || first === undefined) throw new Error('not a file to be sent');
    const known = this.batches.get(first);
    if (known) return known;
    const batch: Batch = { ordinals, urls: this.sign(ordinals), generation: 0 };
    this.batches.set(first, batch);
    return batch;
  }
}
