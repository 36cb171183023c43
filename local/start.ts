import { existsSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { DataFolderError } from './data-folder';
import { DemoInputError } from './demo/demo-input-error';
import { CommandFailed } from './demo/demo-person';
import { runDemo } from './demo/run-demo';
import { type Platform, startPlatform } from './platform';
import { PortTaken } from './port-error';
import { DeploymentError } from './stack/deployment-error';
import { synthesise } from './stack/synthesise';
import { readStartOptions, type StartOptions } from './start-options';

/** What `npm start` runs: synthesizes the app, starts the platform on it, and runs the demonstration. */

const projectFolder = join(__dirname, '..');

/** The command as `npm ci` builds it. */
const command = join(projectFolder, 'dist', 'nmip.cjs');

/** Keeps `npm start` from ending while the platform is to stay up. */
function untilInterrupted(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve());
  });
}

async function timed<T>(work: () => Promise<T>): Promise<{ result: T; seconds: number }> {
  const began = performance.now();
  const result = await work();
  return { result, seconds: Math.round(performance.now() - began) / 1000 };
}

const isNamed = (error: unknown, code: string): boolean =>
  error instanceof Error && 'code' in error && error.code === code;

/** What is wrong with what the person asked for, before anything is started; null where nothing is. */
function refusal({ input, report, demo }: StartOptions): string | null {
  if (input !== undefined && statSync(input, { throwIfNoEntry: false })?.isDirectory() !== true)
    return `There is no folder ${input}. Give another with --input.`;
  if (report !== undefined && !existsSync(dirname(report)))
    return `There is no folder ${dirname(report)} for the report. Make it, or give another file with --report.`;
  if (demo && !existsSync(command))
    return 'The nmip command, which the demonstration uses, is not built. Run `npm ci` or `npm run build:cli`.';
  return null;
}

function explain(error: unknown): string {
  const known =
    error instanceof DeploymentError || error instanceof DataFolderError || error instanceof PortTaken;
  if (known) return `${error.message}\n(${error.code})`;
  if (error instanceof CommandFailed || error instanceof DemoInputError) return error.message;
  if (isNamed(error, 'ENOSPC'))
    return 'The disk is full. Make room, then start again: what was begun goes on.';
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

/** Runs the demonstration; returns the exit code. */
async function demonstrate(
  platform: Platform,
  options: StartOptions,
  seconds: { synth: number; start: number },
  signal: AbortSignal,
): Promise<number> {
  const { addresses, services, dataFolder, optedOutFile } = platform;
  const folderOf = (variable: string): string => services.s3.objectsFolder(platform.variable(variable));
  const { problems, firstFrameAt } = await runDemo({
    platform: {
      ...addresses,
      region: services.registry.region,
      dataFolder,
      optedOutFile,
      folders: {
        deidentified: folderOf('DEIDENTIFIED_BUCKET'),
        quarantine: folderOf('QUARANTINE_BUCKET'),
        catalogue: folderOf('CATALOGUE_BUCKET'),
      },
    },
    command,
    input: options.input,
    report: options.report,
    seconds,
    print: (line) => console.log(line),
    signal,
  });
  // performance.now() counts from the start of this process.
  if (!Number.isNaN(firstFrameAt))
    console.log(`First frame read ${Math.round(firstFrameAt) / 1000} s after the start.`);
  return problems.length === 0 ? 0 : 1;
}

async function main(): Promise<number> {
  const options = readStartOptions(process.argv.slice(2));
  const refused = refusal(options);
  if (refused !== null) {
    console.error(refused);
    return 2;
  }
  const interrupted = untilInterrupted();
  const synth = await timed(() =>
    synthesise({
      projectFolder,
      assembliesFolder: join(projectFolder, 'cdk.out', 'embedded'),
      environment: 'local',
      today: new Date(),
    }),
  );
  const { assembly, synthesised } = synth.result;
  console.log(
    synthesised
      ? `Synthesized the app in ${synth.seconds} s.`
      : 'No source has changed: the app stands as synthesized.',
  );
  const start = await timed(() =>
    startPlatform({
      assembly,
      dataFolder: options.data,
      fresh: options.fresh,
      pseudonymKey: options.pseudonymKeyFile,
      largeFileBytes: options.largeFileBytes,
      ports: { frontDoor: options.port, aws: options.awsPort, vpcEndpoint: options.vpcEndpointPort },
    }),
  );
  const platform = start.result;
  console.log(`The platform is up at ${platform.addresses.frontDoor} (${start.seconds} s).`);
  try {
    if (options.demo) {
      const stopping = new AbortController();
      const seconds = { synth: synth.seconds, start: start.seconds };
      const demo = demonstrate(platform, options, seconds, stopping.signal);
      const code = await Promise.race([demo, interrupted.then(() => 130)]);
      stopping.abort();
      demo.catch(() => undefined);
      if (options.once || code === 130) return code;
    }
    console.log('It stays up until Ctrl+C.');
    await interrupted;
    return 0;
  } finally {
    await platform.stop();
  }
}

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    console.error(explain(error));
    process.exit(1);
  },
);
