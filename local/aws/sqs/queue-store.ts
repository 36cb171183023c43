import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { RecordLog } from '../../storage/record-log';
import { AwsError, type Clock } from '../service';

/** A message as it was sent. */
export interface QueueMessage {
  readonly id: string;
  /** ISO 8601. */
  readonly sentAt: string;
  readonly body: string;
}

/** What the status page shows of a queue. */
export interface QueueStatus {
  readonly name: string;
  readonly messages: number;
}

interface Queue {
  readonly name: string;
  readonly messages: QueueMessage[];
  readonly log: RecordLog<QueueMessage>;
}

/** The queues that keep what could not be delivered. Messages stay until the data folder is emptied. */
export class QueueStore {
  private readonly queues = new Map<string, Queue>();

  constructor(
    private readonly folder: string,
    private readonly clock: Clock,
  ) {}

  /** Makes a queue unless it is there; its messages stay. */
  ensure(queueArn: string): void {
    if (this.queues.has(queueArn)) return;
    const name = queueArn.split(':').at(-1) ?? '';
    const messages: QueueMessage[] = [];
    const log = RecordLog.open<QueueMessage>(join(this.folder, `${name}.jsonl`), (message) =>
      messages.push(message),
    );
    this.queues.set(queueArn, { name, messages, log });
  }

  /** @throws AwsError `QueueDoesNotExist` */
  send(queueArn: string, body: string): void {
    const queue = this.queues.get(queueArn);
    if (!queue) throw new AwsError('QueueDoesNotExist', `The queue ${queueArn} does not exist`, 400);
    const message = { id: randomUUID(), sentAt: this.clock.now().toISOString(), body };
    queue.log.append(message);
    queue.messages.push(message);
  }

  messages(queueArn: string): readonly QueueMessage[] {
    return this.queues.get(queueArn)?.messages ?? [];
  }

  status(): readonly QueueStatus[] {
    return [...this.queues.values()].map(({ name, messages }) => ({ name, messages: messages.length }));
  }

  close(): void {
    for (const { log } of this.queues.values()) log.close();
  }
}
