import type { FunctionStatus } from '../aws/lambda/function-runner';
import type { QueueStatus } from '../aws/sqs/queue-store';

/** An address that somebody may want to open or to configure. */
export interface StatusAddress {
  readonly name: string;
  readonly url: string;
  /** Whether a browser shows something there; the others answer programs only. */
  readonly browsable: boolean;
}

/** What the platform says of itself. Nothing here identifies anybody. */
export interface PlatformStatus {
  readonly startedAt: string;
  readonly dataFolder: string;
  readonly addresses: readonly StatusAddress[];
  /** State of a submission → number. */
  readonly submissions: Readonly<Record<string, number>>;
  readonly functions: readonly FunctionStatus[];
  readonly queues: readonly QueueStatus[];
  readonly folders: readonly { readonly name: string; readonly path: string }[];
  readonly stacks: readonly { readonly name: string; readonly resources: number }[];
}
