/** A task definition with one container, as its template declares it. */
export interface TaskDefinition {
  readonly arn: string;
  readonly family: string;
  readonly region: string;
  /** 1,024 are one processor. */
  readonly cpu: number;
  readonly memoryMegabytes: number;
  readonly taskRoleArn: string;
  readonly executionRoleArn: string;
  readonly container: {
    readonly name: string;
    /** As the template names it. */
    readonly image: string;
    /** Folder that the image would be built of. */
    readonly imageFolder: string;
    /** Arguments of `node`. */
    readonly command: readonly [string, ...string[]];
    readonly environment: Readonly<Record<string, string>>;
  };
}

/** What RunTask is asked for. */
export interface RunTaskRequest {
  /** Name or ARN. */
  readonly cluster: string;
  /** Family, which stands for its newest revision, or ARN. */
  readonly taskDefinition: string;
  readonly startedBy: string;
  /** Variables added to those of a container, by its name. */
  readonly environment: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

/** A task after its end. */
export interface StoppedTask {
  readonly taskArn: string;
  readonly clusterArn: string;
  readonly definition: TaskDefinition;
  readonly environment: Readonly<Record<string, string>>;
  readonly startedBy: string;
  /** Milliseconds since 1970. */
  readonly startedAt: number;
  readonly stoppedAt: number;
  readonly exitCode: number;
  /** Why the container ended, where its exit code does not say it. */
  readonly reason?: string;
}
