/** A function as its template declares it. */
export interface FunctionDefinition {
  readonly name: string;
  readonly arn: string;
  readonly region: string;
  /** Folder of the bundle, as built. */
  readonly codeFolder: string;
  /** `<file without suffix>.<export>`, e.g. `index.handler`. */
  readonly handler: string;
  readonly runtime: string;
  readonly roleArn: string;
  /** 128–10,240. */
  readonly memoryMegabytes: number;
  /** 1–900. */
  readonly timeoutSeconds: number;
  readonly environment: Readonly<Record<string, string>>;
  readonly reservedConcurrency?: number;
  readonly asynchronous: AsynchronousConfiguration;
}

/** What becomes of an asynchronous invocation that fails. */
export interface AsynchronousConfiguration {
  /** 0–2; AWS's default is 2. */
  readonly maximumRetryAttempts: number;
  /** Queue that takes the event itself after the last attempt. */
  readonly deadLetterQueueArn?: string;
  /** Queue that takes the event with the error and the number of attempts. */
  readonly onFailureArn?: string;
}

/** Who may invoke a function by its resource policy. */
export interface FunctionPermission {
  /** Service principal, e.g. `events.amazonaws.com`. */
  readonly principal: string;
  readonly action: string;
  /** ARN pattern with `*`; absent: any source. */
  readonly sourceArn?: string;
  readonly sourceAccount?: string;
}

/** Temporary credentials of a function's role. */
export interface FunctionCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
  readonly expiration: Date;
}

/** Issues credentials for a role that Lambda may assume. Throws `AccessDenied` where its trust policy does not say so. */
export type IssueFunctionCredentials = (roleArn: string, functionName: string) => FunctionCredentials;

/** ARN without version or alias: `arn:aws:lambda:<region>:<account>:function:<name>`. */
export function unqualifiedArn(functionArn: string): string {
  return functionArn.split(':').slice(0, 7).join(':');
}
