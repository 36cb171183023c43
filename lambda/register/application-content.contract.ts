import * as z from 'zod';
import { accessMode, collectionId, duoCode } from '../platform/configuration.contract';
import { conflictsOfInterest } from './conflict-of-interest.contract';
import { dataUse } from './data-use.contract';
import { fiveSafes } from './five-safes.contract';
import { MOST_LISTED_STUDIES } from './grant.contract';
import { londonDate, subject } from './identifiers.contract';
import { organisationName } from './person.contract';

/** What an applicant writes: complete, as it is submitted, and as a draft, which always saves. */

/** The applicant is always a member and need not be named; with 20 others an approval fits one transaction. */
export const MOST_MEMBERS = 20;

const members = z
  .array(subject)
  .max(MOST_MEMBERS)
  .refine((subjects) => new Set(subjects).size === subjects.length, 'each member once');

/** A DICOM UID (PS3.5 section 9.1): at most 64 characters. */
const studyInstanceUid = z
  .string()
  .max(64)
  .regex(/^(0|[1-9]\d*)(\.(0|[1-9]\d*))+$/, 'a Study Instance UID');

/** All of a collection's development split, or listed studies of it (a cohort manifest). */
export const requestedScope = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('collection') }),
  z.strictObject({
    kind: z.literal('studies'),
    studies: z
      .array(studyInstanceUid)
      .min(1)
      .max(MOST_LISTED_STUDIES)
      .refine((studies) => new Set(studies).size === studies.length, 'each study once'),
  }),
]);

const draftScope = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('collection') }),
  z.strictObject({
    kind: z.literal('studies'),
    studies: z.array(z.string().max(64)).max(MOST_LISTED_STUDIES).default([]),
  }),
]);

/** What must be there before an application can be submitted. */
export const applicationContent = z.strictObject({
  title: z.string().trim().min(3).max(200),
  organisation: organisationName,
  collection: collectionId,
  scope: requestedScope,
  /** What will be done with the images, for the committee. */
  purpose: z.string().trim().min(10).max(10_000),
  /** The same for the public, in plain words; it goes to the data use register. */
  laySummary: z.string().trim().min(10).max(5_000),
  /** DUO terms of the intended use: purposes (DUO:0000031–DUO:0000040), permissions, and conditions accepted. */
  duoCodes: z.array(duoCode).min(1).max(30),
  members,
  /** Whether the public register may name the members. */
  publishMemberNames: z.boolean(),
  /** `direct` is given only by a condition of the decision. */
  accessMode,
  /** First day of access, Europe/London; left out: the day of the approval. */
  requestedStartsOn: londonDate.optional(),
  /** Last day of access, Europe/London. */
  requestedEndsOn: londonDate,
  /** Whether an AI model is trained, tested or run on the images; the public register labels it. */
  aiUse: z.boolean(),
  fiveSafes: fiveSafes.complete,
  dataUse: dataUse.complete,
  conflictsOfInterest: conflictsOfInterest.complete,
  /** Of an amendment or a renewal: why. */
  changeReason: z.string().trim().min(10).max(2_000).optional(),
});

/**
 * Body of `POST /v1/applications` and `PUT /v1/applications/{id}`. Anything may be missing or unfinished: drafts
 * always save. Only lengths and the members' form are held here, since members become keys.
 */
export const applicationDraft = z.strictObject({
  title: z.string().max(200).optional(),
  organisation: z.string().max(200).optional(),
  collection: z.string().max(40).optional(),
  scope: draftScope.default({ kind: 'collection' }),
  purpose: z.string().max(10_000).optional(),
  laySummary: z.string().max(5_000).optional(),
  duoCodes: z.array(z.string().max(20)).max(30).default([]),
  members: members.default([]),
  publishMemberNames: z.boolean().default(false),
  accessMode: accessMode.default('dae-only'),
  requestedStartsOn: z.string().max(10).optional(),
  requestedEndsOn: z.string().max(10).optional(),
  aiUse: z.boolean().optional(),
  fiveSafes: fiveSafes.draft.optional(),
  dataUse: dataUse.draft.optional(),
  conflictsOfInterest: conflictsOfInterest.draft.optional(),
  changeReason: z.string().max(2_000).optional(),
});

/** Bytes of a draft's body: 2,000 UIDs are 130 KB, and the texts may be of letters that take three bytes each. */
export const APPLICATION_BODY_LIMIT = 393_216;

export type ApplicationContent = z.infer<typeof applicationContent>;
export type ApplicationDraft = z.infer<typeof applicationDraft>;
