import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative, sep } from 'node:path';
import { sourceFolders, synthesise } from '../../../local/stack/synthesise';

const projectFolder = join(__dirname, '..', '..', '..');

/** Folders of the project from which the sources of these folders import anything. */
function importedFolders(folders: readonly string[]): string[] {
  const imported = folders.flatMap((folder) =>
    readdirSync(join(projectFolder, folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts'))
      .flatMap((name) => {
        const path = join(projectFolder, folder, name);
        const sources = readFileSync(path, 'utf8').matchAll(
          /(?:from|import\(?|require\() ?'(\.{1,2}\/[^']+)'/g,
        );
        return [...sources].map(([, to = '']) => relative(projectFolder, join(dirname(path), to)));
      }),
  );
  // what stands beside the folders, such as cdk.json, is of the digest by its name
  return [...new Set(imported.filter((path) => path.includes(sep)).map((path) => path.split(sep)[0] ?? ''))];
}

describe('a synthesis', () => {
  let assembliesFolder: string;
  beforeEach(() => {
    assembliesFolder = mkdtempSync(join(tmpdir(), 'nmip-assemblies-'));
  });
  afterEach(() => rmSync(assembliesFolder, { recursive: true }));

  it('leaves the assembly alone that another start of the same sources made and runs from', async () => {
    const start = () =>
      synthesise({
        projectFolder,
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

  it('is made again where any folder changes from which the app or its functions import', () => {
    const imported = importedFolders(sourceFolders);
    expect(imported).toEqual(expect.arrayContaining(['lambda', 'dicom', 'statistics']));
    expect(imported.filter((folder) => !sourceFolders.includes(folder))).toEqual([]);
  });
});
