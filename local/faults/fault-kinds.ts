import type { RequestPoint } from './fault-points';

/**
 * The faults that a platform is drilled with, each at the point at which it strikes, with its share of a plan. Those of
 * clients and of the opt-out service stand in the plans of submissions (local/drill).
 */

interface KindOfFault {
  readonly point: 'request' | 'invocation' | 'event' | 'import-call';
  /** Parts of all drawn faults. */
  readonly weight: number;
  /** At most so many of a thousand faults, for those that cost seconds each. */
  readonly mostPerThousand?: number;
}

export const faultKinds = {
  's3-slow-down': { point: 'request', weight: 10 },
  's3-internal-error': { point: 'request', weight: 4 },
  'upload-slow-down': { point: 'request', weight: 6 },
  'upload-cut-off': { point: 'request', weight: 5 },
  'upload-answer-lost': { point: 'request', weight: 5 },
  'dynamodb-throttled': { point: 'request', weight: 8 },
  'dynamodb-conflict': { point: 'request', weight: 4 },
  'kms-throttled': { point: 'request', weight: 3 },
  'states-throttled': { point: 'request', weight: 2 },
  'answer-lost': { point: 'request', weight: 10 },
  'killed-before-write': { point: 'request', weight: 6 },
  'killed-during-write': { point: 'request', weight: 6 },
  'killed-after-write': { point: 'request', weight: 6 },
  'killed-after-answer': { point: 'request', weight: 4 },
  'killed-returning': { point: 'invocation', weight: 5 },
  /** A step of a submission fails in all of its attempts: its execution stops, and an operator starts another. */
  'step-broken': { point: 'invocation', weight: 2, mostPerThousand: 6 },
  'lambda-throttled': { point: 'invocation', weight: 6 },
  'import-throttled': { point: 'import-call', weight: 2 },
  'event-lost': { point: 'event', weight: 2, mostPerThousand: 8 },
  'event-doubled': { point: 'event', weight: 3 },
  'event-delayed': { point: 'event', weight: 3 },
  'clock-forward': { point: 'request', weight: 2, mostPerThousand: 16 },
  'clock-back': { point: 'request', weight: 1, mostPerThousand: 10 },
  'platform-killed': { point: 'request', weight: 2, mostPerThousand: 8 },
} as const satisfies Record<string, KindOfFault>;

export type FaultKind = keyof typeof faultKinds;

export const kindNames = Object.keys(faultKinds) as FaultKind[];

const dynamoDbWrites: ReadonlySet<string> = new Set([
  'PutItem',
  'UpdateItem',
  'DeleteItem',
  'TransactWriteItems',
  'BatchWriteItem',
]);
const statesWrites: ReadonlySet<string> = new Set(['StartExecution', 'SendTaskSuccess', 'SendTaskFailure']);

/** Whether a request of a function changes something that outlives the function. */
function isWrite({ service, method, operation }: RequestPoint): boolean {
  switch (service) {
    case 's3':
      return method !== 'GET' && method !== 'HEAD';
    case 'dynamodb':
      return dynamoDbWrites.has(operation);
    case 'states':
      return statesWrites.has(operation);
    default:
      return false;
  }
}

const isUpload = (point: RequestPoint): boolean =>
  point.presigned && point.service === 's3' && point.method === 'PUT' && point.bodyBytes > 0;

/** Whether a fault of this kind can strike here. */
export function strikes(kind: FaultKind, point: RequestPoint): boolean {
  const byFunction = point.functionName !== undefined && !point.presigned;
  switch (kind) {
    case 's3-slow-down':
    case 's3-internal-error':
      return byFunction && point.service === 's3';
    case 'upload-slow-down':
    case 'upload-cut-off':
    case 'upload-answer-lost':
      return isUpload(point);
    case 'dynamodb-throttled':
      return byFunction && point.service === 'dynamodb';
    case 'dynamodb-conflict':
      return byFunction && point.operation === 'TransactWriteItems';
    case 'kms-throttled':
      return byFunction && point.service === 'kms';
    case 'states-throttled':
      return byFunction && point.service === 'states';
    case 'answer-lost':
      return byFunction && (isWrite(point) || point.service === 'kms');
    case 'killed-before-write':
    case 'killed-during-write':
    case 'killed-after-write':
    case 'killed-after-answer':
      return byFunction && isWrite(point);
    case 'clock-forward':
    case 'clock-back':
    case 'platform-killed':
      return true;
    default:
      return false;
  }
}
