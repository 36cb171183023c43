import { AppendFile, readLines } from './append-file';
import { historyLimitEvents, type Json } from './payload-limits';
import { StateError } from './state-error';

/** An event of GetExecutionHistory; the details stand under a name that depends on the type. */
export interface HistoryEvent {
  readonly id: number;
  readonly previousEventId: number;
  /** Milliseconds since 1970. */
  readonly timestamp: number;
  readonly type: string;
  readonly [details: string]: Json;
}

/** Writes the history of one execution or child workflow. */
export interface History {
  /**
   * Adds an event and returns its id.
   * @param details e.g. `{ taskScheduledEventDetails: {…} }`
   * @throws StateError `States.Runtime` when the history is full
   */
  record(type: string, previousEventId: number, details?: Readonly<Record<string, Json>>): number;
  close(): void;
}

/** Express child workflows have no history. */
export const noHistory: History = { record: () => 0, close: () => undefined };

/** Room that is kept for the events that end an execution. */
const endingEvents = 1;

/** A history on disk, a JSON line an event. */
export class HistoryFile implements History {
  readonly #file: AppendFile<HistoryEvent>;
  #count: number;

  /** @param clock milliseconds since 1970 */
  constructor(
    path: string,
    private readonly clock: () => number,
  ) {
    this.#file = new AppendFile(path);
    this.#count = this.#file.known;
  }

  record(type: string, previousEventId: number, details: Readonly<Record<string, Json>> = {}): number {
    const ending = /^Execution(Failed|Succeeded|Aborted|TimedOut)$/.test(type);
    if (this.#count >= historyLimitEvents - (ending ? 0 : endingEvents)) {
      throw new StateError(
        'States.Runtime',
        `The execution reached the maximum number of history events (${historyLimitEvents}).`,
      );
    }
    this.#count += 1;
    const event: HistoryEvent = {
      id: this.#count,
      previousEventId,
      timestamp: this.clock(),
      type,
      ...details,
    };
    this.#file.append(event);
    return event.id;
  }

  close(): void {
    this.#file.close();
  }
}

/** Events of a history on disk. */
export function readHistory(path: string): HistoryEvent[] {
  return readLines<HistoryEvent>(path);
}
