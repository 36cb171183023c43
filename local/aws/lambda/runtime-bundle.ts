import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildSync } from 'esbuild';

/**
 * Bundles the program that runs in function processes into one file of plain JavaScript, so that a process starts
 * without a TypeScript loader.
 * @returns path of the file
 */
export function buildRuntime(folder: string): string {
  mkdirSync(folder, { recursive: true });
  const file = join(folder, 'lambda-runtime.cjs');
  const built = buildSync({
    entryPoints: [join(__dirname, 'runtime.ts')],
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    write: false,
  });
  writeFileSync(file, built.outputFiles[0]?.contents ?? '');
  return file;
}
