import { Logger } from '@aws-lambda-powertools/logger';

/** What may stand in a log line beside its message: ids, counts and codes; never a value of a file or a request. */
export type LogFields = Readonly<Record<string, string | number | boolean | null>>;

export interface Log {
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  /** `error` is logged by its name and stack frames only, since messages of libraries may quote values. */
  error(message: string, fields?: LogFields, error?: unknown): void;
}

/** Name, status and stack frames of an error, without its message. */
export function describeError(error: unknown): LogFields {
  if (!(error instanceof Error)) return { errorName: typeof error };
  const metadata: unknown = Reflect.get(error, '$metadata');
  const status: unknown =
    typeof metadata === 'object' && metadata !== null ? Reflect.get(metadata, 'httpStatusCode') : undefined;
  const frames = (error.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line));
  return {
    errorName: error.name,
    errorStatus: typeof status === 'number' ? status : null,
    errorFrames: frames
      .slice(0, 8)
      .map((line) => line.trim())
      .join(' | '),
  };
}

/** A structured log to standard output through Powertools; `service` names the function. */
export function createLog(service: string): Log {
  const logger = new Logger({ serviceName: service });
  return {
    info: (message, fields = {}) => logger.info(message, { ...fields }),
    warn: (message, fields = {}) => logger.warn(message, { ...fields }),
    error: (message, fields = {}, error) =>
      logger.error(message, { ...fields, ...(error === undefined ? {} : describeError(error)) }),
  };
}

/** A log that keeps nothing. */
export const silentLog: Log = { info: () => {}, warn: () => {}, error: () => {} };
