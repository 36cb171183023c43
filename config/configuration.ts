import * as z from 'zod';
import { cohortSettings } from '../lambda/cohorts/cohort-settings.contract';
import { accessTokenForm } from '../lambda/platform/access-tokens.contract';
import { assuranceSettings } from '../lambda/platform/assurance.contract';
import { collectionConfiguration, trustConfiguration } from '../lambda/platform/configuration.contract';
import { emailAddress, publication } from '../lambda/releases/publication.contract';
import { englandCensus2021 } from '../statistics/references/england-census-2021';
import { reference } from '../statistics/references/reference.contract';
import { representativenessGate } from '../statistics/representativeness/gate.contract';

/** A UID has at most 64 characters (DICOM PS3.5 section 9.1). */
const UID_LENGTH = 64;
/** Fewer than 30 digits of the HMAC (about 99 bits) and two instances of a nation's archive might meet. */
const LEAST_UID_DIGITS = 30;
/** GuardDuty Malware Protection for S3 protects 25 buckets an account and Region; the quota is not adjustable. */
const PROTECTED_BUCKETS = 25;

/** Components of digits without leading zeros, joined by points (PS3.5 section 9.1). */
const uid = z
  .string()
  .regex(/^(0|[1-9]\d*)(\.(0|[1-9]\d*))+$/, 'a UID: numbers without leading zeros, joined by points');

const days = (least: number, most: number) => z.number().int().min(least).max(most);

const httpsOrLoopback = z.url().refine((text) => {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  return url?.protocol === 'https:' || (url?.protocol === 'http:' && url.hostname === '127.0.0.1');
}, 'an https address (http only on 127.0.0.1)');

const origin = httpsOrLoopback.refine(
  (text) => URL.canParse(text) && new URL(text).origin === text,
  'an origin: scheme, host and port, nothing after them',
);

/** Public clients of the issuer: the command and the web pages. */
const clientNames = ['nmip-cli', 'nmip-portal'];

const oidc = z.strictObject({
  /** Issuer of the access tokens, exactly as its discovery document spells it. */
  issuer: httpsOrLoopback,
  /** `aud` of the access tokens. ID tokens are for a client, so no client may have this name. */
  audience: z
    .string()
    .min(1)
    .max(200)
    .refine((audience) => !clientNames.includes(audience), 'the name of the API, which is no client’s'),
  /** How access tokens are known from ID tokens. */
  accessTokens: accessTokenForm.prefault({ type: 'at+jwt' }),
  /** Scope by which the issuer is asked for a token of this API, where the audience does not follow from the client. */
  scope: z
    .string()
    .regex(/^[\x21\x23-\x5b\x5d-\x7e]{1,200}$/, 'one scope token (RFC 6749 §3.3)')
    .optional(),
  /** Which sign-ins used a second factor. Where it is given, reviewers, officers and auditors need one. */
  assurance: assuranceSettings.optional(),
});

const retention = z.strictObject({
  /** A quarantined file is kept this long for a person to look at. */
  quarantineDays: days(1, 365).default(90),
  /** So long before its end, or from the middle of its time, people are told that nobody has decided about it. */
  quarantineWarningDays: days(1, 365).default(14),
  /** Register events cannot be deleted for this long (Object Lock, compliance mode). */
  auditYears: z.number().int().min(1).max(30).default(8),
  /** Papers attached to applications: as long as the history that tells of them. */
  applicationYears: z.number().int().min(1).max(30).default(8),
  /** Files as sent that no receipt has deleted: raw patient data never waits longer. */
  landingDays: days(1, 60).default(14),
  /** A submission that is not completed within this time ends with what has come. */
  openSubmissionDays: days(1, 30).default(7),
  /** NHS numbers and answers of the opt-out service. */
  exchangeDays: days(1, 30).default(7),
  /** Receipts, which tell the trust the fate of each of its files; totals stay. */
  receiptDays: days(30, 3650).default(730),
  /** Manifests, plans and results of the steps: needed until the submission is done and looked into. */
  workDays: days(30, 365).default(60),
  /** One of the periods CloudWatch Logs knows. */
  logDays: z.literal([30, 60, 90, 180, 365, 400, 545, 731]).default(365),
});

