import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import {
  type FromRuntime,
  type ReportedError,
  type RuntimeInvoke,
  synchronousPayloadLimit,
  type ToRuntime,
} from './runtime-protocol';

/**
 * The program that runs in a function's process: loads the handler from the bundle and answers one invocation at a
 * time. It is bundled on its own at start and knows nothing of the platform but the protocol.
 */

type Handler = (
  event: unknown,
  context: object,
  callback: (error: unknown, result?: unknown) => void,
) => unknown;

function report(error: unknown): ReportedError {
  if (error instanceof Error) {
    return { errorType: error.name, errorMessage: error.message, trace: (error.stack ?? '').split('\n') };
  }
  return { errorType: typeof error, errorMessage: String(error), trace: [] };
}

function send(message: FromRuntime): void {
  process.send?.(message);
}

class StartError extends Error {
  constructor(type: string, message: string) {
    super(message);
    this.name = type;
  }
}

async function loadModule(codeFolder: string, module: string): Promise<Record<string, unknown>> {
  const base = join(codeFolder, module);
  const file = ['.js', '.mjs', '.cjs'].map((suffix) => base + suffix).find(existsSync);
  if (file === undefined) {
    throw new StartError('Runtime.ImportModuleError', `Error: Cannot find module '${module}'`);
  }
  try {
    const load = createRequire(file);
    return file.endsWith('.mjs') ? await import(pathToFileURL(file).href) : load(file);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ERR_REQUIRE_ESM') {
      return await import(pathToFileURL(file).href);
    }
    if (error instanceof SyntaxError) throw new StartError('Runtime.UserCodeSyntaxError', String(error));
    if (error instanceof Error && 'code' in error && String(error.code).endsWith('MODULE_NOT_FOUND')) {
      throw new StartError('Runtime.ImportModuleError', String(error));
    }
    throw error;
  }
}

async function loadHandler(codeFolder: string, handler: string): Promise<Handler> {
  const dot = handler.lastIndexOf('.');
  const loaded = await loadModule(codeFolder, handler.slice(0, dot));
  const found = loaded[handler.slice(dot + 1)];
  if (typeof found !== 'function') {
    throw new StartError('Runtime.HandlerNotFound', `${handler} is undefined or not exported`);
  }
  return found as Handler;
}

function contextOf(invocation: RuntimeInvoke): object {
  return {
    callbackWaitsForEmptyEventLoop: true,
    functionName: process.env.AWS_LAMBDA_FUNCTION_NAME,
    functionVersion: process.env.AWS_LAMBDA_FUNCTION_VERSION,
    invokedFunctionArn: invocation.functionArn,
    memoryLimitInMB: process.env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE,
    awsRequestId: invocation.requestId,
    logGroupName: process.env.AWS_LAMBDA_LOG_GROUP_NAME,
    logStreamName: process.env.AWS_LAMBDA_LOG_STREAM_NAME,
    getRemainingTimeInMillis: () => Math.max(0, invocation.deadline - Date.now()),
  };
}

async function run(handler: Handler, invocation: RuntimeInvoke): Promise<void> {
  const { requestId } = invocation;
  try {
    const result = await new Promise<unknown>((resolve, reject) => {
      const callback = (error: unknown, value?: unknown): void => (error ? reject(error) : resolve(value));
      const returned = handler(JSON.parse(invocation.payload), contextOf(invocation), callback);
      // A handler with a third parameter answers by callback unless it returns a promise.
      if (handler.length < 3 || returned instanceof Promise) resolve(returned);
    });
    const payload = JSON.stringify(result) ?? 'null';
    if (Buffer.byteLength(payload) > synchronousPayloadLimit) {
      throw new StartError(
        'Function.ResponseSizeTooLarge',
        `Response payload size exceeded maximum allowed payload size (${synchronousPayloadLimit} bytes).`,
      );
    }
    send({ kind: 'result', requestId, payload });
  } catch (error) {
    const reported = report(error);
    console.error(
      JSON.stringify({ timestamp: new Date().toISOString(), level: 'ERROR', requestId, ...reported }),
    );
    send({ kind: 'error', requestId, error: reported });
  }
}

let handler: Handler | undefined;

process.on('message', (message: ToRuntime) => {
  if (message.kind === 'invoke') {
    if (handler) void run(handler, message);
    return;
  }
  loadHandler(message.codeFolder, message.handler).then(
    (loaded) => {
      handler = loaded;
      send({ kind: 'ready' });
    },
    (error: unknown) => {
      const reported = report(error);
      console.error(JSON.stringify({ timestamp: new Date().toISOString(), level: 'ERROR', ...reported }));
      send({ kind: 'start-failed', error: reported });
    },
  );
});

// A function ends with the platform, however that ended, and not before it: an interrupt at the terminal reaches both.
process.on('disconnect', () => process.exit(0));
process.on('SIGINT', () => undefined);
