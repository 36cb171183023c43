import { createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type * as z from 'zod';
import { cohortWithVersions, type ManifestEntry, manifestPage } from '../../lambda/cohorts/cohort.contract';
import type { ApiClient } from '../api/api-client';
import type { NamedVersion } from './cohort-name';

/** Columns of a manifest as it is written, a row a series. */
const header = 'collection,study_instance_uid,series_instance_uid,modality,instances,bytes,state';

/** The version that is meant: the last one where none is named. */
export async function versionOf(client: ApiClient, { id, version }: NamedVersion): Promise<number> {
  return version ?? (await client.get(`/v1/cohorts/${id}`, cohortWithVersions)).latest;
}

/** The studies of a version, page by page. */
export async function* studiesOf(
  client: ApiClient,
  id: string,
  version: number,
): AsyncGenerator<ManifestEntry[]> {
  type Page = z.infer<typeof manifestPage>;
  for await (const page of client.pages<Page>(`/v1/cohorts/${id}/versions/${version}/manifest`, manifestPage))
    yield page.studies;
}

const rowsOf = (study: ManifestEntry): string[] =>
  study.state === 'withdrawn'
    ? [`${study.collection},${study.studyInstanceUid},,,,,withdrawn`]
    : study.series.map(({ seriesInstanceUid, modality, instances, bytes }) =>
        [
          study.collection,
          study.studyInstanceUid,
          seriesInstanceUid,
          modality ?? '',
          instances,
          bytes,
          'there',
        ].join(','),
      );

/** Writes the studies of a version as CSV; gives their number, and how many were withdrawn. */
export async function writeManifest(
  client: ApiClient,
  id: string,
  version: number,
  path: string,
): Promise<{ studies: number; withdrawn: number }> {
  let [studies, withdrawn] = [0, 0];
  async function* lines() {
    yield `${header}\n`;
    for await (const page of studiesOf(client, id, version)) {
      studies += page.length;
      withdrawn += page.filter(({ state }) => state === 'withdrawn').length;
      yield page
        .flatMap(rowsOf)
        .map((row) => `${row}\n`)
        .join('');
    }
  }
  await pipeline(Readable.from(lines()), createWriteStream(path));
  return { studies, withdrawn };
}
