import { chmod, rename } from 'node:fs/promises';
import { build } from 'esbuild';

/** Bundles the `nmip` command into one file, so that it starts quickly and needs no TypeScript. */
async function buildCommand(): Promise<void> {
  const output = 'dist/nmip.cjs';
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

void buildCommand();
