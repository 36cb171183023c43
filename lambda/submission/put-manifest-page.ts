import type { ManifestArchive, ManifestEntry } from '../deidentification/pipeline.contract';
import type { PlatformError } from '../platform/platform-error';
import type { RequestPerson } from '../platform/request-person';
import { openSubmission } from './acting-trust';
import { checkPage, describePage, type ManifestProblem, orderArchives, orderEntries } from './manifest';
import type { ManifestStore, StoredPage } from './manifest-store';
import type { PartsProblem } from './parts.contract';
import { manifestPageLimit, type SubmissionRecord, submissionByteLimit } from './submission.contract';
import { refuseSubmission } from './submission-errors';
import type { SubmissionStore } from './submission-store';

/** Rounds of checking and writing a page; one more is needed only where another page is written in between. */
const pageRounds = 20;

export interface ManifestPorts {
  readonly submissions: Pick<SubmissionStore, 'get'>;
  readonly manifests: ManifestStore;
}

const partsRefusals = {
  required: 'PARTS_REQUIRED',
  'not-allowed': 'PARTS_NOT_ALLOWED',
  count: 'PARTS_DIFFER',
  digest: 'PARTS_DIFFER',
} as const satisfies Record<PartsProblem, string>;

const partsDetails: Readonly<Record<PartsProblem, string>> = {
  required: 'Without parts',
  'not-allowed': 'With parts',
  count: 'Another number of digests than of parts',
  digest: 'Another sha256 than that of the digests of the parts',
};

/** The refusal that tells a client of a problem of its manifest. */
export function manifestRefusal(problem: ManifestProblem): PlatformError {
  switch (problem.problem) {
    case 'out-of-range':
      return refuseSubmission('ORDINAL_OUT_OF_RANGE', {
        detail: `Out of range: ${problem.ordinals.join(', ')}.`,
        extensions: { ordinals: problem.ordinals },
      });
    case 'repeated':
      return refuseSubmission('ORDINAL_REPEATED', {
        detail: `Repeated: ${problem.ordinals.join(', ')}.`,
        extensions: { ordinals: problem.ordinals },
      });
    case 'parts':
      return refuseSubmission(partsRefusals[problem.with], {
        detail: `${partsDetails[problem.with]}: ${problem.ordinals.join(', ')}.`,
        extensions: { ordinals: problem.ordinals },
      });
    case 'incomplete':
      return refuseSubmission('MANIFEST_INCOMPLETE', {
        detail: `${problem.missing} ordinals are missing: ${problem.ranges.join(', ')}.`,
        extensions: { missing: problem.missing, ranges: problem.ranges },
      });
    case 'archives-invalid':
      return refuseSubmission('ARCHIVES_INVALID', {
        detail: `Archives: ${problem.archives.join(', ')}.`,
        extensions: { archives: problem.archives },
      });
    case 'bytes-differ':
      return refuseSubmission('MANIFEST_BYTES_DIFFER', {
        detail: `Announced were ${problem.announced} bytes; the manifest lists ${problem.listed}.`,
        extensions: { announced: problem.announced, listed: problem.listed },
      });
  }
}

/**
 * Takes a page of the manifest. The same page again is a no-op; a page never changes.
 * @throws PlatformError of submission-errors.ts
 */
export async function putManifestPage(
  ports: ManifestPorts,
  person: RequestPerson,
  id: string,
  page: number,
  entries: readonly ManifestEntry[],
  archives: readonly ManifestArchive[] = [],
): Promise<{ page: number; entries: number }> {
  if (page < 1 || page > manifestPageLimit) throw refuseSubmission('PAGE_OUT_OF_RANGE');
  const ordered = { entries: orderEntries(entries), archives: orderArchives(archives) };
  for (let round = 0; round < pageRounds; round += 1) {
    const submission = await openSubmission(ports.submissions, person, id);
    if (await writeChecked(ports, submission, page, ordered)) return { page, entries: entries.length };
  }
  throw new Error('other pages of the manifest kept being written');
}

/**
 * Checks a page against the pages that stand and writes it beside no others: two that repeat an ordinal could never be
 * completed. False where another page came in between, or the submission is not open any more.
 */
async function writeChecked(
  { manifests }: Pick<ManifestPorts, 'manifests'>,
  { id, fileCount }: Pick<SubmissionRecord, 'id' | 'fileCount'>,
  page: number,
  { entries, archives }: Pick<StoredPage, 'entries' | 'archives'>,
): Promise<boolean> {
  const description = describePage(page, entries, archives);
  const known = await manifests.listPages(id);
  const before = known.find((each) => each.page === page);
  if (before !== undefined && before.digest !== description.digest) throw refuseSubmission('PAGE_CONFLICT');
  const beside = known.filter((each) => each.page !== page);
  const bytes = [...beside, description].reduce((sum, each) => sum + each.bytes, 0);
  const archiveBytes = [...beside, description].reduce((sum, each) => sum + each.archiveBytes, 0);
  if (Math.max(bytes, archiveBytes) > submissionByteLimit) throw refuseSubmission('SUBMISSION_TOO_LARGE');
  const others: ManifestEntry[] = [];
  for (const each of beside)
    if (each.firstOrdinal <= description.lastOrdinal && description.firstOrdinal <= each.lastOrdinal)
      others.push(...(await manifests.readPage(id, each)));
  const problem = checkPage(fileCount, entries, others, archives);
  if (problem !== null) throw manifestRefusal(problem);
  const { result } = await manifests.writePage(id, known.length, description, entries, archives);
  if (result === 'conflict') throw refuseSubmission('PAGE_CONFLICT');
  return result === 'written';
}
