import * as z from 'zod';
import { policyNames } from '../../dicom/policy/policy-names';
import { canonicalJson } from './canonical-json';

/**
 * What an environment's configuration says of trusts and collections: checked at synth, and laid beside the bundle of
 * each function that reads some of it (docs/adr/0015).
 */

/** Organisation Data Service code of an NHS provider. */
export const odsCode = z.string().regex(/^[A-Z0-9]{3,5}$/, 'an ODS code: 3 to 5 capital letters and digits');

/** Where a trust's files hold the NHS number. A number counts only from here and only if it passes modulus 11. */
export const nhsNumberLocation = z.object({
  /** `PatientID` (0010,0020) or an item of Other Patient IDs Sequence (0010,1002). */
  attribute: z.enum(['PatientID', 'OtherPatientIDsSequence']),
  /** Issuer of Patient ID (0010,0021) that the value must stand beside; absent: any or none. */
  issuer: z.string().min(1).max(64).optional(),
});

export const trustConfiguration = z.object({
  odsCode,
  name: z.string().min(3).max(120),
  /** ONS code of the region, e.g. E12000007. */
  region: z.string().regex(/^E12\d{6}$/, 'an ONS region code, E12 and six digits'),
  nhsNumbers: z.array(nhsNumberLocation).min(1),
  /** Studies that the trust has said it sends in a week; its scorecard compares what came. */
  expectedStudiesPerWeek: z.number().int().min(1).max(1_000_000).optional(),
});

export const collectionId = z.string().regex(/^[a-z][a-z0-9-]{1,39}$/, 'lower-case words joined by hyphens');

export const duoCode = z.string().regex(/^DUO:\d{7}$/, 'a DUO term, e.g. DUO:0000007');

/** Kinds of image whose pixels may show the patient's name; refused unless the collection accepts the kind. */
export const pixelKinds = [
  'burned-in-annotation',
  'secondary-capture',
  'screen-save',
  'dose-report',
  'ultrasound-without-regions',
  'text-in-compressed-pixels',
  'slide-label',
] as const;

export const accessMode = z.enum(['dae-only', 'direct']);

export const collectionConfiguration = z.object({
  id: collectionId,
  /** Number in every UID of the collection; never reused. */
  arc: z.number().int().min(1).max(9999),
  title: z.string().min(3).max(120),
  purpose: z.string().min(10).max(1000),
  duoCodes: z.array(duoCode).min(1),
  legalBasis: z.object({
    article6: z.string().min(1),
    article9: z.string().min(1),
    confidentiality: z.string().min(1),
    reference: z.string().min(1),
    /** Last day on which the basis holds, Europe/London. */
    endsOn: z.iso.date(),
  }),
  /** Name of the de-identification policy. */
  policy: z.enum(policyNames).default('basic'),
  patientsWithoutNhsNumber: z.enum(['withhold', 'accept']).default('withhold'),
  acceptedPixelKinds: z.array(z.enum(pixelKinds)).default([]),
  accessModes: z.array(accessMode).min(1).default(['dae-only']),
});

/** What functions may read of the configuration; each names its own part in its environment's schema. */
export const platformConfiguration = z.object({
  trusts: z.array(trustConfiguration).min(1),
  collections: z.array(collectionConfiguration).min(1),
});

/** Name of the file beside a function's bundle. */
export const configurationFileName = 'configuration.json';

/** Text of the file: one for one configuration, so that the hash of the bundle changes with it and with nothing else. */
export function configurationFileText(part: unknown): string {
  return `${canonicalJson(part)}\n`;
}

export type PlatformConfiguration = z.infer<typeof platformConfiguration>;
export type TrustConfiguration = z.infer<typeof trustConfiguration>;
export type CollectionConfiguration = z.infer<typeof collectionConfiguration>;
export type NhsNumberLocation = z.infer<typeof nhsNumberLocation>;
export type AccessMode = z.infer<typeof accessMode>;
