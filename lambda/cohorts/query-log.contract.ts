import * as z from 'zod';
import { shownCount } from '../../statistics/disclosure/shown-count.contract';
import { instant, projectId, pseudonym, sha256 } from '../register/identifiers.contract';

/** The log of all questions about one release. It holds what was shown and digests of the sets that were asked for; no true count. */

/** A set of patients or the groups of a facet: SHA-256 of an object of the catalogue bucket. */
const objectDigest = sha256;

const common = {
  /** Counts the entries of a release from 1. */
  number: z.number().int().min(1),
  project: projectId,
  /** Who asked. */
  person: pseudonym,
  at: instant,
};

const facetReference = z.strictObject({
  name: z.string(),
  groups: z.array(z.string()),
  groupOf: objectDigest,
});

/** `QUERIES#<release>` / `QUERY#<nnnnnn>`. */
export const queryRecord = z.discriminatedUnion('kind', [
  z.object({
    ...common,
    kind: z.literal('answered'),
    /** The canonical filter. */
    filter: z.string(),
    patients: objectDigest,
    facets: z.array(facetReference),
    answer: z.object({
      people: shownCount,
      studies: shownCount.optional(),
      facets: z.record(z.string(), z.array(shownCount)),
    }),
  }),
  z.object({ ...common, kind: z.literal('refused'), filter: z.string(), apart: objectDigest.nullable() }),
  z.object({ ...common, kind: z.literal('cohort'), patients: objectDigest }),
]);

export type QueryRecord = z.infer<typeof queryRecord>;

/** `QUERIES#<release>` / `LOG`: how many entries the log has. */
export const queryLogHead = z.object({ entries: z.number().int().min(0) });
