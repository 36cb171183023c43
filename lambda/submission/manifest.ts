import type { ManifestArchive, ManifestEntry } from '../deidentification/pipeline.contract';
import { canonicalDigest } from '../platform/canonical-json';
import { checkParts, type PartsProblem } from './parts.contract';
import type { ManifestPageRecord } from './submission.contract';

/** Ordinals or ranges named in a refusal; more would not help a person. */
const namedLimit = 20;

export type ManifestProblem =
  | { readonly problem: 'out-of-range'; readonly ordinals: readonly number[] }
  | { readonly problem: 'repeated'; readonly ordinals: readonly number[] }
  | { readonly problem: 'parts'; readonly with: PartsProblem; readonly ordinals: readonly number[] }
  | { readonly problem: 'incomplete'; readonly missing: number; readonly ranges: readonly string[] }
  | { readonly problem: 'archives-invalid'; readonly archives: readonly number[] }
  | { readonly problem: 'bytes-differ'; readonly announced: number; readonly listed: number };

/** Entries in order of ordinal: the form in which a page is digested and stored. */
export function orderEntries(entries: readonly ManifestEntry[]): ManifestEntry[] {
  return [...entries].sort((left, right) => left.ordinal - right.ordinal);
}

/** Archives in order of number: the form in which a page is digested and stored. */
export function orderArchives(archives: readonly ManifestArchive[]): ManifestArchive[] {
  return [...archives].sort((left, right) => left.archive - right.archive);
}

/** Digest of a page; entries and archives in order. A page without archives has the digest of its entries. */
export function pageDigest(entries: readonly ManifestEntry[], archives: readonly ManifestArchive[]): string {
  return canonicalDigest(archives.length === 0 ? entries : { archives, entries });
}

/** What the ledger holds of a page; `entries`, at least one, and `archives` in order. */
export function describePage(
  page: number,
  entries: readonly ManifestEntry[],
  archives: readonly ManifestArchive[] = [],
): ManifestPageRecord {
  const ordinals = entries.map((entry) => entry.ordinal);
  return {
    page,
    digest: pageDigest(entries, archives),
    entries: entries.length,
    bytes: entries.reduce((sum, entry) => sum + entry.bytes, 0),
    firstOrdinal: Math.min(...ordinals),
    lastOrdinal: Math.max(...ordinals),
    archiveBytes: archives.reduce((sum, archive) => sum + archive.bytes, 0),
  };
}

function repeatedOrdinals(entries: Iterable<ManifestEntry>): number[] {
  const seen = new Set<number>();
  const repeated = new Set<number>();
  for (const { ordinal } of entries) {
    if (seen.has(ordinal)) repeated.add(ordinal);
    seen.add(ordinal);
  }
  return [...repeated];
}

/**
 * Checks one page against the submission and the entries of other pages that may overlap it; null where it is right. What
 * a page says of archives is checked here as far as it bounds what a manifest may hold, and else by `checkManifest`.
 */
export function checkPage(
  fileCount: number,
  entries: readonly ManifestEntry[],
  others: readonly ManifestEntry[],
  archives: readonly ManifestArchive[] = [],
): ManifestProblem | null {
  const outside = entries.filter((entry) => entry.ordinal > fileCount).map((entry) => entry.ordinal);
  if (outside.length > 0) return { problem: 'out-of-range', ordinals: outside.slice(0, namedLimit) };
  const own = new Set(entries.map((entry) => entry.ordinal));
  const repeated = repeatedOrdinals([...entries, ...others.filter((entry) => own.has(entry.ordinal))]);
  if (repeated.length > 0) return { problem: 'repeated', ordinals: repeated.slice(0, namedLimit) };
  return partsProblem(entries) ?? archivesProblem(entries, archives);
}

