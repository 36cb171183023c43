import { createHash } from 'node:crypto';
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildSync } from 'esbuild';
import { configurationFileName } from '../../lambda/platform/configuration.contract';
import {
  type FunctionEntry,
  functionEntries,
  functionName,
  type TaskEntry,
  taskEntries,
} from './function-entries';

const projectRoot = join(__dirname, '..', '..');
const buildFolder = join(projectRoot, '.build');

/** What stands for the SDK's chain of credential providers, which would be a third of each bundle. */
const environmentCredentials = join(projectRoot, 'lambda', 'platform', 'environment-credentials.ts');

function handlerPath(entry: FunctionEntry): string {
  return join('lambda', `${entry}.handler.ts`);
}

function taskPath(entry: TaskEntry): string {
  return join('lambda', `${entry}.task.ts`);
}

const taskName = (entry: TaskEntry): string => `${functionName(entry)}-task`;

/** Name under which Docker looks for the recipe of an image. */
const recipeName = 'Dockerfile';

function recipePath(entry: TaskEntry): string {
  return join(projectRoot, 'lambda', `${entry}.${recipeName}`);
}

/** A new folder below `.build` that goes with this process. */
function temporaryFolder(name: string): string {
  mkdirSync(buildFolder, { recursive: true });
  const folder = mkdtempSync(join(buildFolder, `${name}-`));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/**
 * Bundles every handler in one esbuild pass into `<folder>/<name>/index.js`: the SDK inside, so that a function runs the
 * same versions wherever it runs. The same sources give the same bytes, hence the same asset hashes. The folder belongs to
 * this process, since two synths may run at once, and goes with it: the CDK copies assets as it meets them.
 *
 * @returns the folder, below `.build`
 * @throws Error naming every handler that does not exist, or what esbuild could not resolve
 */
function bundleFunctions(): string {
  const missing = [...functionEntries.map(handlerPath), ...taskEntries.map(taskPath)].filter(
    (path) => !existsSync(join(projectRoot, path)),
  );
  if (missing.length > 0) {
    throw new Error(
      `Cannot bundle the functions: these entries do not exist:\n${missing.map((path) => `  ${path}`).join('\n')}`,
    );
  }
  const folder = temporaryFolder('functions');
  buildSync({
    absWorkingDir: projectRoot,
    entryPoints: Object.fromEntries([
      ...functionEntries.map((entry) => [`${functionName(entry)}/index`, handlerPath(entry)]),
      ...taskEntries.map((entry) => [`${taskName(entry)}/index`, taskPath(entry)]),
    ]),
    outdir: folder,
    bundle: true,
    // Identifiers stay, so that a stack names what failed. `keepNames` would keep them too, but defines the name of each
    // closure anew whenever it is made, which costs a request to S3 a tenth of its time; errors carry their names themselves.
    minifyWhitespace: true,
    minifySyntax: true,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    mainFields: ['module', 'main'],
    alias: { '@aws-sdk/credential-provider-node': environmentCredentials },
    legalComments: 'none',
    logLevel: 'error',
  });
  return folder;
}

let bundles: string | undefined;

/**
 * Folder with the bundle of one function; the first call bundles all of them.
 *
 * @param configuration text of the file that the function finds beside its bundle, if it reads any
 */
export function functionBundle(entry: FunctionEntry, configuration?: string): string {
  return bundle(functionName(entry), configuration);
}

/**
 * Folder of which the image of a task is built: its bundle, the file that it finds beside it, and the recipe.
 *
 * @param configuration text of the file that the program finds beside its bundle
 * @param bundled false where the app is synthesized without bundles: the recipe alone, for the same constructs
 */
export function taskImageFolder(entry: TaskEntry, configuration: string, bundled: boolean): string {
  const folder = bundled ? bundle(taskName(entry), configuration) : temporaryFolder(taskName(entry));
  copyFileSync(recipePath(entry), join(folder, recipeName));
  return folder;
}

function bundle(name: string, configuration?: string): string {
  bundles ??= bundleFunctions();
  const folder = join(bundles, name);
  if (configuration === undefined) return folder;
  // another folder for another configuration: one process may make several stages
  const digest = createHash('sha256').update(configuration).digest('hex').slice(0, 16);
  const configured = `${folder}-${digest}`;
  mkdirSync(configured, { recursive: true });
  copyFileSync(join(folder, 'index.js'), join(configured, 'index.js'));
  writeFileSync(join(configured, configurationFileName), configuration);
  return configured;
}
