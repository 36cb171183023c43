import * as z from 'zod';
import { shownCount } from '../../statistics/disclosure/shown-count.contract';
import { representativenessReport } from '../../statistics/representativeness/report.contract';
import { sha256Hex } from '../deidentification/pipeline.contract';
import { collectionConfiguration } from '../platform/configuration.contract';
import { personAttributes } from './group-labels.contract';
import { publication, webAddress } from './publication.contract';
import {
  acquisition,
  acquisitionAttributes,
  demographics,
  line,
  splitBalance,
  totals,
} from './release-figures.contract';

/** A release: an immutable list of studies and what is said of it. All its documents are made from this one object. */

/** Year and number within it. */
export const releaseVersion = z.string().regex(/^20\d\d\.[1-9]\d{0,2}$/, 'a release, e.g. 2026.4');

/** Negative where `left` came before `right`. */
export function compareVersions(left: string, right: string): number {
  const parts = (version: string) => version.split('.').map(Number);
  const [year = 0, number = 0] = parts(left);
  const [otherYear = 0, otherNumber = 0] = parts(right);
  return year - otherYear || number - otherNumber;
}

const ruledReport = representativenessReport.refine(
  ({ counts }) => counts === 'disclosure-rule',
  'a report of counts after the disclosure rule',
);

const collection = collectionConfiguration
  .pick({ id: true, title: true, purpose: true, duoCodes: true, legalBasis: true, accessModes: true })
  .strict()
  .extend({
    ...totals.shape,
    /** Whom it represents, by itself; releases of former times do not have it. */
    representativeness: ruledReport.optional(),
    /** The rules under which identifiers were taken out: name, version and hash of the policy. */
    deidentification: z.strictObject({
      policy: line(64),
      version: z.number().int().min(1),
      sha256: sha256Hex,
    }),
  });

export const biasKinds = ['individual', 'acquisition', 'label'] as const;

/** A way in which the data may mislead. */
export const bias = z.strictObject({
  /** Of people and their attributes, of how images were taken, or of labels. */
  kind: z.enum(biasKinds),
  subject: line(120),
  description: line(1000),
  /** `measured`: follows from figures of this release. `known`: stated by the publisher. */
  evidence: z.enum(['measured', 'known']),
  mitigation: line(1000).optional(),
});

/** How an attribute came about. */
export const attributeRecord = z.strictObject({
  attribute: z.enum([...personAttributes, ...acquisitionAttributes]),
  /** Who wrote it down, where. */
  recorded: line(1000),
  /** Code list, and what was put together with what. */
  merged: line(1000),
});

export const changes = z.strictObject({
  studiesAdded: shownCount,
  studiesRemoved: shownCount,
  /** Of those removed: withdrawn for ever. */
  studiesWithdrawn: shownCount,
  notes: z.array(line(1000)).max(50),
});

const base = z.strictObject({
  version: releaseVersion,
  /** Its page, and its identifier (IRI). */
  address: webAddress,
  title: line(150),
  issued: z.iso.datetime(),
  previous: z.strictObject({ version: releaseVersion, address: webAddress }).nullable(),
  publication,
  collections: z.array(collection).min(1),
  /** Years of the studies as their shifted dates say, but for those of fewer than eight people at either end. */
  years: z.strictObject({ first: z.number().int().min(1970), last: z.number().int().max(2100) }),
  totals,
  /** Of the images, as coarse as the count of their people and to two digits; 0 where this is suppressed. */
  bytes: z.number().int().nonnegative(),
  demographics,
  acquisition,
  representativeness: ruledReport,
  biases: z.array(bias).max(500),
  attributes: z.array(attributeRecord).min(1),
  splitBalance,
  /** SHA-256 of the list of those held out, published before anybody is evaluated against it. */
  heldOutCommitment: sha256Hex.nullable(),
  /** Against `previous`; null for the first release. */
  changes: changes.nullable(),
  /** Studies withdrawn from any release up to this one. */
  studiesWithdrawn: shownCount,
  manifest: z.strictObject({
    sha256: sha256Hex,
    /** About: the exact length of the list would tell how many rows it has. */
    bytes: z.number().int().positive(),
  }),
});

export const release = base.superRefine((value, context) => {
  const complain = (path: (string | number)[], message: string) =>
    context.addIssue({ code: 'custom', path, message });
  if (value.previous !== null && compareVersions(value.previous.version, value.version) >= 0)
    complain(['previous', 'version'], 'a release before this one');
  if ((value.previous === null) !== (value.changes === null))
    complain(['changes'], 'changes where there is a previous release, and only there');
  if (value.years.last < value.years.first) complain(['years', 'last'], 'a year not before the first');
  const once = (path: string, names: readonly string[]) => {
    if (new Set(names).size !== names.length) complain([path], 'each once');
  };
  once(
    'collections',
    value.collections.map(({ id }) => id),
  );
  once(
    'attributes',
    value.attributes.map(({ attribute }) => attribute),
  );
});

export type Release = z.infer<typeof release>;
export type ReleasedCollection = Release['collections'][number];
export type Bias = z.infer<typeof bias>;
export type AttributeRecord = z.infer<typeof attributeRecord>;
export type ReleaseChanges = z.infer<typeof changes>;
