import { createWriteStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type * as z from 'zod';
import {
  type CohortVersionView,
  cohortVersionView,
  cohortWithVersions,
  type ManifestEntry,
  manifestPage,
} from '../../lambda/cohorts/cohort.contract';
import { entryDigest, ManifestDigest } from '../../lambda/cohorts/manifest-digest.contract';
import type { ApiClient } from '../api/api-client';
import { writeWhole } from '../state/write-whole';
import { CommandError, exitCode } from '../terminal/exit-code';
import type { NamedVersion } from './cohort-name';

/** Columns of a manifest as it is written, a row a series. */
const header = 'collection,study_instance_uid,series_instance_uid,modality,instances,bytes,state';

/** The version that is meant: the last one where none is named. */
export async function versionOf(client: ApiClient, { id, version }: NamedVersion): Promise<number> {
  return version ?? (await client.get(`/v1/cohorts/${id}`, cohortWithVersions)).latest;
}

export async function readVersion(client: ApiClient, named: NamedVersion): Promise<CohortVersionView> {
  return client.get(`/v1/cohorts/${named.id}/versions/${await versionOf(client, named)}`, cohortVersionView);
}

/**
 * The studies of a version, page by page.
 * @throws CommandError (exit 5) after the last page, where the list is not the one that the version names
 */
export async function* studiesOf(
  client: ApiClient,
  made: CohortVersionView,
): AsyncGenerator<readonly ManifestEntry[]> {
  const { cohortId, cohortVersion, projectId: project, release, filter, collections } = made;
  type Page = z.infer<typeof manifestPage>;
  const digest = new ManifestDigest({ project, release, filter, collections });
  const path = `/v1/cohorts/${cohortId}/versions/${cohortVersion}/manifest`;
  for await (const page of client.pages<Page>(path, manifestPage)) {
    for (const entry of page.studies) digest.add(entryDigest(entry));
    yield page.studies;
  }
  if (digest.hex() !== made.manifest)
    throw new CommandError(
      `The list of ${cohortId}@v${cohortVersion} is not the one that was made.`,
      exitCode.integrity,
      {
        code: 'COHORT_LIST_CHANGED',
        detail: `The version names the digest ${made.manifest}.`,
        fix: 'Do not use the list. Run the command again; if it happens again, tell the platform team.',
      },
    );
}

/** A version with its studies, read to the end, so that they are those that the version names. */
export interface CohortList {
  readonly made: CohortVersionView;
  readonly studies: readonly Extract<ManifestEntry, { state: 'there' }>[];
  /** Study Instance UIDs. */
  readonly withdrawn: readonly string[];
}

/** @throws CommandError (exit 5) where the list is not the one that the version names */
export async function readCohortList(client: ApiClient, named: NamedVersion): Promise<CohortList> {
  const made = await readVersion(client, named);
  const studies: CohortList['studies'][number][] = [];
  const withdrawn: string[] = [];
  for await (const page of studiesOf(client, made))
    for (const entry of page)
      if (entry.state === 'there') studies.push(entry);
      else withdrawn.push(entry.studyInstanceUid);
  return { made, studies, withdrawn };
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

/**
 * Writes the studies of a version as CSV; gives their number, and how many were withdrawn. Under its name the file is whole, and
 * the list that the version names: until then it stands beside, and what stood there before is left.
 */
export async function writeManifest(
  client: ApiClient,
  made: CohortVersionView,
  path: string,
): Promise<{ studies: number; withdrawn: number }> {
  let [studies, withdrawn] = [0, 0];
  async function* lines() {
    yield `${header}\n`;
    for await (const page of studiesOf(client, made)) {
      studies += page.length;
      withdrawn += page.filter(({ state }) => state === 'withdrawn').length;
      yield page
        .flatMap(rowsOf)
        .map((row) => `${row}\n`)
        .join('');
    }
  }
  const there = await stat(path).catch(() => null);
  // a pipe, or a device such as /dev/stdout, is written to as it is
  if (there !== null && !there.isFile()) {
    await pipeline(Readable.from(lines()), createWriteStream(path));
    return { studies, withdrawn };
  }
  await writeWhole(path, (temporary) => pipeline(Readable.from(lines()), createWriteStream(temporary)));
  return { studies, withdrawn };
}
