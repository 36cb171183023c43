import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { signInWithBrowser } from './browser';

/** A run of the command that a demonstration does not expect to fail. */
export class CommandFailed extends Error {
  override readonly name = 'CommandFailed';

  constructor(
    message: string,
    /** Code of the command's error, null where it gave none. */
    readonly problem: string | null = null,
  ) {
    super(message);
  }
}

/** The code in the error record, which is the last line that the command writes with `--json`. */
function problemOf(stderr: string): string | null {
  try {
    const record = JSON.parse(stderr.trim().split('\n').at(-1) ?? '') as { code?: unknown };
    return typeof record.code === 'string' ? record.code : null;
  } catch {
    return null;
  }
}

export interface CommandResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** One of the demo people, working with the `nmip` command as installed, with a state folder of their own. */
export class DemoPerson {
  constructor(
    readonly subject: string,
    private readonly settings: {
      /** `dist/nmip.cjs` */
      readonly command: string;
      /** Front door of the platform. */
      readonly api: string;
      /** Holds a folder for each person. */
      readonly homes: string;
      readonly signal: AbortSignal;
    },
  ) {}

  get home(): string {
    return join(this.settings.homes, this.subject);
  }

  /** State folder of the command (`$XDG_STATE_HOME/nmip`). */
  get stateFolder(): string {
    return join(this.home, 'nmip');
  }

  /** Runs the command and returns what it printed, whatever its exit code. */
  run(words: readonly string[], onStderr?: (text: string) => void): Promise<CommandResult> {
    const child = spawn(process.execPath, [this.settings.command, ...words], {
      env: { ...process.env, XDG_STATE_HOME: this.home, AWS_CONFIG_FILE: join(this.home, 'aws-config') },
      stdio: ['ignore', 'pipe', 'pipe'],
      signal: this.settings.signal,
    });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
      onStderr?.(stderr);
    });
    return new Promise((resolve, reject) => {
      child.on('error', reject);
      child.on('close', (code) => resolve({ code: code ?? 1, stdout, stderr }));
    });
  }

  /**
   * Runs the command with `--json` and returns the records that it printed.
   * @param expected exit codes that are no failure
   * @throws CommandFailed with what the command wrote to standard error
   */
  async records(
    words: readonly string[],
    expected: readonly number[] = [0],
  ): Promise<Record<string, unknown>[]> {
    const { code, stdout, stderr } = await this.run([...words, '--json']);
    if (!expected.includes(code))
      throw new CommandFailed(
        `nmip ${words.join(' ')} (${this.subject}) exited with ${code}:\n${stderr.trim()}`,
        problemOf(stderr),
      );
    return stdout
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
  }

  /** The last record of a run. */
  async record(words: readonly string[], expected?: readonly number[]): Promise<Record<string, unknown>> {
    const record = (await this.records(words, expected)).at(-1);
    if (record === undefined) throw new CommandFailed(`nmip ${words.join(' ')} printed nothing.`);
    return record;
  }

  /** @param more options of `nmip login` */
  async signIn(more: readonly string[] = []): Promise<void> {
    let failure: Promise<void> | undefined;
    const words = ['login', '--api', this.settings.api, '--no-browser', ...more];
    const { code, stderr } = await this.run(words, (text) => {
      const address = /^(https?:\/\/\S+)\r?\n/m.exec(text)?.[1];
      if (address !== undefined) failure ??= signInWithBrowser(address, this.subject);
    });
    await failure;
    if (code !== 0) throw new CommandFailed(`${this.subject} could not sign in:\n${stderr.trim()}`);
  }
}
