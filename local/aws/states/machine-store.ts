import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { RecordLog } from '../../storage/record-log';
import { AppendFile, readLines } from './append-file';
import type { ExecutionCounts, ExecutionStatus, JournalLine } from './journal';

/** An execution as lists show it. Times in milliseconds since 1970. */
export interface ExecutionSummary {
  readonly name: string;
  readonly status: ExecutionStatus;
  readonly startedAt: number;
  readonly stoppedAt?: number;
  readonly redriveCount: number;
  readonly counts?: ExecutionCounts;
}

/**
 * Files of one state machine: its definitions by digest, a list of its executions that only grows (the last line of a
 * name is the one that counts), and a folder an execution with journal and history.
 */
export class MachineStore {
  readonly #list: RecordLog<ExecutionSummary>;
  readonly #summaries = new Map<string, ExecutionSummary>();

  constructor(private readonly folder: string) {
    this.#list = RecordLog.open<ExecutionSummary>(join(folder, 'executions.ndjson'), (summary) =>
      this.#summaries.set(summary.name, summary),
    );
  }

  /** Keeps a definition, so that executions under way go on with the one that they began with. Returns its digest. */
  keepDefinition(text: string): string {
    const digest = createHash('sha256').update(text).digest('hex');
    const path = this.#definitionPath(digest);
    if (!existsSync(path)) {
      mkdirSync(join(this.folder, 'definitions'), { recursive: true });
      writeFileSync(path, text);
    }
    return digest;
  }

  definition(digest: string): string {
    return readFileSync(this.#definitionPath(digest), 'utf8');
  }

  summary(name: string): ExecutionSummary | undefined {
    return this.#summaries.get(name);
  }

  /** In the order in which they were first started. */
  summaries(): ExecutionSummary[] {
    return [...this.#summaries.values()];
  }

  keepSummary(summary: ExecutionSummary): void {
    this.#list.append(summary);
    this.#summaries.set(summary.name, summary);
  }

  /** Removes what a start that was never acknowledged left behind. */
  clearExecution(name: string): void {
    rmSync(this.executionFolder(name), { recursive: true, force: true });
  }

  journal(name: string): AppendFile<JournalLine> {
    return new AppendFile(join(this.executionFolder(name), 'journal.ndjson'));
  }

  readJournal(name: string): JournalLine[] {
    return readLines<JournalLine>(join(this.executionFolder(name), 'journal.ndjson'));
  }

  historyPath(name: string): string {
    return join(this.executionFolder(name), 'history.ndjson');
  }

  childHistoryPath(name: string, mapRunId: string, child: string): string {
    return join(this.executionFolder(name), 'map-runs', mapRunId, `${child}.ndjson`);
  }

  close(): void {
    this.#list.close();
  }

  private executionFolder(name: string): string {
    const safe = encodeURIComponent(name).replace(/^\./, '%2E');
    return join(this.folder, 'executions', safe);
  }

  #definitionPath(digest: string): string {
    return join(this.folder, 'definitions', `${digest}.json`);
  }
}
