import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildSync } from 'esbuild';

/**
 * Bundles a program of the embedded platform into one file of plain JavaScript, so that a process starts without a
 * TypeScript loader.
 * @param file name of the bundle in `folder`
 * @returns path of the file
 */
export function bundleProgram(entryPoint: string, folder: string, file: string): string {
  mkdirSync(folder, { recursive: true });
  const path = join(folder, file);
  const built = buildSync({
    entryPoints: [entryPoint],
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    write: false,
  });
  writeFileSync(path, built.outputFiles[0]?.contents ?? '');
  return path;
}
