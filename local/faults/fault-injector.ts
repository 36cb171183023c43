import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { AwsError, type BusEvent } from '../aws/service';
import type { ImportJobActions } from '../aws/states/medical-imaging-integration';
import { BrokenSteps, isStep } from './broken-steps';
import type { DrillClock } from './drill-clock';
import type { FaultKind } from './fault-kinds';
import { faultKinds, strikes } from './fault-kinds';
import { readLines } from './fault-log';
import type { PlannedFault } from './fault-plan';
import type {
  FaultPoints,
  InvocationFault,
  OptOutAnswer,
  RequestFault,
  RequestPoint,
  WrittenObject,
} from './fault-points';
import { SparedBatches } from './spared-batches';

/** A fault that has struck. */
export interface InjectedFault {
  readonly number: number;
  readonly kind: FaultKind;
  /** Where: service, operation, function; nothing that identifies anybody. */
  readonly point: string;
}

/** Clocks of functions are set back by three seconds at most: machines are set right in small steps. */
const furthestBackMilliseconds = 3_000;
/** Time jumps forward by half a minute at most: no wait of the pipeline is as short. */
const furthestForwardMilliseconds = 30_000;
/** A late event comes after all that follows it. */
const longestDelayMilliseconds = 3_000;

const logName = 'faults.ndjson';

/** Faults of an earlier process of the same drill, and of this one. */
export function injectedFaults(folder: string): InjectedFault[] {
  return readLines<InjectedFault>(join(folder, logName));
}

export interface InjectorOptions {
  /** Of the drill, outside of the platform's data folder. */
  readonly folder: string;
  readonly plan: readonly PlannedFault[];
  readonly clock: DrillClock;
  readonly objectWritten: (object: WrittenObject) => void;
  readonly optOutAnswers: FaultPoints['optOutAnswers'];
}

/**
 * Lets the faults of a plan strike, one after the other as requests pass, each at the first point that it fits. A fault
 * is on the disk before it strikes, so the process that follows a killed one goes on with the next.
 */
export class FaultInjector implements FaultPoints {
  private readonly left: PlannedFault[];
  private readonly waiting: PlannedFault[] = [];
  private readonly batches = new SparedBatches();
  private readonly broken = new BrokenSteps();
  private passed = 0;
  private calm = true;

  constructor(private readonly options: InjectorOptions) {
    const injected = new Set(injectedFaults(options.folder).map(({ number }) => number));
    this.left = options.plan.filter(({ number }) => !injected.has(number));
  }

  /** From now on faults strike. */
  begin(): void {
    this.calm = false;
  }

  /** No fault strikes any more. */
  end(): void {
    this.calm = true;
  }

  request(point: RequestPoint): RequestFault | undefined {
    this.arm();
    if (this.batches.isSpared(point.accessKeyId)) return undefined;
    const fault = this.take('request', ({ kind }) => strikes(kind, point));
    if (fault === undefined) return undefined;
    this.note(fault, `${point.service} ${point.operation} ${point.functionName ?? 'client'}`);
    return this.requestFault(fault, point);
  }

  invocation(functionName: string, payload: string): InvocationFault | undefined {
    if (this.broken.fails(functionName, payload)) return { kind: 'die-returning' };
    if (this.batches.isWornOut(payload)) return undefined;
    const fault = this.take('invocation', ({ kind }) => kind !== 'step-broken' || isStep(payload));
    if (fault === undefined) return undefined;
    this.note(fault, `invocation ${functionName}`);
    if (fault.kind === 'step-broken') this.broken.breakDown(functionName, payload);
    if (this.broken.fails(functionName, payload)) return { kind: 'die-returning' };
    if (fault.kind === 'killed-returning') return { kind: 'die-returning' };
    const details = { Reason: 'ConcurrentInvocationLimitExceeded' };
    return {
      kind: 'refuse',
      error: new AwsError('TooManyRequestsException', 'Rate Exceeded.', 429, details),
    };
  }

  invocationBegan(payload: string, accessKeyId: string): void {
    this.batches.began(payload, accessKeyId);
  }

  invocationEnded(accessKeyId: string): void {
    this.batches.ended(accessKeyId);
  }

