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
 * HealthImaging starts one import job a second (bursts of two) and runs 100 at once in a data store, each some minutes
 * long; `Conflict` says that metadata is not consistent yet. Thirty attempts of at most five minutes last about an hour
 * on average: a queue of more than a thousand jobs.
 */
export const importRetry: Retry = {
  ErrorEquals: [
    'MedicalImaging.ThrottlingException',
    'MedicalImaging.ServiceQuotaExceededException',
    'MedicalImaging.ConflictException',
    'MedicalImaging.InternalServerException',
    'MedicalImaging.SdkClientException',
  ],
  IntervalSeconds: 2,
  MaxAttempts: 30,
  BackoffRate: 2,
  MaxDelaySeconds: 300,
  JitterStrategy: 'FULL',
};
