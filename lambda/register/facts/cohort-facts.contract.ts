import * as z from 'zod';
import { releaseVersion } from '../../releases/release.contract';
import { cohortId, projectId, sha256 } from '../identifiers.contract';

/** What a project made of a release. */
export const cohortFacts = [
  z.object({
    type: z.literal('cohort-version-created'),
    data: z.object({
      projectId,
      cohortId,
      cohortVersion: z.number().int().min(1),
      release: releaseVersion,
      /** Of the list of studies, of which nothing stands here. */
      manifest: sha256,
      /** Whether the project had to say why it uses a cohort that is not shown to represent everybody. */
      reasonGiven: z.boolean(),
    }),
  }),
] as const;
