import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { setTimeout as pause } from 'node:timers/promises';
import type { BusEvent, Caller, ObjectStorage } from '../aws/service';
import type { FaultPoints } from '../faults/fault-points';

/** Where requests lie and answers go, in the exchange bucket. */
const requestPrefix = 'requests/';
const responsePrefix = 'responses/';

export interface OptOutServiceOptions {
  readonly objects: ObjectStorage;
  /** Who the service acts as: it reads requests and writes answers, nothing else. */
  readonly caller: Caller;
  readonly exchangeBucket: string;
  /** File with the NHS numbers that are opted out, one a line; absent: nobody is. */
  readonly optedOutFile: string;
  /** The real service takes hours; here it is long enough for the pipeline to really wait. */
  readonly delayMilliseconds: number;
  /** What a drill does to answers; absent: nothing. */
  readonly drill?: FaultPoints | undefined;
  /** Told of a request that could not be answered. */
  onFault(error: Error): void;
}

/**
 * The answer to a request: the lines whose numbers are not opted out, in their order, each with comma and line feed.
 * Lines that are no number make the real service refuse the whole file; the caller gets an answer without lines then.
 */
export function answerRequest(request: string, optedOut: ReadonlySet<string>): string {
  const lines = request.split('\n').filter((line) => line !== '');
  const numbers = lines.map((line) => /^(\d{10}),\r?$/.exec(line)?.[1]);
  if (numbers.some((number) => number === undefined)) return '';
  return numbers
    .filter((number) => number !== undefined && !optedOut.has(number))
    .map((number) => `${number},\n`)
    .join('');
}

/** The National Data Opt-out service as this machine stands in for it. */
export class OptOutService {
  private readonly timers = new Set<NodeJS.Timeout>();
  private closed = false;

  constructor(private readonly options: OptOutServiceOptions) {}

  /** Sees every event of the platform and takes the requests that were put into the exchange bucket. */
  observe(event: BusEvent): void {
    const detail = event.detail as { bucket?: { name?: unknown }; object?: { key?: unknown } };
    const key = detail.object?.key;
    if (event.source !== 'aws.s3' || event.detailType !== 'Object Created') return;
    if (detail.bucket?.name !== this.options.exchangeBucket || typeof key !== 'string') return;
    if (key.startsWith(requestPrefix)) this.schedule(key);
  }

  /** Takes up the requests that an earlier run left unanswered. */
  async resume(): Promise<void> {
    const { objects, caller, exchangeBucket } = this.options;
    const keys = async (prefix: string): Promise<string[]> =>
      (await objects.listKeys(caller, exchangeBucket, prefix)).map(({ key }) => key.slice(prefix.length));
    const answered = new Set(await keys(responsePrefix));
    // A drill may have answered wrongly first: every request is answered once more.
    for (const name of await keys(requestPrefix))
      if (this.options.drill !== undefined || !answered.has(name)) this.schedule(requestPrefix + name);
  }

  close(): void {
    this.closed = true;
    for (const timer of this.timers) clearTimeout(timer);
  }

  private schedule(key: string): void {
    const timer = setTimeout(() => {
      this.timers.delete(timer);
      this.answer(key).catch((error: unknown) => {
        if (!this.closed) this.options.onFault(error as Error);
      });
    }, this.options.delayMilliseconds);
    this.timers.add(timer);
  }

  private async answer(key: string): Promise<void> {
    const { objects, caller, exchangeBucket, optedOutFile } = this.options;
    const { body } = await objects.getObject(caller, exchangeBucket, key);
    const request = await text(body);
    const list = await readFile(optedOutFile, 'utf8').catch(() => '');
    const optedOut = new Set(list.split(/\s+/).filter((line) => line !== ''));
    const name = key.slice(requestPrefix.length);
    const answer = answerRequest(request, optedOut);
    const answers = this.options.drill?.optOutAnswers(name, answer) ?? [
      { text: answer, afterMilliseconds: 0 },
    ];
    for (const { text: words, afterMilliseconds } of answers) {
      if (afterMilliseconds > 0) await pause(afterMilliseconds, undefined, { ref: false });
      if (this.closed) return;
      await objects.putObject(caller, exchangeBucket, responsePrefix + name, Buffer.from(words));
    }
  }
}
