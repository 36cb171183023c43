import type { Retry } from './asl';

/**
 * Retries of the pipeline. All wait by full jitter, so that steps that failed together do not come again together, and
 * none waits longer than its maximum.
 */

/**
 * Lambda had no room or failed itself. `TooManyRequestsException` is not in Lambda's default retry list.
 * Ten attempts of at most 60 s each last about five minutes on average, longer than Lambda needs to add a thousand
 * environments at ten seconds each step.
 */
export const lambdaRetry: Retry = {
  ErrorEquals: [
    'Lambda.TooManyRequestsException',
    'Lambda.ClientExecutionTimeoutException',
    'Lambda.ServiceException',
    'Lambda.AWSLambdaException',
    'Lambda.SdkClientException',
  ],
  IntervalSeconds: 2,
  MaxAttempts: 10,
  BackoffRate: 2,
  MaxDelaySeconds: 60,
  JitterStrategy: 'FULL',
};

/**
 * The step itself failed: its own calls were throttled beyond the SDK's five attempts, or an object was not there yet.
 * Every step looks for its own result first, so running it again is safe; three attempts over about a minute tell a
 * passing fault from a lasting one.
 */
export const stepRetry: Retry = {
  ErrorEquals: ['States.TaskFailed', 'States.Timeout'],
  IntervalSeconds: 5,
  MaxAttempts: 3,
  BackoffRate: 3,
  MaxDelaySeconds: 60,
  JitterStrategy: 'FULL',
};

/**
 * Somebody else merges files of the lake: within seconds, or, where a function was killed at it, until its lease of sixteen
 * minutes has ended. Forty attempts of at most a minute outlast that.
 */
export const lakeBusyRetry: Retry = {
  ...stepRetry,
  ErrorEquals: ['LakeBusyError'],
  MaxAttempts: 40,
};

/** As `stepRetry` for a step that waits for an answer: running out of time is an answer there, not a fault. */
export const tokenRetry: Retry = { ...stepRetry, ErrorEquals: ['States.TaskFailed'] };

/**
 * As `lambdaRetry`, inside an Express child: five minutes are all it has, and 210 s of them belong to the work. Six
 * attempts of at most 8 s last under 40 s.
 */
export const batchRetry: Retry = {
  ...lambdaRetry,
  IntervalSeconds: 1,
  MaxAttempts: 6,
  MaxDelaySeconds: 8,
};

/**
 * The function died, or its own calls were throttled beyond the SDK's attempts: that says nothing of the batch's files,
 * which would otherwise be quarantined for it. Four more attempts, each a second or two of work, tell passing faults from a file
 * that breaks the engine.
 */
export const batchFaultRetry: Retry = {
  ErrorEquals: ['States.TaskFailed'],
  IntervalSeconds: 1,
  MaxAttempts: 4,
  BackoffRate: 2,
  MaxDelaySeconds: 4,
  JitterStrategy: 'FULL',
};

/** A batch that took all of the function's time would take it again. */
export const overdueBatchRetry: Retry = {
  ...batchFaultRetry,
  ErrorEquals: ['Sandbox.Timedout'],
  MaxAttempts: 0,
};

/**
 * A run of the map ended because Lambda had no room for some batches. Another run passes over the batches that have
 * their results. Five runs, minutes apart, outlast a large delivery of another trust.
 */
export const mapRetry: Retry = {
  ErrorEquals: ['States.ExceedToleratedFailureThreshold'],
  IntervalSeconds: 60,
  MaxAttempts: 5,
  BackoffRate: 2,
  MaxDelaySeconds: 900,
  JitterStrategy: 'FULL',
};

/**
 * ECS started no task: Fargate was short of capacity (`AmazonECSException` is how Step Functions names a RunTask that
 * answers with failures), the account had no processor left of its quota, or the call was throttled. Twenty attempts of
 * at most a quarter of an hour last about two hours on average: other large files end meanwhile, each in minutes.
 */
export const taskStartRetry: Retry = {
  ErrorEquals: [
    'ECS.AmazonECSException',
    'ECS.ClientException',
    'ECS.LimitExceededException',
    'ECS.ServerException',
    'ECS.ThrottlingException',
    'ECS.SdkClientException',
  ],
  IntervalSeconds: 10,
  MaxAttempts: 20,
  BackoffRate: 2,
  MaxDelaySeconds: 900,
  JitterStrategy: 'FULL',
};

/**
 * A task ended without its work: its host went away, it could not be placed after it was accepted, or the program
 * failed. A new one looks for results first and begins anew, minutes lost at most. Five attempts last about ten minutes
 * of pauses on average; only then is it asked whether the program had its chance.
 */
export const taskRetry: Retry = {
  ErrorEquals: ['States.TaskFailed', 'States.Timeout'],
  IntervalSeconds: 10,
  MaxAttempts: 5,
  BackoffRate: 3,
  MaxDelaySeconds: 900,
  JitterStrategy: 'FULL',
};

/**
 * HealthImaging starts one import job a second (bursts of two) and runs 100 at once in a data store, each some minutes
 * long. A full store is no fault: the pack waits for its turn. Seven hundred attempts of at most ten minutes last 58
 * hours on average; the longest queue of the capacity model, 55,764 studies sent one by one, takes 36. Of the 25,000
 * events that an execution may have, five packs that wait so long take about 10,500.
 */
export const importTurnRetry: Retry = {
  ErrorEquals: ['MedicalImaging.ThrottlingException', 'MedicalImaging.ServiceQuotaExceededException'],
  IntervalSeconds: 2,
  MaxAttempts: 700,
  BackoffRate: 2,
  MaxDelaySeconds: 600,
  JitterStrategy: 'FULL',
};

/**
 * HealthImaging failed itself; `Conflict` says that metadata is not consistent yet. Thirty attempts of at most five
 * minutes outlast an hour's fault of the service; what lasts longer is for a person to see.
 */
export const importRetry: Retry = {
  ...importTurnRetry,
  ErrorEquals: [
    'MedicalImaging.ConflictException',
    'MedicalImaging.InternalServerException',
    'MedicalImaging.SdkClientException',
  ],
  MaxAttempts: 30,
  MaxDelaySeconds: 300,
};
