import { createHash } from 'node:crypto';
import { createInterface } from 'node:readline';
import { buffer } from 'node:stream/consumers';
import type { StudyListRow } from '../lake/sql/study-list';
import type { ObjectStore } from '../platform/object-store';
import { type CohortVersionRecord, type ManifestStudy, manifestStudy } from './cohort.contract';
import { manifestPlace } from './cohort-store';
import {
  headingLine,
  lineDigest,
  ManifestDigest,
  type ManifestHeading,
  studyLine,
} from './manifest-digest.contract';

/** Studies of a page, at most. */
const pageStudies = 500;

/** Bytes from which a page has no further study: an answer of a function has 6 MB at most. */
const pageBytes = 1_000_000;

export interface Manifest {
  readonly body: Buffer;
  /** Of the body as bytes, for the store. */
  readonly bodySha256: string;
  /** By which the list is known (`ManifestDigest`). */
  readonly sha256: string;
  /** Where each page begins, in bytes. */
  readonly pages: readonly number[];
  readonly totals: CohortVersionRecord['totals'];
}

/** The studies of rows that come study by study. */
export function* studiesOf(rows: readonly StudyListRow[]): Generator<ManifestStudy> {
  let study: ManifestStudy | undefined;
  for (const row of rows) {
    if (study?.studyInstanceUid !== row.study_instance_uid) {
      if (study !== undefined) yield study;
      study = { collection: row.collection, studyInstanceUid: row.study_instance_uid, series: [] };
    }
    study.series.push({
      seriesInstanceUid: row.series_instance_uid,
      modality: row.modality,
      instances: row.instances,
      bytes: row.bytes,
    });
  }
  if (study !== undefined) yield study;
}

/**
 * The list of a cohort as canonical JSON, a line a study after a heading: the same studies give the same bytes.
 * @param rows in order of collection, study and series
 */
export function makeManifest(heading: ManifestHeading, rows: readonly StudyListRow[]): Manifest {
  const lines: Buffer[] = [Buffer.from(headingLine(heading))];
  const digest = new ManifestDigest(heading);
  let at = lines[0]?.length ?? 0;
  const pages: number[] = [];
  const totals = { studies: 0, series: 0, instances: 0, bytes: 0 };
  let onPage = pageStudies;
  for (const study of studiesOf(rows)) {
    if (onPage === pageStudies || at - (pages.at(-1) ?? 0) >= pageBytes) {
      pages.push(at);
      onPage = 0;
    }
    const text = studyLine(study);
    const line = Buffer.from(text);
    lines.push(line);
    digest.add(lineDigest(text));
    at += line.length;
    onPage += 1;
    totals.studies += 1;
    totals.series += study.series.length;
    for (const { instances, bytes } of study.series) {
      totals.instances += instances;
      totals.bytes += bytes;
    }
  }
  const body = Buffer.concat(lines);
  const bodySha256 = createHash('sha256').update(body).digest('hex');
  return { body, bodySha256, sha256: digest.hex(), pages, totals };
}

type Lists = Pick<ObjectStore, 'readStream'>;

/** @throws Error where the list is gone */
async function streamOf(
  objects: Lists,
  bucket: string,
  sha256: string,
  lastByte?: number,
  firstByte?: number,
) {
  const stream = await objects.readStream(manifestPlace(bucket, sha256), lastByte, firstByte);
  if (stream === null) throw new Error('the list of a cohort is missing');
  return stream;
}

/** The studies of a page, counted from 0. */
export async function readManifestPage(
  objects: Lists,
  bucket: string,
  { sha256, bytes, pages }: CohortVersionRecord['manifest'],
  page: number,
): Promise<ManifestStudy[]> {
  const first = pages[page];
  if (first === undefined) return [];
  const last = (pages[page + 1] ?? bytes) - 1;
  const text = (await buffer(await streamOf(objects, bucket, sha256, last, first))).toString('utf8');
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => manifestStudy.parse(JSON.parse(line)));
}

/** UIDs of all studies, in the order of the list. */
export async function readManifestStudies(
  objects: Lists,
  bucket: string,
  { sha256 }: CohortVersionRecord['manifest'],
): Promise<string[]> {
  const studies: string[] = [];
  let heading = true;
  for await (const line of createInterface({ input: await streamOf(objects, bucket, sha256) })) {
    if (!heading && line !== '') studies.push(manifestStudy.parse(JSON.parse(line)).studyInstanceUid);
    heading = false;
  }
  return studies;
}