  deliveries({ source, detailType }: BusEvent): readonly number[] {
    // Only the end of an import job has a backstop; what S3 tells of is told at least once.
    const mayBeLost = source === 'aws.medical-imaging';
    const fault = this.take('event', ({ kind }) => mayBeLost || kind !== 'event-lost');
    if (fault === undefined) return [0];
    this.note(fault, `event ${source} ${detailType}`);
    const delay = Math.ceil(fault.choice * longestDelayMilliseconds);
    if (fault.kind === 'event-lost') return [];
    return fault.kind === 'event-doubled' ? [0, delay] : [delay];
  }

  importJobs(actions: ImportJobActions): ImportJobActions {
    const strike = (operation: string): void => {
      const fault = this.take('import-call', () => true);
      if (fault === undefined) return;
      this.note(fault, `medical-imaging ${operation}`);
      throw new AwsError('ThrottlingException', 'Rate exceeded', 429);
    };
    return {
      startDicomImportJob: async (caller, request) => {
        strike('StartDICOMImportJob');
        return actions.startDicomImportJob(caller, request);
      },
      getDicomImportJob: async (caller, request) => {
        strike('GetDICOMImportJob');
        return actions.getDicomImportJob(caller, request);
      },
    };
  }

  optOutAnswers(request: string, answer: string): readonly OptOutAnswer[] {
    return this.options.optOutAnswers(request, answer);
  }

  objectWritten(object: WrittenObject): void {
    this.options.objectWritten(object);
  }

  killPlatform(): never {
    process.kill(process.pid, 'SIGKILL');
    throw new Error('the process outlived its kill');
  }

  /** Counts a request, and lets the faults wait whose turn has come. */
  private arm(): void {
    if (this.calm) return;
    this.passed += 1;
    for (
      let next = this.left[0];
      next !== undefined && this.passed > next.afterRequests;
      next = this.left[0]
    ) {
      this.passed = 0;
      this.waiting.push(next);
      this.left.shift();
    }
  }

  private take(
    point: (typeof faultKinds)[FaultKind]['point'],
    fits: (fault: PlannedFault) => boolean,
  ): PlannedFault | undefined {
    if (this.calm) return undefined;
    const at = this.waiting.findIndex((fault) => faultKinds[fault.kind].point === point && fits(fault));
    return at < 0 ? undefined : this.waiting.splice(at, 1)[0];
  }

  private note({ number, kind }: PlannedFault, point: string): void {
    const injected: InjectedFault = { number, kind, point };
    appendFileSync(join(this.options.folder, logName), `${JSON.stringify(injected)}\n`);
  }

  private requestFault({ kind, choice }: PlannedFault, point: RequestPoint): RequestFault | undefined {
    switch (kind) {
      case 's3-slow-down':
      case 'upload-slow-down':
        return { kind: 'refuse', error: new AwsError('SlowDown', 'Please reduce your request rate.', 503) };
      case 's3-internal-error':
        return {
          kind: 'refuse',
          error: new AwsError('InternalError', 'We encountered an internal error. Please try again.', 500),
        };
      case 'dynamodb-throttled':
        return {
          kind: 'refuse',
          error: new AwsError(
            choice < 0.5 ? 'ProvisionedThroughputExceededException' : 'ThrottlingException',
            'The level of configured provisioned throughput for the table was exceeded.',
          ),
        };
      case 'kms-throttled':
      case 'states-throttled':
        return { kind: 'refuse', error: new AwsError('ThrottlingException', 'Rate exceeded') };
      case 'dynamodb-conflict':
        return { kind: 'conflict' };
      case 'upload-answer-lost':
      case 'answer-lost':
        return { kind: 'lose-answer' };
      case 'upload-cut-off':
        return { kind: 'cut-body' };
      case 'killed-before-write':
        return { kind: 'kill', when: 'before' };
      case 'killed-during-write':
        return { kind: 'kill', when: point.service === 's3' && point.bodyBytes > 0 ? 'during' : 'before' };
      case 'killed-after-write':
        return { kind: 'kill', when: 'after' };
      case 'killed-after-answer':
        return { kind: 'kill', when: 'answered' };
      case 'platform-killed':
        return { kind: 'kill-platform', when: choice < 0.5 ? 'before' : 'after' };
      case 'clock-forward':
        this.options.clock.jump(Math.ceil(choice * furthestForwardMilliseconds));
        return undefined;
      case 'clock-back':
        this.options.clock.shiftFunctions(-Math.ceil(choice * furthestBackMilliseconds));
        return undefined;
      default:
        return undefined;
    }
  }
}
