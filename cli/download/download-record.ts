import { join } from 'node:path';
import type { CohortVersionView } from '../../lambda/cohorts/cohort.contract';
import { writePrivateFile } from '../state/state-folder';
import type { DownloadedFile } from './download-manifest';
import type { WantedStudy } from './wanted-studies';

/** What a folder holds and where it is from, for whoever finds it later and for papers. */
export interface DownloadRecord {
  /** False while a run is under way, and where it was stopped. */
  readonly complete: boolean;
  readonly project: string;
  /** ISO 8601, UTC. */
  readonly begunAt: string;
  readonly form: 'instances' | 'frames';
  readonly cohort: CitedCohort | null;
}

/** Which version of a cohort was fetched, and how a paper names it. */
export interface CitedCohort
  extends Pick<
    CohortVersionView,
    'cohortId' | 'cohortVersion' | 'name' | 'release' | 'filter' | 'collections' | 'manifest' | 'cite'
  > {
  readonly studies: number;
  /** Of its studies: withdrawn since it was made. */
  readonly withdrawn: number;
  /** Of its studies: those that the project may not read now. */
  readonly outside: number;
}

export function citedCohort(
  { cohortId, cohortVersion, name, release, filter, collections, manifest, cite, totals }: CohortVersionView,
  counts: Pick<CitedCohort, 'withdrawn' | 'outside'>,
): CitedCohort {
  return {
    cohortId,
    cohortVersion,
    name,
    release,
    filter,
    collections,
    manifest,
    cite,
    studies: totals.studies,
    ...counts,
  };
}

export const recordPath = (folder: string) => join(folder, 'download.json');
export const datalistPath = (folder: string) => join(folder, 'datalist.json');

export const writeRecord = (folder: string, record: DownloadRecord): Promise<void> =>
  writePrivateFile(recordPath(folder), `${JSON.stringify(record, null, 2)}\n`);

/**
 * The series of a download as `monai.data.load_decathlon_datalist` reads it: an item for each, whose `image` is the folder of
 * its files below the download's folder.
 */
export function datalistOf(
  files: readonly DownloadedFile[],
  studies: readonly WantedStudy[],
  record: DownloadRecord,
): object {
  const instances = new Map<string, number>();
  for (const { series } of files) instances.set(series, (instances.get(series) ?? 0) + 1);
  return {
    name: record.cohort?.name ?? `Project ${record.project}`,
    description: record.cohort?.cite ?? '',
    training: studies.flatMap(({ collection, studyInstanceUid, series }) =>
      series.flatMap(({ seriesInstanceUid, modality }) => {
        const count = instances.get(seriesInstanceUid);
        return count === undefined
          ? []
          : [
              {
                image: `${studyInstanceUid}/${seriesInstanceUid}`,
                study_instance_uid: studyInstanceUid,
                series_instance_uid: seriesInstanceUid,
                collection,
                modality,
                instances: count,
              },
            ];
      }),
    ),
  };
}
