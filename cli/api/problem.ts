import { CommandError, type ExitCode, exitCode } from '../terminal/exit-code';

/** Members of an RFC 9457 problem that are shown; all may be missing where a proxy answered. */
interface Problem {
  readonly title?: string;
  readonly code?: string;
  readonly detail?: string;
  readonly fix?: string;
  readonly ref?: string;
  /** All of it, for callers who know more members. */
  readonly problem?: unknown;
}

function exitCodeOf(status: number): ExitCode {
  if (status === 401 || status === 403) return exitCode.notAllowed;
  if (status === 408 || status === 429 || status >= 500) return exitCode.network;
  return exitCode.usage;
}

function textMember(source: unknown, name: string): string | undefined {
  const value: unknown =
    typeof source === 'object' && source !== null ? Reflect.get(source, name) : undefined;
  return typeof value === 'string' ? value : undefined;
}

function parseProblem(body: string): Problem {
  let parsed: unknown;
  try {
    parsed = JSON.parse(body);
  } catch {
    return {};
  }
  const title = textMember(parsed, 'title') ?? textMember(parsed, 'message');
  return Object.fromEntries(
    Object.entries({
      title,
      code: textMember(parsed, 'code'),
      detail: textMember(parsed, 'detail'),
      fix: textMember(parsed, 'fix'),
      ref: textMember(parsed, 'ref'),
      problem: parsed,
    }).filter(([, value]) => value !== undefined),
  );
}

/** The error that an answer of the API stands for. */
export function problemError(status: number, body: string): CommandError {
  const problem = parseProblem(body);
  const fix = problem.fix ?? (status === 401 ? 'Run `nmip login` again.' : undefined);
  return new CommandError(
    problem.title ?? `The service answered with status ${status}.`,
    exitCodeOf(status),
    {
      ...problem,
      fix,
    },
  );
}
