import type { ManifestArchive, ManifestEntry } from '../deidentification/pipeline.contract';
import { boundedMap } from '../platform/bounded-map';
import { absent, type DocumentTable, type ItemKey } from '../platform/document-table';
import { workKeys } from '../platform/object-keys';
import { type ObjectStore, requireJson, writeJson } from '../platform/object-store';
import { pageDigest } from './manifest';
import { type ManifestPageRecord, manifestPageRecord, storedManifestPage } from './submission.contract';
import { submissionKey } from './submission-store';

/** Manifest pages read at once: a page is at most 1.3 MB. */
const pagesAtOnce = 8;

/** Pages kept in memory for requests of upload URLs, which come many to a page. */
const cachedPages = 6;

export type PageWritten =
  | { readonly result: 'written' }
  | { readonly result: 'conflict' }
  /** The submission is not open any more, or has other pages than those that were seen. */
  | { readonly result: 'overtaken' };

/** A page as it stands in the work bucket. */
export interface StoredPage {
  readonly entries: readonly ManifestEntry[];
  readonly archives: readonly ManifestArchive[];
}

/** Manifest pages: entries and archives in the work bucket, their digests in the ledger. A page never changes. */
export interface ManifestStore {
  listPages(submissionId: string): Promise<ManifestPageRecord[]>;
  /** Entries of one page, checked against the ledger's digest. */
  readPage(submissionId: string, page: ManifestPageRecord): Promise<readonly ManifestEntry[]>;
  /** Entries of all pages, in order of page. */
  readAll(submissionId: string): Promise<ManifestEntry[]>;
  /** Archives of one page. */
  readPageArchives(submissionId: string, page: ManifestPageRecord): Promise<readonly ManifestArchive[]>;
  /** Archives of all pages, in order of page. */
  readArchives(submissionId: string): Promise<ManifestArchive[]>;
  /**
   * Takes pages out of the ledger whose entries a crash kept from being written: nobody can have sent a file of them. For
   * submissions that take no more pages.
   */
  dropUnwrittenPages(submissionId: string): Promise<void>;
  /**
   * Writes a page of an open submission that has `pagesSeen` pages: what was checked against these is written beside no
   * others. The same page again is `written`.
   */
  writePage(
    submissionId: string,
    pagesSeen: number,
    page: ManifestPageRecord,
    entries: readonly ManifestEntry[],
    archives?: readonly ManifestArchive[],
  ): Promise<PageWritten>;
}

/** Key of what the ledger holds of a manifest page. */
export function pageKey(submissionId: string, page: number): ItemKey {
  return { pk: `SUBMISSION#${submissionId}`, sk: `PAGE#${String(page).padStart(4, '0')}` };
}

export class LedgerManifestStore implements ManifestStore {
  private readonly cache = new Map<string, StoredPage>();

  constructor(
    private readonly ledger: DocumentTable,
    private readonly objects: Pick<ObjectStore, 'readText' | 'put' | 'head'>,
    private readonly workBucket: string,
  ) {}

  listPages(submissionId: string): Promise<ManifestPageRecord[]> {
    return this.ledger.queryAll({ pk: `SUBMISSION#${submissionId}`, skPrefix: 'PAGE#' }, manifestPageRecord);
  }

  async readPage(submissionId: string, page: ManifestPageRecord): Promise<readonly ManifestEntry[]> {
    return (await this.readStored(submissionId, page)).entries;
  }

  async readPageArchives(
    submissionId: string,
    page: ManifestPageRecord,
  ): Promise<readonly ManifestArchive[]> {
    return page.archiveBytes === 0 ? [] : (await this.readStored(submissionId, page)).archives;
  }

  async readArchives(submissionId: string): Promise<ManifestArchive[]> {
    const pages = await this.listPages(submissionId);
    const archives = await boundedMap(pages, pagesAtOnce, (page) =>
      this.readPageArchives(submissionId, page),
    );
    return archives.flat();
  }

  private async readStored(submissionId: string, page: ManifestPageRecord): Promise<StoredPage> {
    const known = this.cache.get(page.digest);
    if (known !== undefined) return known;
    const stored = await requireJson(
      this.objects,
      { bucket: this.workBucket, key: workKeys.manifestPage(submissionId, page.page) },
      storedManifestPage,
    );
    if (pageDigest(stored.entries, stored.archives) !== page.digest)
      throw new Error(`manifest page ${page.page} of ${submissionId} is not the one in the ledger`);
    this.cache.set(page.digest, stored);
    for (const oldest of this.cache.keys()) {
      if (this.cache.size <= cachedPages) break;
      this.cache.delete(oldest);
    }
    return stored;
  }

  async readAll(submissionId: string): Promise<ManifestEntry[]> {
    const pages = await this.listPages(submissionId);
    const entries = await boundedMap(pages, pagesAtOnce, (page) => this.readPage(submissionId, page));
    return entries.flat();
  }

  async dropUnwrittenPages(submissionId: string): Promise<void> {
    await boundedMap(await this.listPages(submissionId), pagesAtOnce, async ({ page }) => {
      const key = workKeys.manifestPage(submissionId, page);
      if ((await this.objects.head({ bucket: this.workBucket, key })) === null)
        await this.ledger.delete(pageKey(submissionId, page));
    });
  }

  async writePage(
    submissionId: string,
    pagesSeen: number,
    page: ManifestPageRecord,
    entries: readonly ManifestEntry[],
    archives: readonly ManifestArchive[] = [],
  ): Promise<PageWritten> {
    const key = pageKey(submissionId, page.page);
    const written = await this.ledger.transact([
      { put: { ...key, ...page }, condition: absent },
      {
        update: submissionKey(submissionId),
        with: {
          expression: 'SET manifestPages = :written',
          condition: `#state = :open AND ${
            pagesSeen === 0 ? 'attribute_not_exists(manifestPages)' : 'manifestPages = :seen'
          }`,
          names: { '#state': 'state' },
          values: {
            ':open': 'open',
            ':written': pagesSeen + 1,
            ...(pagesSeen > 0 && { ':seen': pagesSeen }),
          },
        },
      },
    ]);
    if (!written.committed) {
      const known = await this.ledger.get(key, manifestPageRecord.pick({ digest: true }));
      if (known === null) return { result: 'overtaken' };
      if (known.digest !== page.digest) return { result: 'conflict' };
    }
    // After the ledger, so that two contents never compete for the object; repeated by the same page sent again.
    await writeJson(
      this.objects,
      { bucket: this.workBucket, key: workKeys.manifestPage(submissionId, page.page) },
      archives.length === 0 ? { entries } : { entries, archives },
    );
    return { result: 'written' };
  }
}
