import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { DataFolderError } from './data-folder';
import { type Platform, startPlatform } from './platform';
import { PortTaken } from './port-error';
import { DeploymentError } from './stack/deployment-error';
import { synthesise } from './stack/synthesise';
import { readStartOptions, type StartOptions } from './start-options';

/** What `npm start` runs: synthesizes the app, starts the platform on it, and runs the demonstration. */

/** How long each step of the start took. */
export interface StartSeconds {
  readonly synth: number;
  readonly start: number;
}

/** The demonstration; returns the exit code. */
type RunDemo = (platform: Platform, options: StartOptions, seconds: StartSeconds) => Promise<number>;

const projectFolder = join(__dirname, '..');

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

function explain(error: unknown): string {
  const known =
    error instanceof DeploymentError || error instanceof DataFolderError || error instanceof PortTaken;
  if (known) return `${error.message}\n(${error.code})`;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

async function loadDemo(): Promise<RunDemo> {
  const { runDemo } = (await import('./demo/run-demo')) as { runDemo: RunDemo };
  return runDemo;
}

async function main(): Promise<number> {
  const options = readStartOptions(process.argv.slice(2));
  if (options.input !== undefined && !existsSync(options.input)) {
    console.error(`There is no folder ${options.input}. Give another with --input.`);
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
      ports: { frontDoor: options.port, aws: options.awsPort, vpcEndpoint: options.vpcEndpointPort },
    }),
  );
  const platform = start.result;
  console.log(`The platform is up at ${platform.addresses.frontDoor} (${start.seconds} s).`);
  try {
    if (options.demo) {
      const runDemo = await loadDemo();
      const demo = runDemo(platform, options, { synth: synth.seconds, start: start.seconds });
      const code = await Promise.race([demo, interrupted.then(() => 130)]);
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
