import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** The command as built, in a folder of its own; `build` before use, `remove` after. */
export class BuiltCommand {
  readonly folder = mkdtempSync(join(tmpdir(), 'nmip-command-'));
  readonly path = join(this.folder, 'nmip.cjs');

  build(): void {
    const project = join(__dirname, '..', '..');
    execFileSync(process.execPath, ['--import', 'tsx', 'scripts/build-command.ts', this.folder], {
      cwd: project,
    });
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** Runs the command of a person, whose state is kept in a folder of their own. */
  run(
    person: string,
    words: readonly string[],
    options: {
      readonly onStderr?: (text: string, kill: (signal: NodeJS.Signals) => void) => void;
      readonly cwd?: string;
      readonly environment?: Readonly<Record<string, string>>;
    } = {},
  ): Promise<{ code: number | null; stdout: string; stderr: string }> {
    const child = spawn(process.execPath, [this.path, ...words], {
      cwd: options.cwd ?? this.folder,
      env: {
        PATH: process.env.PATH ?? '',
        HOME: this.folder,
        XDG_STATE_HOME: join(this.folder, 'state', person),
        ...options.environment,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
      options.onStderr?.(stderr, (signal) => child.kill(signal));
    });
    return new Promise((resolve, reject) => {
      child.on('error', reject);
      child.on('close', (code) => resolve({ code, stdout, stderr }));
    });
  }

  /** Signs a person in: the test plays the browser. */
  async signIn(person: string, api: string, words: readonly string[] = []) {
    let opened = false;
    return this.run(person, ['login', '--api', api, '--no-browser', ...words], {
      onStderr: (text) => {
        const url = /^(http:\S+authorize\S*)$/m.exec(text)?.[1];
        if (url === undefined || opened || !text.endsWith('\n')) return;
        opened = true;
        void fetch(url);
      },
    });
  }
}
