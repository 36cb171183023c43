import { chmod, mkdir, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { build } from 'esbuild';

/**
 * Where `npx nmip` finds the command at once. package.json has no `bin`, since with one npx installs a link to the
 * project into a cache of its own in the person's home and runs that.
 */
const binLink = 'node_modules/.bin/nmip';

/** Windows runs no link to a script: a batch file beside an empty one, by whose name npx finds it. */
const windowsBatch = '@node "%~dp0\\..\\..\\dist\\nmip.cjs" %*\r\n';

/** What the bundled CommonJS packages expect of the module around them. */
const requireForModules =
  "import { createRequire as nmipCreateRequire } from 'node:module'; const require = nmipCreateRequire(import.meta.url);";

/**
 * The file that is run: Node takes no start-up time to find out what it is. What may be answered from the cache of
 * credentials is tried first, by a small program without the parser of the command line and Node's loader of modules.
 */
const launcher = `#!/usr/bin/env node
const load = () => import('./nmip/nmip.mjs');
if (process.argv[2] !== 'credentials') load();
else require('./nmip/answer-from-cache.cjs').answerFromCache(process.argv.slice(2)).then((answered) => answered || load());
`;

/** Each subcommand becomes a chunk that is read when it is asked for; code that several need is shared. */
async function bundle(folder: string): Promise<void> {
  const chunks = join(folder, 'nmip');
  const temporary = `${chunks}.${process.pid}.tmp`;
  await build({
    entryPoints: { nmip: 'cli/nmip.ts' },
    outdir: temporary,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    splitting: true,
    platform: 'node',
    target: 'node20',
    format: 'esm',
    banner: { js: requireForModules },
    logLevel: 'warning',
  });
  await build({
    entryPoints: ['cli/credentials/answer-from-cache.ts'],
    outfile: join(temporary, 'answer-from-cache.cjs'),
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    logLevel: 'warning',
  });
  await rm(chunks, { recursive: true, force: true });
  await rename(temporary, chunks);
  await writeFile(join(folder, 'nmip.cjs'), launcher);
  await chmod(join(folder, 'nmip.cjs'), 0o755);
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
 * Bundles the `nmip` command, so that it starts quickly and needs no TypeScript: `dist/nmip.cjs` and its chunks.
 * A folder as argument takes the place of `dist`; then nothing is linked.
 */
async function buildCommand(folder: string | undefined): Promise<void> {
  await bundle(folder ?? 'dist');
  if (folder === undefined) await linkBin();
}

void buildCommand(process.argv[2]);
