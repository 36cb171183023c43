import { rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { parseArgs } from 'node:util';
import { newDataFolder } from '../whole-way/demonstration';
import { platformOn } from '../whole-way/platform-on';
import { fuzzApi } from './run-fuzz';

const usage = 'npm run fuzz:api [-- --requests N] [--seed S]';

/** Without an argument: some minutes. */
const fullRun = 20_000;

function wholeNumber(text: string, name: string): number {
  const number = Number(text);
  if (!Number.isSafeInteger(number) || number < 1)
    throw new Error(`--${name} must be a whole number above 0.`);
  return number;
}

async function fuzz(): Promise<number> {
  const { values } = parseArgs({
    options: {
      requests: { type: 'string', default: String(fullRun) },
      seed: { type: 'string', default: '1' },
    },
  });
  const requests = wholeNumber(values.requests, 'requests');
  const seed = wholeNumber(values.seed, 'seed');
  const data = newDataFolder();
  const platform = await platformOn(data);
  try {
    const report = await fuzzApi(platform, {
      seed,
      requests,
      onProgress: (done) => {
        if (done % 1_000 === 0) console.error(`${done} of ${requests} requests`);
      },
    });
    console.log(JSON.stringify(report, null, 2));
    return report.findings.length === 0 ? 0 : 1;
  } finally {
    await platform.stop();
    rmSync(dirname(data), { recursive: true, force: true });
  }
}

fuzz().then(
  (code) => {
    process.exitCode = code;
  },
  (error: unknown) => {
    console.error(error instanceof Error ? error.message : String(error), `\nUsage: ${usage}`);
    process.exitCode = 2;
  },
);
