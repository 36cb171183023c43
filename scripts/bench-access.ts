import { mkdtemp, rm } from 'node:fs/promises';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { startAccessPlatform } from './bench/access-platform';
import { benchCachedCredentials } from './bench/bench-cached-credentials';
import { benchIssue } from './bench/bench-issue';
import { benchRevocation } from './bench/bench-revocation';

const REQUESTS = 300;

/** `npm run bench:access`: measures credentials on the embedded platform and prints the figures as JSON. */
async function benchAccess(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'nmip-bench-access-'));
  const step = async <T>(name: string, work: () => Promise<T>): Promise<T> => {
    console.error(`${name} …`);
    return work();
  };
  const access = await step('Start of the platform', () => startAccessPlatform(folder));
  try {
    const figures = {
      machine: {
        processor: cpus()[0]?.model ?? 'unknown',
        cores: cpus().length,
        node: process.version,
        platform: `${process.platform} ${process.arch}`,
      },
      issueMilliseconds: [
        await step('Issue, one client', () => benchIssue(access, 1, REQUESTS)),
        await step('Issue, eight clients', () => benchIssue(access, 8, REQUESTS)),
      ],
      cachedCommandMilliseconds: await step('Command from its cache', () => benchCachedCredentials(access)),
      revocationSeconds: await step('Revocation to the first denied read', () => benchRevocation(access)),
    };
    console.log(JSON.stringify(figures, null, 2));
  } finally {
    await access.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

void benchAccess();