const pipeline = z.strictObject({
  /** Batches of one submission de-identified at once. */
  batchesAtOnce: z.number().int().min(1).max(1000).default(100),
  /**
   * Batches of all submissions at once, reserved of the account's concurrency (1,000 by default), so that a large
   * delivery cannot starve sign-in and the API.
   */
  deidentifyConcurrency: z.number().int().min(1).max(5000).default(400),
  /**
   * What becomes of files above `largeFileBytes`: `fargate` de-identifies each in a container of its own, whose network
   * costs money by the hour; `refuse` quarantines them as TOO_LARGE.
   */
  largeFiles: z.enum(['fargate', 'refuse']).default('fargate'),
  /**
   * A function has 210 s for a batch, and 2 GB cross its network (625 Mbps each way) in 26. A submission of 1 TB has
   * 10,000 files of the least that can be set here, and their ids fit into the state of an execution.
   */
  largeFileBytes: z.number().int().min(100_000_000).max(10_000_000_000).default(2_000_000_000),
});

const withdrawal = z.strictObject({
  /** Image sets deleted a second. HealthImaging allows one in four seconds until it is asked for more. */
  deletesPerSecond: z.number().min(0.01).max(1000).default(0.25),
});

const base = z.strictObject({
  environmentName: z
    .string()
    .regex(/^[a-z][a-z0-9]{1,14}$/, 'a lower-case word of 2 to 15 letters and digits'),
  region: z.string().regex(/^[a-z]{2}-[a-z]+-\d$/, 'an AWS Region, e.g. eu-west-2'),
  account: z
    .string()
    .regex(/^\d{12}$/, 'an AWS account number: 12 digits')
    .optional(),
  uidRoot: uid,
  /** Share of patients whose images nobody is ever granted; models are evaluated against them. */
  heldOutShare: z.number().min(0).max(0.5),
  trusts: z.array(trustConfiguration).min(1),
  collections: z.array(collectionConfiguration).min(1),
  oidc,
  /** Where the web pages come from: allowed to call the API and to put files by presigned URL. */
  portalOrigin: origin,
  /** Where HealthImaging answers DICOMweb requests, if not at the Region's own address. */
  dicomwebAddress: origin.optional(),
  dataAccessEnvironment: z.strictObject({
    vpcEndpointId: z
      .string()
      .regex(/^vpce-[0-9a-z]{8,17}$/, 'the id of an interface VPC endpoint, e.g. vpce-0123456789abcdef0'),
  }),
  /** Subjects of the issuer who are officers before the register knows anybody. */
  firstOfficers: z.array(z.string().min(1).max(255)).min(1),
  retention: retention.prefault({}),
  clearance: z.strictObject({
    /** After this long without an answer of the opt-out service nobody is cleared. */
    limitSeconds: z.number().int().min(60).max(1_209_600),
    /**
     * For this long an answer may be used; then it is asked for again. The service's answers may be kept only briefly: a
     * day covers the pipeline and its retries.
     */
    answerSeconds: z.number().int().min(3_600).max(604_800).default(86_400),
  }),
  /**
   * Days after its beginning for which a submission takes a demographics table. Whom its rows are about is read from the
   * results of the pipeline's steps, which are kept for retention.workDays.
   */
  demographics: z.strictObject({ acceptedDays: days(1, 365).default(30) }).prefault({}),
  /** Working days (England) within which the committee means to decide on an application. */
  committee: z.strictObject({ targetWorkingDays: days(1, 260).default(20) }).prefault({}),
  evaluation: z
    .strictObject({
      /** Times that models of one project may see one evaluation set, all of its versions together. */
      usesPerProject: z.number().int().min(1).max(1000).default(5),
    })
    .prefault({}),
  /** GuardDuty Malware Protection on the landing buckets; docs/adr/0011 has the price. */
  malwareScanning: z.boolean().default(false),
  pipeline: pipeline.prefault({}),
  withdrawal: withdrawal.prefault({}),
  /** What releases say of their publisher, their terms and what figures do not show. */
  publication,
  releases: z
    .strictObject({
      /** What is asked of whom a release represents; without it nothing is. */
      gate: representativenessGate.prefault({ lowestRatio: 0 }),
      /** Populations to compare with, beside England's census: people who had that kind of imaging, say. */
      references: z.array(reference).max(20).default([]),
    })
    .prefault({}),
  /** What cohorts must represent, and how much may be asked before one is made. */
  cohorts: cohortSettings.prefault({}),
  alarms: z.strictObject({ email: emailAddress.optional() }).prefault({}),
  /** Where messages go that the access of a project ends soon: the programme's office. They name no people. */
  notifications: z.strictObject({ email: emailAddress.optional() }).prefault({}),
});

/** Paths and values that appear more than once in a list of values that must differ. */
function repeated<Value>(values: readonly Value[]): { index: number; value: Value }[] {
  return values
    .map((value, index) => ({ index, value }))
    .filter(({ value, index }) => values.indexOf(value) < index);
}

