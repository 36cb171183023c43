import { CommandError, exitCode } from './exit-code';

/** A signal that the first Ctrl-C aborts; the second ends the process at once. */
export function interruptSignal(): AbortSignal {
  const controller = new AbortController();
  const interrupt = () => {
    if (controller.signal.aborted) process.exit(exitCode.interrupted);
    controller.abort(new CommandError('Stopped.', exitCode.interrupted));
  };
  process.on('SIGINT', interrupt);
  process.on('SIGTERM', interrupt);
  return controller.signal;
}
