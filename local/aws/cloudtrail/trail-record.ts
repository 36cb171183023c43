import { randomUUID } from 'node:crypto';
import { roleId } from '../iam/role';
import { SessionCaller } from '../iam/session-caller';
import { AwsError, type Caller } from '../service';

/** A call of an API of the platform, as a service tells of it. */
export interface RecordedCall {
  /** `medical-imaging.amazonaws.com` */
  readonly eventSource: string;
  readonly eventName: string;
  readonly category: 'Data' | 'Management';
  readonly readOnly: boolean;
  readonly caller: Caller;
  readonly requestId: string;
  readonly requestParameters: Readonly<Record<string, unknown>>;
  readonly responseElements?: Readonly<Record<string, unknown>>;
  readonly resource?: { readonly type: string; readonly arn: string };
  /** What the call was refused with; absent where it was answered. */
  readonly error?: unknown;
}

/** Where services tell of calls. */
export interface CallRecorder {
  record(call: RecordedCall): void;
}

/** A record of CloudTrail as far as anybody here reads it ("CloudTrail record contents"). */
export type TrailRecord = Readonly<Record<string, unknown>>;

function userIdentity(caller: Caller): TrailRecord {
  const { accountId, principalArn, roleArn, sourceIdentity } = caller;
  const [, sessionName = ''] = /\/([^/]+)$/.exec(principalArn) ?? [];
  const session = caller instanceof SessionCaller ? caller.session : undefined;
  return {
    type: 'AssumedRole',
    principalId: `${roleId(roleArn)}:${sessionName}`,
    arn: principalArn,
    accountId,
    ...(session && { accessKeyId: session.accessKeyId }),
    sessionContext: {
      sessionIssuer: {
        type: 'Role',
        principalId: roleId(roleArn),
        arn: roleArn,
        accountId,
        userName: roleArn.slice(roleArn.lastIndexOf('/') + 1),
      },
      attributes: {
        mfaAuthenticated: 'false',
        ...(session && { creationDate: wholeSeconds(new Date(session.issuedAt * 1000)) }),
      },
      ...(sourceIdentity !== undefined && { sourceIdentity }),
    },
  };
}

/** CloudTrail's times have no fraction. */
function wholeSeconds(time: Date): string {
  return time.toISOString().replace(/\.\d{3}Z$/, 'Z');
}

/** Messages of errors are left out: they may repeat what was sent. */
function errorCode(error: unknown): TrailRecord {
  if (error === undefined) return {};
  const code = error instanceof AwsError ? error.code.replace(/Exception$/, '') : 'InternalFailure';
  return { errorCode: code };
}

export function trailRecord(call: RecordedCall, at: Date, region: string): TrailRecord {
  const { caller, resource } = call;
  return {
    eventVersion: '1.11',
    userIdentity: userIdentity(caller),
    eventTime: wholeSeconds(at),
    eventSource: call.eventSource,
    eventName: call.eventName,
    awsRegion: region,
    ...errorCode(call.error),
    requestParameters: call.requestParameters,
    responseElements: call.responseElements ?? null,
    requestID: call.requestId,
    eventID: randomUUID(),
    readOnly: call.readOnly,
    ...(resource && { resources: [{ accountId: caller.accountId, type: resource.type, ARN: resource.arn }] }),
    eventType: 'AwsApiCall',
    managementEvent: call.category === 'Management',
    recipientAccountId: caller.accountId,
    eventCategory: call.category,
  };
}
