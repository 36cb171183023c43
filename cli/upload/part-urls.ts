import type { PartUrls } from '../../lambda/submission/submission.contract';
import type { PresignedPut } from './presigned-put';

/** Asks for the URLs of missing parts after `after`. */
export type AskPartUrls = (after: number, limit: number) => Promise<PartUrls>;

interface KnownPart {
  /** Null: the part has been received. */
  readonly put: PresignedPut | null;
  /** The answer it came with: its URLs expire together. */
  readonly answer: number;
}

/**
 * Presigned URLs of the parts of one file, asked for when the first part without one is to be sent, and again when they
 * have expired.
 */
export class PartUrlPages {
  private readonly known = new Map<number, KnownPart>();
  private asking: Promise<void> | null = null;
  private answers = 0;

  constructor(
    private readonly ask: AskPartUrls,
    /** URLs of one answer. */
    private readonly pageSize: number,
  ) {}

  /** The URL of a part; null where the part has been received. */
  async get(part: number): Promise<PresignedPut | null> {
    for (;;) {
      const known = this.known.get(part);
      if (known !== undefined) return known.put;
      this.asking ??= this.fetch(part - 1).finally(() => {
        this.asking = null;
      });
      await this.asking;
    }
  }

  /** Forgets a URL that S3 does not take any more, and those that came with it. */
  expire(part: number, put: PresignedPut): void {
    const expired = this.known.get(part);
    if (expired === undefined || expired.put !== put) return;
    for (const [each, { answer }] of this.known) if (answer === expired.answer) this.known.delete(each);
  }

  /** The part has been received now. */
  finished(part: number): void {
    this.known.set(part, { put: null, answer: -1 });
  }

  /** Forgets all, also which parts have been received: the upload is another one now, or about to be completed. */
  forget(): void {
    this.known.clear();
  }

  private async fetch(after: number): Promise<void> {
    const { urls, parts, next } = await this.ask(after, this.pageSize);
    const answer = ++this.answers;
    const byPart = new Map(urls.map((each) => [each.part, each]));
    for (let part = after + 1; part <= (next ?? parts); part++)
      this.known.set(part, { put: byPart.get(part) ?? null, answer });
  }
}
