import type { Json } from './payload-limits';

/** How a state or a child workflow ended. */
export type Outcome =
  | { readonly kind: 'succeeded'; readonly output: Json }
  | { readonly kind: 'failed'; readonly error: string; readonly cause: string };

export const executionStatuses = ['RUNNING', 'SUCCEEDED', 'FAILED', 'TIMED_OUT', 'ABORTED'] as const;
export type ExecutionStatus = (typeof executionStatuses)[number];

/** A finished child workflow of a Distributed Map. Times in milliseconds since 1970. */
export interface FinishedItem {
  readonly index: number;
  readonly name: string;
  readonly startedAt: number;
  readonly stoppedAt: number;
  readonly outcome: Outcome;
  readonly stateTransitions: number;
  readonly functionCalls: number;
}

/**
 * The journal of an execution: enough to go on after the process was killed. `path` names a frame, a run of states one
 * after the other: '' is the execution itself, `/<n>.<i>` the iteration or branch i of the state that the frame entered
 * as its n-th, and so on inwards.
 */
export type JournalLine =
  | {
      readonly kind: 'start';
      readonly input: Json;
      readonly definition: string;
      readonly roleArn: string;
      readonly at: number;
    }
  | {
      readonly kind: 'enter';
      readonly path: string;
      readonly count: number;
      readonly state: string;
      readonly input: Json;
      readonly variables: Readonly<Record<string, Json>>;
      readonly at: number;
      readonly event: number;
    }
  | {
      readonly kind: 'retry';
      readonly path: string;
      readonly retries: readonly number[];
      readonly dueAt: number;
    }
  | { readonly kind: 'call'; readonly path: string }
  | { readonly kind: 'token'; readonly path: string; readonly token: string; readonly at: number }
  | { readonly kind: 'token-handed-out'; readonly path: string; readonly token: string }
  | {
      readonly kind: 'token-answered';
      readonly path: string;
      readonly token: string;
      readonly outcome: Outcome;
    }
  | { readonly kind: 'map-run'; readonly path: string; readonly id: string; readonly at: number }
  | { readonly kind: 'item'; readonly path: string; readonly item: FinishedItem }
  | { readonly kind: 'frame-end'; readonly path: string; readonly outcome: Outcome }
  | {
      readonly kind: 'end';
      readonly status: ExecutionStatus;
      readonly at: number;
      readonly output?: Json;
      readonly error?: string;
      readonly cause?: string;
      readonly counts: ExecutionCounts;
    }
  | { readonly kind: 'redrive'; readonly at: number };

/** What an execution used, for capacity reports. */
export interface ExecutionCounts {
  /** State transitions that AWS charges for: states entered and retried, Express children left out. */
  readonly stateTransitions: number;
  /** Transitions inside Express children. */
  readonly expressTransitions: number;
  readonly functionCalls: number;
  /** Finished child workflows of Distributed Maps. */
  readonly mapItems: number;
}

/** Where a frame stands, read back from the journal. */
export class FrameRecord {
  checkpoint?: Extract<JournalLine, { kind: 'enter' }>;
  retry?: Extract<JournalLine, { kind: 'retry' }>;
  token?: { readonly token: string; readonly at: number; handedOut: boolean; outcome?: Outcome };
  mapRun?: { readonly id: string; readonly at: number; readonly items: Map<number, FinishedItem> };
  outcome?: Outcome;
  readonly children = new Map<string, FrameRecord>();

  /** The frame of an iteration or branch, made on demand. */
  child(step: string): FrameRecord {
    const known = this.children.get(step);
    if (known) return known;
    const made = new FrameRecord();
    this.children.set(step, made);
    return made;
  }
}

/** An execution as its journal tells it. */
export interface JournalState {
  readonly start: Extract<JournalLine, { kind: 'start' }>;
  readonly end?: Extract<JournalLine, { kind: 'end' }>;
  readonly redrives: readonly number[];
  readonly root: FrameRecord;
  readonly counts: ExecutionCounts;
}

