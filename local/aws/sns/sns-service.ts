import { randomUUID } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { join } from 'node:path';
import { RecordLog } from '../../storage/record-log';
import { AwsError, type AwsService, type Clock, type SignedRequest } from '../service';
import { readWhole } from '../signature/payload';
import { escapeXml } from '../wire-errors';

/** A message as it was published. */
export interface TopicMessage {
  readonly id: string;
  /** ISO 8601. */
  readonly publishedAt: string;
  readonly subject: string | undefined;
  readonly text: string;
}

interface Topic {
  readonly messages: TopicMessage[];
  readonly log: RecordLog<TopicMessage>;
}

/** SNS's limit on a message with its attributes, and some room for the form's encoding. */
const LARGEST_MESSAGE = 262_144;
const LARGEST_REQUEST = 3 * LARGEST_MESSAGE;
const NAMESPACE = 'http://sns.amazonaws.com/doc/2010-03-31/';

/** Printable ASCII that begins with a letter, digit or punctuation mark, fewer than 100 characters, on one line. */
const subjectForm = /^[!-~][ -~]{0,98}$/;

/** SNS by its query protocol: Publish to a topic of the template. Messages stay in the data folder; nobody is sent any. */
export class SnsService implements AwsService {
  readonly signingName = 'sns';
  readonly protocol = 'query-xml';
  private readonly topics = new Map<string, Topic>();

  constructor(
    private readonly folder: string,
    private readonly clock: Clock,
  ) {}

  /** Makes a topic unless it is there; its messages stay. */
  ensureTopic(topicArn: string): void {
    if (this.topics.has(topicArn)) return;
    const messages: TopicMessage[] = [];
    const name = topicArn.split(':').at(-1) ?? '';
    const log = RecordLog.open<TopicMessage>(join(this.folder, `${name}.jsonl`), (message) =>
      messages.push(message),
    );
    this.topics.set(topicArn, { messages, log });
  }

  messages(topicArn: string): readonly TopicMessage[] {
    return this.topics.get(topicArn)?.messages ?? [];
  }

  async handle(request: SignedRequest, response: ServerResponse): Promise<void> {
    const body = (await readWhole(request.body, LARGEST_REQUEST)).toString('utf8');
    const parameters = new URLSearchParams(body);
    const action = parameters.get('Action') ?? '';
    if (action !== 'Publish')
      throw new AwsError('InvalidAction', `The SNS action "${action}" is not known here`, 400);
    const id = this.publish(request, parameters);
    const text = `<PublishResponse xmlns="${NAMESPACE}"><PublishResult><MessageId>${escapeXml(id)}</MessageId></PublishResult><ResponseMetadata><RequestId>${escapeXml(request.requestId)}</RequestId></ResponseMetadata></PublishResponse>`;
    response.setHeader('Content-Type', 'text/xml');
    response.setHeader('x-amzn-RequestId', request.requestId);
    response.setHeader('Content-Length', Buffer.byteLength(text));
    response.end(text);
  }

  async close(): Promise<void> {
    for (const { log } of this.topics.values()) log.close();
  }

  private publish(request: SignedRequest, parameters: URLSearchParams): string {
    const topicArn = parameters.get('TopicArn') ?? '';
    request.caller.authorise('sns:Publish', topicArn);
    const topic = this.topics.get(topicArn);
    if (topic === undefined) throw new AwsError('NotFound', 'Topic does not exist', 404);
    const text = parameters.get('Message') ?? '';
    if (text === '' || Buffer.byteLength(text) > LARGEST_MESSAGE)
      throw new AwsError('InvalidParameter', 'Invalid parameter: Message', 400);
    const subject = parameters.get('Subject') ?? undefined;
    if (subject !== undefined && !subjectForm.test(subject))
      throw new AwsError('InvalidParameter', 'Invalid parameter: Subject', 400);
    const message = { id: randomUUID(), publishedAt: this.clock.now().toISOString(), subject, text };
    topic.log.append(message);
    topic.messages.push(message);
    return message.id;
  }
}
