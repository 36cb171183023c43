/** Exit codes of every command. */
export const exitCode = {
  ok: 0,
  /** Finished, but some files or requests were turned away. */
  rejections: 1,
  usage: 2,
  /** Not signed in, or signed in and not allowed. */
  notAllowed: 3,
  /** The network, or the service behind it, gave up after all retries. */
  network: 4,
  /** Something is not what its digest or signature says. */
  integrity: 5,
  /** Stopped by the person: 128 + SIGINT. */
  interrupted: 130,
} as const;

export type ExitCode = (typeof exitCode)[keyof typeof exitCode];

/** An error to be shown to the person as it stands: what happened, what to do, and how to exit. */
export class CommandError extends Error {
  override readonly name = 'CommandError';

  constructor(
    message: string,
    readonly exitCode: ExitCode,
    readonly hints: {
      /** Stable code of the API or of the command. */
      readonly code?: string | undefined;
      readonly detail?: string | undefined;
      readonly fix?: string | undefined;
      /** Reference under which the service logged it. */
      readonly ref?: string | undefined;
      /** The whole refusal as the service wrote it; not printed. */
      readonly problem?: unknown;
    } = {},
  ) {
    super(message);
  }
}