/** Reads a journal; undefined where the execution was never acknowledged (no first line). */
export function replayJournal(lines: readonly JournalLine[]): JournalState | undefined {
  const [start, ...rest] = lines;
  if (start?.kind !== 'start') return undefined;
  const root = new FrameRecord();
  const redrives: number[] = [];
  let end: Extract<JournalLine, { kind: 'end' }> | undefined;
  const counts = { stateTransitions: 0, expressTransitions: 0, functionCalls: 0, mapItems: 0 };
  for (const line of rest) {
    switch (line.kind) {
      case 'enter':
        counts.stateTransitions += 1;
        enter(frameAt(root, line.path), line);
        break;
      case 'retry':
        counts.stateTransitions += 1;
        retry(frameAt(root, line.path), line);
        break;
      case 'call':
        counts.functionCalls += 1;
        break;
      case 'token':
        frameAt(root, line.path).token = { token: line.token, at: line.at, handedOut: false };
        break;
      case 'token-handed-out':
      case 'token-answered': {
        const waiting = frameAt(root, line.path).token;
        if (waiting?.token !== line.token) break;
        if (line.kind === 'token-handed-out') waiting.handedOut = true;
        else waiting.outcome = line.outcome;
        break;
      }
      case 'map-run':
        frameAt(root, line.path).mapRun = { id: line.id, at: line.at, items: new Map() };
        break;
      case 'item':
        finishItem(frameAt(root, line.path), line.item);
        counts.mapItems += 1;
        counts.expressTransitions += line.item.stateTransitions;
        counts.functionCalls += line.item.functionCalls;
        break;
      case 'frame-end': {
        const frame = frameAt(root, line.path);
        frame.outcome = line.outcome;
        if (line.outcome.kind === 'succeeded') frame.children.clear();
        break;
      }
      case 'end':
        end = line;
        break;
      case 'redrive':
        end = undefined;
        redrives.push(line.at);
        forgetFailures(root);
        break;
      case 'start':
        break;
    }
  }
  return { start, ...(end ? { end } : {}), redrives, root, counts };
}

function frameAt(root: FrameRecord, path: string): FrameRecord {
  let frame = root;
  for (const step of path.split('/').slice(1)) frame = frame.child(step);
  return frame;
}

function enter(frame: FrameRecord, line: Extract<JournalLine, { kind: 'enter' }>): void {
  frame.checkpoint = line;
  forgetAttempt(frame);
  delete frame.retry;
}

/** A further attempt begins anew; only the count of retries stays. */
function retry(frame: FrameRecord, line: Extract<JournalLine, { kind: 'retry' }>): void {
  frame.retry = line;
  forgetAttempt(frame);
}

function finishItem(frame: FrameRecord, item: FinishedItem): void {
  frame.mapRun?.items.set(item.index, item);
  frame.children.delete(childStep(frame.checkpoint?.count ?? 0, item.index));
}

/**
 * Step of a path for an iteration, branch or child workflow.
 * @param count of states that the enclosing frame had entered, the enclosing state included
 */
export function childStep(count: number, index: number): string {
  return `${count}.${index}`;
}

function forgetAttempt(frame: FrameRecord): void {
  delete frame.token;
  delete frame.mapRun;
  delete frame.outcome;
  frame.children.clear();
}

/** What failed runs again after a redrive; what succeeded stays (developer guide, "Redriving executions"). */
function forgetFailures(frame: FrameRecord): void {
  delete frame.retry;
  delete frame.token;
  if (frame.outcome?.kind === 'failed') delete frame.outcome;
  for (const [index, item] of frame.mapRun?.items ?? []) {
    if (item.outcome.kind === 'failed') frame.mapRun?.items.delete(index);
  }
  for (const child of frame.children.values()) forgetFailures(child);
}
