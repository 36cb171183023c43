import { rmSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Platform } from '../../local/platform';
import { fuzzApi } from '../api-fuzz/run-fuzz';
import { newDataFolder } from './demonstration';
import { platformOn } from './platform-on';

describe('the API, whatever is sent to it', () => {
  const data = newDataFolder();
  let platform: Platform;

  beforeAll(async () => {
    platform = await platformOn(data);
  }, 180_000);

  afterAll(async () => {
    await platform?.stop();
    rmSync(dirname(data), { recursive: true, force: true });
  });

  it('answers 2,000 requests as its description says, and none with a fault', async () => {
    const { findings, statuses, succeeded } = await fuzzApi(platform, { seed: 32, requests: 2_000 });
    expect(findings).toEqual([]);
    // Most requests are meant to be refused; a fuzz that never gets further finds nothing.
    expect(succeeded.length).toBeGreaterThan(15);
    expect(Object.keys(statuses)).toEqual(
      expect.arrayContaining(['200', '201', '400', '401', '403', '404', '413', '415', '428']),
    );
  }, 600_000);
});