/**
 * One environment of the platform: what `config/<environment>.ts` says, checked at synth.
 *
 * @remarks A legal basis that has ended is an error: no collection outlives its basis. One that is going to end is not;
 * `expiringLegalBases` names those that end soon.
 */
export const configuration = base.superRefine((value, context) => {
  const complain = (path: (string | number)[], message: string) =>
    context.addIssue({ code: 'custom', path, message });

  for (const { index, value: code } of repeated(value.trusts.map((trust) => trust.odsCode))) {
    complain(['trusts', index, 'odsCode'], `a code used once; ${code} stands above`);
  }
  for (const { index, value: id } of repeated(value.collections.map((collection) => collection.id))) {
    complain(['collections', index, 'id'], `an id used once; ${id} stands above`);
  }
  for (const { index, value: arc } of repeated(value.collections.map((collection) => collection.arc))) {
    complain(['collections', index, 'arc'], `an arc used once; ${arc} stands above`);
  }

  const census = englandCensus2021().id;
  const references = [census, ...value.releases.references.map((each) => each.id)];
  for (const { index, value: id } of repeated(references)) {
    const stands = id === census ? 'is that of the census' : 'stands above';
    complain(['releases', 'references', index - 1, 'id'], `an id used once; ${id} ${stands}`);
  }

  const longestArc = Math.max(...value.collections.map((collection) => String(collection.arc).length));
  // <root>.<arc>.<split>.<digits>: three points and one digit for the split
  const digits = UID_LENGTH - value.uidRoot.length - longestArc - 4;
  if (digits < LEAST_UID_DIGITS) {
    complain(
      ['uidRoot'],
      `a root that leaves at least ${LEAST_UID_DIGITS} digits to a UID of ${UID_LENGTH} characters; this one leaves ${Math.max(digits, 0)}`,
    );
  }

  const today = new Date().toISOString().slice(0, 10);
  for (const [index, collection] of value.collections.entries()) {
    if (collection.legalBasis.endsOn < today) {
      complain(
        ['collections', index, 'legalBasis', 'endsOn'],
        `a day to come; the basis ended on ${collection.legalBasis.endsOn}`,
      );
    }
  }

  const { landingDays, openSubmissionDays } = value.retention;
  if (landingDays * 86_400 < (openSubmissionDays + 1) * 86_400 + value.clearance.limitSeconds) {
    complain(
      ['retention', 'openSubmissionDays'],
      `fewer days: the first files of a submission that is never completed must outlive it and clearance.limitSeconds by a day; ${landingDays} landingDays are too few for ${openSubmissionDays}`,
    );
  }

  for (const field of ['landingDays', 'exchangeDays'] as const) {
    const kept = value.retention[field] * 86_400;
    if (kept < value.clearance.limitSeconds + 86_400) {
      complain(
        ['retention', field],
        `a day more than clearance.limitSeconds, or what waits for clearance is deleted first; ${value.retention[field]} days are too few for ${value.clearance.limitSeconds} s`,
      );
    }
  }

  if (value.demographics.acceptedDays > value.retention.workDays) {
    complain(
      ['demographics', 'acceptedDays'],
      `at most retention.workDays, or nobody knows any more whose a row is; ${value.retention.workDays} days are too few for ${value.demographics.acceptedDays}`,
    );
  }

  if (value.malwareScanning && value.trusts.length > PROTECTED_BUCKETS) {
    complain(
      ['malwareScanning'],
      `false, or at most ${PROTECTED_BUCKETS} trusts: GuardDuty protects no more buckets in a Region`,
    );
  }
});

export type Configuration = z.output<typeof configuration>;

/** Address of HealthImaging's DICOMweb service; a data store is at `/datastore/<id>` under it. */
export function dicomwebAddress({ region, dicomwebAddress: given }: Configuration): string {
  return given ?? `https://dicom-medical-imaging.${region}.amazonaws.com`;
}

/** What an environment file states: defaults may be left out. */
export type ConfigurationInput = z.input<typeof configuration>;

/** Collections whose legal basis ends within `withinDays` of `today` (yyyy-mm-dd). */
export function expiringLegalBases(
  collections: Configuration['collections'],
  today: string,
  withinDays: number,
): { id: string; endsOn: string }[] {
  const last = new Date(Date.parse(today) + withinDays * 86_400_000).toISOString().slice(0, 10);
  return collections
    .map(({ id, legalBasis }) => ({ id, endsOn: legalBasis.endsOn }))
    .filter(({ endsOn }) => endsOn <= last);
}
