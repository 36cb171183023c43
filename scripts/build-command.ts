import { chmod, mkdir, rename, rm, symlink } from 'node:fs/promises';
import { build } from 'esbuild';

/** Where `npx nmip` looks first; npm links the bins of dependencies there, but not those of the project itself. */
const binLink = 'node_modules/.bin/nmip';

async function bundle(output: string): Promise<void> {
  await build({
    entryPoints: ['cli/nmip.ts'],
    outfile: `${output}.tmp`,
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    banner: { js: '#!/usr/bin/env node' },
    logLevel: 'warning',
  });
  await chmod(`${output}.tmp`, 0o755);
  await rename(`${output}.tmp`, output);
}

async function linkBin(): Promise<void> {
  await mkdir('node_modules/.bin', { recursive: true });
  await rm(binLink, { force: true });
  await symlink('../../dist/nmip.cjs', binLink);
}

/**
 * Bundles the `nmip` command into one file, so that it starts quickly and needs no TypeScript.
 * A path as argument takes the place of `dist/nmip.cjs`; then nothing is linked.
 */
async function buildCommand(output: string | undefined): Promise<void> {
  await bundle(output ?? 'dist/nmip.cjs');
  // On Windows npm makes its own shims; `npx nmip` then goes through the bin field of package.json.
  if (output === undefined && process.platform !== 'win32') await linkBin();
}

void buildCommand(process.argv[2]);