/** Archives of a page that are listed there twice, hold no file of it, or whose parts do not fit. */
function archivesProblem(
  entries: readonly ManifestEntry[],
  archives: readonly ManifestArchive[],
): ManifestProblem | null {
  const named = new Set(entries.map(({ archived }) => archived?.archive));
  const misfits = new Set<number>();
  const seen = new Set<number>();
  for (const listed of archives) {
    const { archive } = listed;
    if (seen.has(archive) || !named.has(archive) || checkParts(listed) !== null) misfits.add(archive);
    seen.add(archive);
  }
  return misfits.size === 0
    ? null
    : { problem: 'archives-invalid', archives: [...misfits].slice(0, namedLimit) };
}

/** The first kind of problem with parts, and the entries that have it. */
function partsProblem(entries: readonly ManifestEntry[]): ManifestProblem | null {
  const found = entries.flatMap((entry) => {
    const problem = checkParts(entry);
    return problem === null ? [] : [{ problem, ordinal: entry.ordinal }];
  });
  const [first] = found;
  if (first === undefined) return null;
  const ordinals = found.filter(({ problem }) => problem === first.problem).map(({ ordinal }) => ordinal);
  return { problem: 'parts', with: first.problem, ordinals: ordinals.slice(0, namedLimit) };
}

/** Archives that have parts and need none or the other way round, or whose parts do not fit, are listed twice, hold no file, are named by a file but not listed, or give two files one member. */
function misfittingArchives(
  entries: readonly ManifestEntry[],
  archives: readonly ManifestArchive[],
): number[] {
  const membersOf = new Map<number, Set<number>>();
  const misfits = new Set<number>();
  for (const listed of archives) {
    const { archive } = listed;
    if (checkParts(listed) !== null) misfits.add(archive);
    if (membersOf.has(archive)) misfits.add(archive);
    membersOf.set(archive, new Set());
  }
  for (const { archived } of entries) {
    if (archived === undefined) continue;
    const members = membersOf.get(archived.archive);
    if (members === undefined || members.has(archived.member)) misfits.add(archived.archive);
    members?.add(archived.member);
  }
  for (const [archive, members] of membersOf) if (members.size === 0) misfits.add(archive);
  return [...misfits].slice(0, namedLimit);
}

/** Ordinals of 1…fileCount that are not in `present`, as ranges such as `5` and `7-9`. */
export function missingRanges(
  fileCount: number,
  present: ReadonlySet<number>,
): { missing: number; ranges: string[] } {
  const ranges: string[] = [];
  let missing = 0;
  let start: number | null = null;
  for (let ordinal = 1; ordinal <= fileCount + 1; ordinal += 1) {
    const absent = ordinal <= fileCount && !present.has(ordinal);
    if (absent) {
      missing += 1;
      start ??= ordinal;
    } else if (start !== null) {
      const end = ordinal - 1;
      if (ranges.length < namedLimit) ranges.push(start === end ? `${start}` : `${start}-${end}`);
      start = null;
    }
  }
  return { missing, ranges };
}

/**
 * Checks the whole manifest at completion: every ordinal exactly once, sizes adding up, archives and files fitting each
 * other; null where it is right.
 */
export function checkManifest(
  announced: { readonly fileCount: number; readonly totalBytes: number },
  entries: readonly ManifestEntry[],
  archives: readonly ManifestArchive[] = [],
): ManifestProblem | null {
  const repeated = repeatedOrdinals(entries);
  if (repeated.length > 0) return { problem: 'repeated', ordinals: repeated.slice(0, namedLimit) };
  const { missing, ranges } = missingRanges(
    announced.fileCount,
    new Set(entries.map((entry) => entry.ordinal)),
  );
  if (missing > 0) return { problem: 'incomplete', missing, ranges };
  const listed = entries.reduce((sum, entry) => sum + entry.bytes, 0);
  if (listed !== announced.totalBytes)
    return { problem: 'bytes-differ', announced: announced.totalBytes, listed };
  const misfits = misfittingArchives(entries, archives);
  return misfits.length > 0 ? { problem: 'archives-invalid', archives: misfits } : null;
}
