import { chmod, mkdir, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { build } from 'esbuild';

/**
 * Where `npx nmip` finds the command at once. package.json has no `bin`, since with one npx installs a link to the
 * project into a cache of its own in the person's home and runs that.
 */
const binLink = 'node_modules/.bin/nmip';

/** Windows runs no link to a script: a batch file beside an empty one, by whose name npx finds it. */
const windowsBatch = '@node "%~dp0\\..\\..\\dist\\nmip.cjs" %*\r\n';

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
  if (process.platform === 'win32') {
    await writeFile(binLink, '');
    await writeFile(`${binLink}.cmd`, windowsBatch);
  } else await symlink('../../dist/nmip.cjs', binLink);
}

/**
 * Bundles the `nmip` command into one file, so that it starts quickly and needs no TypeScript.
 * A path as argument takes the place of `dist/nmip.cjs`; then nothing is linked.
 */
async function buildCommand(output: string | undefined): Promise<void> {
  await bundle(output ?? 'dist/nmip.cjs');
  if (output === undefined) await linkBin();
}

void buildCommand(process.argv[2]);
