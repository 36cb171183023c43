import { type ChildProcess, fork } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FunctionLog } from '../../aws/lambda/function-log';
import type { TaskDefinition } from './task-definition';

/** How often the resident memory of a container is looked at. */
const memoryWatchMilliseconds = 200;
/** Bytes of a memory page in /proc/<pid>/statm. */
const pageBytes = 4096;
/** Exit code of a container that was killed: 128 and the number of SIGKILL. */
const killed = 137;

export interface ContainerEnd {
  readonly exitCode: number;
  readonly reason?: string;
}

function residentMegabytes(pid: number): number {
  try {
    const [, resident] = readFileSync(`/proc/${pid}/statm`, 'latin1').split(' ');
    return (Number(resident) * pageBytes) / 1024 / 1024;
  } catch {
    return 0;
  }
}

/** The environment of a container: its own variables and what the agent sets, and nothing of the platform's own. */
export function containerEnvironment(
  { container, region }: TaskDefinition,
  added: Readonly<Record<string, string>>,
  endpoint: string,
): Record<string, string> {
  return {
    PATH: process.env.PATH ?? '/usr/bin:/bin',
    ...container.environment,
    ...added,
    AWS_ENDPOINT_URL: endpoint,
    AWS_REGION: region,
    AWS_DEFAULT_REGION: region,
    AWS_EXECUTION_ENV: 'AWS_ECS_FARGATE',
    AWS_EC2_METADATA_DISABLED: 'true',
  };
}

/** One container: a process of Node.js in the folder that its image would be built of, under the memory limit of its task. */
export class ContainerProcess {
  readonly ended: Promise<ContainerEnd>;
  private readonly child: ChildProcess;
  private reason: string | undefined;

  /** @param watchFile what is loaded before the program, see `container-watch.ts` */
  constructor(
    { container, memoryMegabytes }: TaskDefinition,
    environment: Readonly<Record<string, string>>,
    watchFile: string,
    log: FunctionLog,
  ) {
    const [program, ...parameters] = container.command;
    this.child = fork(join(container.imageFolder, program), parameters, {
      cwd: container.imageFolder,
      env: environment,
      execArgv: ['--require', watchFile, `--max-old-space-size=${memoryMegabytes}`],
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    for (const output of [this.child.stdout, this.child.stderr]) if (output) log.follow(output);
    const watch = setInterval(() => {
      if (residentMegabytes(this.child.pid ?? 0) <= memoryMegabytes) return;
      this.kill('OutOfMemoryError: Container killed due to memory usage');
    }, memoryWatchMilliseconds);
    this.ended = new Promise((resolve) => {
      const end = (exitCode: number) => {
        clearInterval(watch);
        resolve({ exitCode, ...(this.reason === undefined ? {} : { reason: this.reason }) });
      };
      this.child.once('exit', (code) => end(code ?? killed));
      this.child.once('error', () => end(killed));
    });
  }

  get pid(): number | undefined {
    return this.child.pid;
  }

  /** Ends the container at once. */
  kill(reason?: string): void {
    this.reason ??= reason;
    this.child.kill('SIGKILL');
  }
}
