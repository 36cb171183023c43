import type * as z from 'zod';
import { studiesPage } from '../../lambda/catalogue/catalogue.contract';
import type { ApiClient } from '../api/api-client';
import type { CohortList } from '../cohort/cohort-manifest';
import { CommandError, exitCode } from '../terminal/exit-code';

/** What is to be fetched of a project. */
export type Selection =
  | { readonly kind: 'everything' }
  | { readonly kind: 'studies'; readonly studies: readonly string[] }
  | { readonly kind: 'cohort'; readonly list: CohortList };

export interface WantedSeries {
  readonly seriesInstanceUid: string;
  readonly modality: string | null;
  /** Of a cohort: how many its list has; of others how many the catalogue counts. */
  readonly instances: number;
}

export interface WantedStudy {
  readonly collection: string;
  readonly studyInstanceUid: string;
  readonly series: readonly WantedSeries[];
}

export interface WantedStudies {
  readonly studies: readonly WantedStudy[];
  /** Studies of the cohort that the project may not read now, though they were not withdrawn. */
  readonly outside: readonly string[];
}

/** Every study that the project may read now. */
async function readableStudies(client: ApiClient, project: string): Promise<WantedStudy[]> {
  type Page = z.infer<typeof studiesPage>;
  const studies: WantedStudy[] = [];
  const pages = client.pages<Page>(`/v1/projects/${project}/studies`, studiesPage, { limit: 500 });
  for await (const page of pages) studies.push(...page.studies);
  return studies;
}

/**
 * The studies to fetch, with their series.
 * @throws CommandError (exit 3) where studies were named that the project does not have, or where it may read none of the cohort
 */
export async function wantedStudies(
  client: ApiClient,
  project: string,
  selection: Selection,
): Promise<WantedStudies> {
  const readable = await readableStudies(client, project);
  if (selection.kind === 'everything') return { studies: readable, outside: [] };
  const known = new Set(readable.map((study) => study.studyInstanceUid));
  if (selection.kind === 'studies') {
    const unknown = selection.studies.filter((study) => !known.has(study));
    if (unknown.length > 0)
      throw new CommandError(
        `${unknown.length} of the studies are not in the project.`,
        exitCode.notAllowed,
        {
          code: 'STUDY_OUTSIDE_GRANT',
          detail: unknown.slice(0, 20).join('\n'),
          fix: 'Take these studies out of the list, or apply for their collection.',
        },
      );
    const asked = new Set(selection.studies);
    return { studies: readable.filter((study) => asked.has(study.studyInstanceUid)), outside: [] };
  }
  const { made, studies: listed } = selection.list;
  const studies = listed.filter((study) => known.has(study.studyInstanceUid));
  const outside = listed.filter((study) => !known.has(study.studyInstanceUid));
  if (studies.length === 0 && outside.length > 0)
    throw new CommandError('The project may read no study of the cohort now.', exitCode.notAllowed, {
      code: 'COHORT_OUTSIDE_GRANT',
      detail: `The cohort is of ${made.collections.join(', ')}.`,
      fix: `\`nmip projects ${project}\` shows what is granted until when; apply for a renewal.`,
    });
  return { studies, outside: outside.map((study) => study.studyInstanceUid) };
}
