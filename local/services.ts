import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { AthenaService } from './aws/athena/athena-service';
import { TrailService } from './aws/cloudtrail/trail-service';
import { DynamoDbService } from './aws/dynamodb/dynamodb-service';
import { TaskRunner } from './aws/ecs/task-runner';
import { EventBus } from './aws/events/event-bus';
import { IdentityRegistry } from './aws/iam/identity-registry';
import { KmsService } from './aws/kms/kms-service';
import { FunctionRunner } from './aws/lambda/function-runner';
import { MedicalImagingService } from './aws/medical-imaging/medical-imaging-service';
import { S3Service } from './aws/s3/s3-service';
import type { BusEvent, Clock, EventPublisher } from './aws/service';
import { SnsService } from './aws/sns/sns-service';
import { QueueStore } from './aws/sqs/queue-store';
import { StatesService } from './aws/states/states-service';
import type { Timer } from './aws/states/timer';
import type { FaultPoints } from './faults/fault-points';
import type { PlatformLog } from './platform-log';

/** Every service of the embedded platform, made and connected, with nothing deployed on it yet. */
export interface Services {
  readonly registry: IdentityRegistry;
  readonly kms: KmsService;
  readonly s3: S3Service;
  readonly dynamodb: DynamoDbService;
  readonly trail: TrailService;
  readonly queues: QueueStore;
  readonly sns: SnsService;
  readonly athena: AthenaService;
  readonly bus: EventBus;
  readonly functions: FunctionRunner;
  readonly tasks: TaskRunner;
  readonly states: StatesService;
  readonly medicalImaging: MedicalImagingService;
  /** Adds somebody who sees every event that any service publishes. */
  observe(observer: (event: BusEvent) => void): void;
}

export interface ServicesOptions {
  readonly dataFolder: string;
  readonly accountId: string;
  readonly region: string;
  readonly clock: Clock;
  /** `http://127.0.0.1:<port>` that functions are told as AWS_ENDPOINT_URL. */
  readonly endpoint: () => string;
  readonly log: PlatformLog;
  /** See `KmsServiceOptions`. */
  readonly hmacMaterial?: Buffer | undefined;
  readonly drill?: DrillParts | undefined;
}

/** What a drill puts into a platform. */
export interface DrillParts {
  readonly points: FaultPoints;
  /** Waits of the state machines. */
  readonly timer: Timer;
  /** Arguments of Node.js for the processes of functions. */
  readonly nodeArguments: readonly string[];
}

/** Two processes even on one core: a function that waits for the disk must not hold the next one. */
const processesPerFunction = Math.max(2, availableParallelism());

/** ECS gives a task credentials for six hours and renews them before. */
const taskSessionSeconds = 6 * 3600;

/** Lambda renews a function's credentials well before they end; a process lives for hours at most. */
const functionSessionSeconds = 12 * 3600;

export async function makeServices(options: ServicesOptions): Promise<Services> {
  const { dataFolder, accountId, region, clock, log, drill } = options;
  const registry = new IdentityRegistry({ accountId, region, dataFolder, clock });
  const queues = new QueueStore(join(dataFolder, 'queues'), clock);
  const sns = new SnsService(join(dataFolder, 'topics'), clock);
  const deliverToQueue = (queueArn: string, body: string): void => queues.send(queueArn, body);
  const functions = new FunctionRunner({
    dataFolder,
    endpoint: options.endpoint,
    clock,
    issueCredentials: (roleArn, functionName) =>
      registry.createRoleSession(roleArn, functionName, functionSessionSeconds, {
        servicePrincipal: 'lambda.amazonaws.com',
      }),
    deliverToQueue,
    processesPerFunction,
    drill: drill?.points,
    nodeArguments: drill?.nodeArguments,
  });
  const tasks = new TaskRunner({
    dataFolder,
    endpoint: options.endpoint,
    clock,
    issueCredentials: (roleArn, taskId) =>
      registry.createRoleSession(roleArn, taskId, taskSessionSeconds, {
        servicePrincipal: 'ecs-tasks.amazonaws.com',
      }),
    tasksAtOnce: Math.max(2, availableParallelism()),
  });
  const bus = new EventBus({
    accountId,
    region,
    clock,
    deliverToQueue,
    drill: drill?.points,
    undeliverable: (ruleArn, targetArn, error) => log.fault(`event of ${ruleArn} to ${targetArn}`, error),
    delivery: {
      lambda: (ruleArn, functionArn, payload) =>
        functions.acceptForService('events.amazonaws.com', ruleArn, functionArn, payload),
      queue: (_ruleArn, queueArn, payload) => queues.send(queueArn, JSON.stringify(payload)),
      stateMachine: (ruleArn, stateMachineArn, roleArn, payload) => {
        const service = 'events.amazonaws.com';
        const caller = registry.callerForService(roleArn, service, 'events', { sourceArn: ruleArn });
        states.startExecution(caller, { stateMachineArn, input: JSON.stringify(payload) });
      },
    },
  });
  const observers: ((event: BusEvent) => void)[] = [];
  const events: EventPublisher = {
    publish: (event) => {
      bus.publish(event);
      for (const observer of observers) observer(event);
    },
  };
  const kms = new KmsService({ registry, clock, dataFolder, hmacMaterial: options.hmacMaterial });
  const s3 = new S3Service({ registry, keys: kms, events, clock, dataFolder, drill: drill?.points });
  const athena = new AthenaService({
    accountId,
    region,
    clock,
    objects: s3,
    workFolder: join(dataFolder, 'athena'),
  });
  const dynamodb = await DynamoDbService.open({
    folder: join(dataFolder, 'dynamodb'),
    accountId,
    region,
    clock,
  });
  const trail = new TrailService({
    accountId,
    region,
    objects: s3,
    clock,
    onFault: (error) => log.fault('trail', error),
  });
  const medicalImaging = new MedicalImagingService({
    folder: join(dataFolder, 'medical-imaging'),
    region,
    accountId,
    objects: s3,
    roles: registry,
    events,
    functions,
    clock,
    calls: trail,
  });
  const importJobs = medicalImaging.importJobActions();
  const states = new StatesService({
    folder: join(dataFolder, 'states'),
    region,
    objects: s3,
    functions,
    roles: registry,
    events,
    clock,
    importJobs: drill ? drill.points.importJobs(importJobs) : importJobs,
    tasks,
    ...(drill && { timer: drill.timer }),
  });
  return {
    registry,
    kms,
    s3,
    dynamodb,
    trail,
    queues,
    sns,
    athena,
    bus,
    functions,
    tasks,
    states,
    medicalImaging,
    observe: (observer) => observers.push(observer),
  };
}
