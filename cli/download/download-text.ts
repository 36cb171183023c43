import { count, plural, size } from '../terminal/text';
import type { DownloadResult } from './download-project';
import { datalistPath } from './download-record';

/** Studies that are named; the others are counted. */
const named = 20;

const bytesOf = ({ files }: DownloadResult) => files.reduce((sum, file) => sum + file.bytes, 0);

const studies = (uids: readonly string[]) => plural(uids.length, 'study', 'studies');

function list(uids: readonly string[]): string[] {
  const more = uids.length - named;
  return [
    ...uids.slice(0, named).map((uid) => `  ${uid}`),
    ...(more > 0 ? [`  and ${count(more)} more`] : []),
  ];
}

/** Of a cohort: what of it did not come, and why. */
function notFetched({ outside, differing }: DownloadResult, withdrawn: readonly string[]): string[] {
  return [
    ...(withdrawn.length > 0 ? [`Skipped: ${studies(withdrawn)} of the cohort withdrawn since.`] : []),
    ...(outside.length > 0
      ? [
          `Skipped: ${studies(outside)} of the cohort that the project may not read now (withdrawn just now, or the grant of the collection has ended):`,
          ...list(outside),
        ]
      : []),
    ...(differing.length > 0
      ? [
          `${plural(differing.length, 'series has', 'series have')} another number of images now than the list of the cohort says:`,
          ...differing
            .slice(0, named)
            .map(({ series, listed, found }) => `  ${series}: ${count(found)}, listed ${count(listed)}`),
        ]
      : []),
  ];
}

/** Studies of earlier downloads into the same folder; of those withdrawn nobody may keep a copy. */
function othersInFolder({ leftovers }: DownloadResult, withdrawn: readonly string[]): string[] {
  const gone = leftovers.filter((uid) => withdrawn.includes(uid));
  const others = leftovers.filter((uid) => !withdrawn.includes(uid));
  return [
    ...(gone.length > 0
      ? [`Delete ${studies(gone)} in the folder, withdrawn since an earlier download:`, ...list(gone)]
      : []),
    ...(others.length > 0
      ? [
          `The folder has ${studies(others)} of earlier downloads besides, which manifest.csv does not list:`,
          ...list(others),
        ]
      : []),
  ];
}

/** What a download came to, for people. */
export function downloadText(result: DownloadResult, withdrawn: readonly string[], folder: string): string {
  const { files, series, kept, missing, record } = result;
  const noun = record.form === 'frames' ? 'frame' : 'file';
  return [
    `Verified ${plural(files.length, noun)} (${size(bytesOf(result))}) of ${plural(series, 'series', 'series')}, ` +
      `${count(kept)} of them from an earlier run. ${count(missing.length)} missing. Wrote ${folder}/manifest.csv`,
    ...notFetched(result, withdrawn),
    ...othersInFolder(result, withdrawn),
    ...(record.cohort === null ? [] : [`Cite as: ${record.cohort.cite}`]),
  ].join('\n');
}

/** The same as JSON. */
export function downloadRecordOf(result: DownloadResult, withdrawn: readonly string[], folder: string) {
  const { files, series, kept, missing, differing, outside, leftovers, record } = result;
  return {
    files: files.length,
    series,
    bytes: bytesOf(result),
    kept,
    missing,
    manifest: `${folder}/manifest.csv`,
    datalist: record.form === 'frames' ? null : datalistPath(folder),
    cohort: record.cohort,
    withdrawn,
    outside,
    differing,
    leftovers,
  };
}
