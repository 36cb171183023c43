import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { readLines } from '../faults/fault-log';
import type { PlatformControl } from './platform-control';

/** An execution that is started again and again will not end well. */
const mostExecutions = 12;

/** The executions of a machine as its list on the disk has them; the last line of a name counts. */
function executionStatuses(dataFolder: string): Map<string, string> {
  const machines = join(dataFolder, 'states', 'machines');
  const statuses = new Map<string, string>();
  for (const machine of readdirSync(machines))
    for (const { name, status } of readLines<{ name: string; status: string }>(
      join(machines, machine, 'executions.ndjson'),
    ))
      statuses.set(name, status);
  return statuses;
}

/** The person on call, who does as docs/runbook.md says and no more. */
export class Operator {
  /** Executions that were started anew. */
  redriven = 0;
  private readonly attempts = new Map<string, number>();

  constructor(
    private readonly dataFolder: string,
    private readonly control: PlatformControl,
    private readonly tell: (text: string) => void,
  ) {}

  /**
   * Looks at the executions of a submission and runs it again where the last one stopped (runbook, submission-stopped).
   * @returns whether an execution of it has succeeded
   */
  async look(submission: string): Promise<boolean> {
    const statuses = executionStatuses(this.dataFolder);
    const attempt = this.attempts.get(submission) ?? 1;
    const nameOf = (number: number): string => (number === 1 ? submission : `${submission}-${number}`);
    const status = statuses.get(nameOf(attempt));
    if (status === 'SUCCEEDED') return true;
    if (status === undefined || status === 'RUNNING' || attempt >= mostExecutions) return false;
    const name = nameOf(attempt + 1);
    this.tell(`An execution ended as ${status}: the operator starts another.`);
    await this.control.order({ do: 'start-execution', submission, name });
    this.attempts.set(submission, attempt + 1);
    this.redriven += 1;
    return false;
  }

  /** Whether any execution is under way. */
  isAnyRunning(): boolean {
    return [...executionStatuses(this.dataFolder).values()].includes('RUNNING');
  }
}
