import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { synthesise } from '../../../local/stack/synthesise';

describe('a synthesis', () => {
  let assembliesFolder: string;
  beforeEach(() => {
    assembliesFolder = mkdtempSync(join(tmpdir(), 'nmip-assemblies-'));
  });
  afterEach(() => rmSync(assembliesFolder, { recursive: true }));

  it('leaves the assembly alone that another start of the same sources made and runs from', async () => {
    const start = () =>
      synthesise({
        projectFolder: join(__dirname, '..', '..', '..'),
        assembliesFolder,
        environment: 'local',
        today: new Date('2026-11-23T12:00:00Z'),
      });
    const identity = (assembly: string) => statSync(join(assembly, 'manifest.json')).ino;
    const starts = [start(), start()];
    const { assembly } = await Promise.race(starts);
    const first = identity(assembly);
    expect((await Promise.all(starts)).map((synthesis) => synthesis.assembly)).toEqual([assembly, assembly]);
    expect(identity(assembly)).toBe(first);
    expect(readdirSync(assembliesFolder)).toHaveLength(1);
    expect((await start()).synthesised).toBe(false);
  });
});
