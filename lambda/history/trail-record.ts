import * as z from 'zod';
import { credentialId, pseudonym } from '../register/identifiers.contract';
import type { ImageRead } from './history.contract';

/**
 * Records of CloudTrail as far as they tell of requests to the image store ("CloudTrail record contents"). Members come
 * and go with the version of the record, so nothing is asked for that is not needed.
 */

const text = z.string().nullish();

export const trailRecord = z.object({
  eventTime: z.string(),
  eventSource: z.string(),
  eventName: z.string(),
  managementEvent: z.boolean().nullish(),
  userIdentity: z
    .object({
      arn: text,
      principalId: text,
      sessionContext: z.object({ sourceIdentity: text }).nullish(),
    })
    .nullish(),
  requestParameters: z.record(z.string(), z.unknown()).nullish(),
  additionalEventData: z.record(z.string(), z.unknown()).nullish(),
  errorCode: text,
  requestID: text,
  eventID: text,
});

export type TrailRecord = z.infer<typeof trailRecord>;

/** A file of the trail. Records of other services may have any form and are passed over. */
export const trailFile = z.object({ Records: z.array(z.unknown()) });

/** A read before it is joined with the register. */
export interface TrailRead {
  readonly at: string;
  readonly operation: string;
  readonly person: string | null;
  readonly credentialId: string | null;
  readonly principal: string;
  readonly study: string | null;
  readonly series: string | null;
  readonly instance: string | null;
  readonly outcome: ImageRead['outcome'];
  readonly errorCode: string | null;
  readonly bytes: number | null;
  readonly requestId: string;
}

/** A request parameter by its name, in whatever case the record spells it. */
function parameter(parameters: TrailRecord['requestParameters'], name: string): string | null {
  const found = Object.entries(parameters ?? {}).find(([key]) => key.toLowerCase() === name.toLowerCase());
  return typeof found?.[1] === 'string' ? found[1] : null;
}

/** Errors by which a policy, a session or a token refuses. */
const DENIALS = /^(AccessDenied|Unauthorized|ExpiredToken|InvalidClientTokenId)/;

function outcomeOf(errorCode: string | null | undefined): ImageRead['outcome'] {
  if (!errorCode) return 'allowed';
  return DENIALS.test(errorCode) ? 'denied' : 'failed';
}

/** The read that a record tells of; null for records of other services and of the management of data stores. */
export function readOfRecord(value: unknown): TrailRead | null {
  const parsed = trailRecord.safeParse(value);
  if (!parsed.success) return null;
  const record = parsed.data;
  if (record.eventSource !== 'medical-imaging.amazonaws.com' || record.managementEvent === true) return null;
  const { userIdentity, requestParameters: parameters } = record;
  // arn:aws:sts::<account>:assumed-role/<role>/<session>
  const principal =
    userIdentity?.arn
      ?.split(':')
      .at(-1)
      ?.replace(/^assumed-role\//, '') ?? 'unknown';
  const session = principal.split('/').at(-1);
  const bytes = record.additionalEventData?.bytesTransferredOut;
  return {
    at: record.eventTime,
    operation: record.eventName,
    person: pseudonym.safeParse(userIdentity?.sessionContext?.sourceIdentity).data ?? null,
    credentialId: credentialId.safeParse(session).data ?? null,
    principal,
    study: parameter(parameters, 'studyInstanceUID'),
    series: parameter(parameters, 'seriesInstanceUID'),
    instance: parameter(parameters, 'sopInstanceUID'),
    outcome: outcomeOf(record.errorCode),
    errorCode: record.errorCode ?? null,
    bytes: typeof bytes === 'number' && Number.isInteger(bytes) ? bytes : null,
    requestId: record.requestID ?? record.eventID ?? '',
  };
}
