import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { CatalogueRow } from './catalogue-rows';
import { compareFrames, type FrameComparison } from './compare-frames';
import { type DemoPeople, personOf } from './demo-people';
import type { DemoPerson } from './demo-person';
import type { DemoSubmission } from './demo-submissions';
import { attemptRefusedReads, type Refusal } from './refusals';
import { type SessionCredentials, signedRequest } from './signed-request';

export interface ReadingPlace {
  /** AWS endpoint inside and outside the Data Access Environment. */
  readonly inside: string;
  readonly outside: string;
  readonly region: string;
  /** Where frames are put, made anew. */
  readonly folder: string;
}

export interface ReadingResult {
  /**
   * One granted image, read by a request that the demonstration signs itself; null where no image was imported into the
   * development split, as can happen with few patients: then nothing is read at all.
   */
  readonly first: { readonly modality: string; readonly frameBytes: number } | null;
  readonly comparison: FrameComparison;
  readonly refusals: readonly Refusal[];
}

async function credentialsOf(person: DemoPerson, words: readonly string[]): Promise<SessionCredentials> {
  const { code, stdout, stderr } = await person.run(['credentials', '--format', 'process', ...words]);
  if (code !== 0) throw new Error(`No credential was issued:\n${stderr.trim()}`);
  return JSON.parse(stdout) as SessionCredentials;
}

const seriesPath = (row: CatalogueRow) => `/studies/${row.studyInstanceUid}/series/${row.seriesInstanceUid}`;

/** Reads metadata and the first frame of an image. */
async function readFirst(
  credentials: SessionCredentials,
  place: ReadingPlace,
  row: CatalogueRow,
): Promise<ReadingResult['first']> {
  const get = (path: string, accept: string) =>
    signedRequest(credentials, {
      method: 'GET',
      endpoint: place.inside,
      region: place.region,
      path: `/datastore/${row.datastoreId}${path}`,
      accept,
    });
  const metadata = await get(`${seriesPath(row)}/metadata`, 'application/dicom+json');
  if (!metadata.ok) throw new Error(`The metadata of a granted series was answered with ${metadata.status}.`);
  const [instance] = (await metadata.json()) as Record<string, { Value?: unknown[] }>[];
  const frame = await get(
    `${seriesPath(row)}/instances/${row.sopInstanceUid}/frames/1`,
    'application/octet-stream; transfer-syntax=*',
  );
  const bytes = await frame.arrayBuffer();
  if (!frame.ok) throw new Error(`A granted frame was answered with ${frame.status}.`);
  return { modality: String(instance?.['00080060']?.Value?.[0] ?? 'unknown'), frameBytes: bytes.byteLength };
}

/**
 * Reads the images of a project as its researcher: one by hand, all frames by the command, and what must be refused.
 * @param onFirstFrame called when the first frame has been read
 */
export async function readImages(
  people: DemoPeople,
  project: string,
  submissions: readonly DemoSubmission[],
  rows: readonly CatalogueRow[],
  place: ReadingPlace,
  onFirstFrame: () => void,
): Promise<ReadingResult> {
  const researcher = personOf(people, 'applicant-1');
  const development = rows.filter((row) => row.split === 'development');
  const shown = development.find((row) => row.frames > 0);
  if (shown === undefined)
    return {
      first: null,
      comparison: { framesRead: 0, equal: 0, blanked: 0, notComparable: 0, differences: [] },
      refusals: [],
    };
  const credentials = await credentialsOf(researcher, ['--project', project]);
  const first = await readFirst(credentials, place, shown);
  onFirstFrame();

  await rm(place.folder, { recursive: true, force: true });
  await mkdir(place.folder, { recursive: true });
  const download = [
    'download',
    '--project',
    project,
    '--to',
    place.folder,
    '--frames',
    '--endpoint',
    place.inside,
  ];
  await researcher.record(download);
  const comparison = await compareFrames(people, submissions, development, place.folder);

  const other = development.find((row) => row.studyInstanceUid !== shown.studyInstanceUid);
  const list = join(place.folder, 'one-study.txt');
  await writeFile(list, `${shown.studyInstanceUid}\n`);
  const heldOut = rows.find((row) => row.split === 'held-out');
  const refusals = await attemptRefusedReads({
    credentials,
    narrow: other
      ? {
          credentials: await credentialsOf(researcher, ['--project', project, '--studies', list]),
          otherSeries: seriesPath(other),
        }
      : null,
    inside: place.inside,
    outside: place.outside,
    region: place.region,
    datastoreId: shown.datastoreId,
    grantedSeries: seriesPath(shown),
    heldOut: heldOut ? { datastoreId: heldOut.datastoreId, series: seriesPath(heldOut) } : null,
  });
  return { first, comparison, refusals };
}
