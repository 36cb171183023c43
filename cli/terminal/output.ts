import { tellOfRetries } from '../api/http-retry';
import { CommandError, type ExitCode, exitCode } from './exit-code';
import { visibleName, visibleText } from './text';

export interface OutputOptions {
  /** Results as newline-delimited JSON instead of text. */
  readonly json?: boolean | undefined;
  /** No progress and no remarks; results and errors stay. */
  readonly quiet?: boolean | undefined;
}

/**
 * Where a command writes: results on standard output, all else on standard error. Names of files and texts of other
 * people stand in what is written, so no control character but the line feed reaches the terminal.
 */
export class Output {
  constructor(
    readonly options: OutputOptions,
    private readonly stdout: NodeJS.WritableStream = process.stdout,
    private readonly stderr: NodeJS.WritableStream = process.stderr,
  ) {}

  get json(): boolean {
    return this.options.json === true;
  }

  get quiet(): boolean {
    return this.options.quiet === true;
  }

  /** A result: `text` for people, `record` as one line of JSON. */
  result(text: string, record: unknown): void {
    this.stdout.write(this.json ? `${JSON.stringify(record)}\n` : `${visibleText(text)}\n`);
  }

  /** Content of a file, as it is, for whoever redirects it into one. */
  content(text: string): void {
    this.stdout.write(text);
  }

  /** A remark on the way. */
  remark(text: string): void {
    if (!this.quiet) this.stderr.write(`${visibleText(text)}\n`);
  }

  /** Something the person must see or do, even when quiet. */
  notice(text: string): void {
    this.stderr.write(`${visibleText(text)}\n`);
  }

  error(error: CommandError): void {
    const { code, detail, fix, ref } = error.hints;
    if (this.json) {
      const record = { error: error.message, code, detail, fix, ref, exitCode: error.exitCode };
      this.stderr.write(`${JSON.stringify(record)}\n`);
      return;
    }
    const lines = [`${error.message}${code ? ` (${code})` : ''}`];
    if (detail && detail !== error.message) lines.push(detail);
    if (fix) lines.push(`Fix: ${fix}`);
    if (ref) lines.push(`Reference: ${ref}`);
    this.stderr.write(`${visibleText(lines.join('\n'))}\n`);
  }
}

const systemFixes: Readonly<Record<string, string>> = {
  ENOSPC: 'Make room on the disk, then run the same command again.',
  EDQUOT: 'Make room on the disk, then run the same command again.',
  EACCES: 'Give yourself the right to it, or name another place.',
  EPERM: 'Give yourself the right to it, or name another place.',
  EROFS: 'Name a place that can be written to.',
  ENOENT: 'Check the name, or name another place.',
  ENOTDIR: 'Check the name, or name another place.',
  EISDIR: 'It is a folder: name a file.',
  EEXIST: 'Something of another kind stands there already: name another place.',
};

/** An error of the file system, in words; null for other errors. */
function fileSystemError(error: unknown): CommandError | null {
  if (!(error instanceof Error) || !('code' in error) || !('syscall' in error)) return null;
  const fix = systemFixes[String(error.code)];
  if (fix === undefined) return null;
  const place = 'path' in error && typeof error.path === 'string' ? error.path : 'a file';
  return new CommandError(`Cannot use ${visibleName(place)} (${error.code}).`, exitCode.usage, {
    code: 'FILE_NOT_USABLE',
    fix,
  });
}

/** What went wrong in the words of a `CommandError`; an unexpected error keeps its own message. */
export function commandErrorOf(error: unknown): CommandError {
  if (error instanceof CommandError) return error;
  if (error instanceof Error && 'code' in error && error.code === 'EPIPE')
    return new CommandError('', exitCode.ok);
  const fileSystem = fileSystemError(error);
  if (fileSystem !== null) return fileSystem;
  const message = error instanceof Error ? error.message : String(error);
  return new CommandError(`Unexpected error: ${message}`, exitCode.network);
}

/**
 * Runs the work of a command and sets the exit code of the process; a `CommandError` is printed, not thrown.
 * `work` returns the exit code, or nothing for 0.
 */
export async function runCommand(
  options: OutputOptions,
  work: (output: Output) => Promise<ExitCode | undefined>,
): Promise<void> {
  const output = new Output(options);
  tellOfRetries((text) => output.remark(text));
  try {
    process.exitCode = (await work(output)) ?? exitCode.ok;
  } catch (thrown) {
    const error = commandErrorOf(thrown);
    if (error.message !== '') output.error(error);
    process.exitCode = error.exitCode;
  }
}
