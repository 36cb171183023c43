import { randomUUID } from 'node:crypto';
import { RecordLog } from '../../storage/record-log';

/** An asynchronous invocation that was accepted and has not ended. */
export interface AcceptedInvocation {
  readonly id: string;
  readonly functionArn: string;
  /** JSON text of the event. */
  readonly payload: string;
  /** Milliseconds since 1970. */
  readonly acceptedAt: number;
}

type QueueRecord =
  | { readonly kind: 'accepted'; readonly invocation: AcceptedInvocation }
  | { readonly kind: 'ended'; readonly id: string };

/** Ended records that may pile up in the file before it is rewritten. */
const rewriteAfter = 2000;

/**
 * The events that Lambda has accepted for asynchronous invocation, in a file, so that a killed platform delivers them
 * when it is started again. Delivery is at least once, as on AWS.
 */
export class AsynchronousQueue {
  private readonly open = new Map<string, AcceptedInvocation>();
  private readonly log: RecordLog<QueueRecord>;

  constructor(path: string) {
    this.log = RecordLog.open<QueueRecord>(path, (record) => {
      if (record.kind === 'accepted') this.open.set(record.invocation.id, record.invocation);
      else this.open.delete(record.id);
    });
  }

  /** Invocations that have not ended, oldest first. */
  pending(): readonly AcceptedInvocation[] {
    return [...this.open.values()];
  }

  /** Returns when the operating system has the event. */
  accept(functionArn: string, payload: string, now: Date): AcceptedInvocation {
    const invocation = { id: randomUUID(), functionArn, payload, acceptedAt: now.getTime() };
    this.log.append({ kind: 'accepted', invocation });
    this.open.set(invocation.id, invocation);
    return invocation;
  }

  ended(id: string): void {
    if (!this.open.delete(id)) return;
    this.log.append({ kind: 'ended', id });
    if (this.log.records > rewriteAfter + 2 * this.open.size) {
      this.log.rewrite(this.pending().map((invocation) => ({ kind: 'accepted', invocation })));
    }
  }

  close(): void {
    this.log.close();
  }
}
