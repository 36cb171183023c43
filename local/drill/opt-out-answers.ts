import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { readLines } from '../faults/fault-log';
import type { OptOutAnswer } from '../faults/fault-points';
import type { AnswerFault } from './sending-faults';

const logName = 'answers.ndjson';

interface AnsweredRequest {
  readonly request: string;
  readonly fault: AnswerFault | null;
}

/** A valid number of the test range that no patient of a drill has: they begin below 800,000. */
const numberOfNobody = '9999999999';

/** The pause between an answer and the one that puts it right: the first has been read by then, or is being read. */
const pauseMilliseconds = 400;
/** Well within the time that the pipeline waits. */
const lateMilliseconds = 3_000;

/** What the opt-out service of a drill does with the requests in the order in which they come. */
export class DrilledAnswers {
  private readonly seen: Map<string, AnsweredRequest>;

  constructor(
    private readonly folder: string,
    private readonly faults: readonly (AnswerFault | null)[],
  ) {
    const lines = readLines<AnsweredRequest>(join(folder, logName));
    this.seen = new Map(lines.map((line) => [line.request, line]));
  }

  /** The answers to a request; one that was answered before is answered rightly at once. */
  answersTo(request: string, answer: string): readonly OptOutAnswer[] {
    const right: OptOutAnswer = { text: answer, afterMilliseconds: 0 };
    if (this.seen.has(request)) return [right];
    const line: AnsweredRequest = { request, fault: this.faults[this.seen.size] ?? null };
    this.seen.set(request, line);
    appendFileSync(join(this.folder, logName), `${JSON.stringify(line)}\n`);
    const later = { ...right, afterMilliseconds: pauseMilliseconds };
    switch (line.fault) {
      case null:
        return [right];
      case 'answer-late':
        return [{ ...right, afterMilliseconds: lateMilliseconds }];
      case 'answer-doubled':
        return [right, later];
      case 'answer-malformed-first':
        return [{ text: 'Service unavailable\n', afterMilliseconds: 0 }, later];
      case 'answer-of-another-first':
        return [{ text: `${numberOfNobody},\n`, afterMilliseconds: 0 }, later];
    }
  }
}

/** The faults of answers that have happened. */
export function answerFaults(folder: string): AnswerFault[] {
  return readLines<AnsweredRequest>(join(folder, logName)).flatMap(({ fault }) => fault ?? []);
}
