import { spawn } from 'node:child_process';
import { createHash, randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import { text } from 'node:stream/consumers';
import { DeploymentError } from './deployment-error';

/** What the app is made of: a change in any of it makes another assembly. */
export const sourceFolders = ['bin', 'config', 'lib', 'lambda', 'dicom', 'statistics'];
const sourceFiles = ['cdk.json', 'package-lock.json', 'tsconfig.json'];

/** Assemblies that are kept: a platform that still runs on an older one goes on reading its bundles. */
const keptAssemblies = 3;

export interface SynthesisOptions {
  readonly projectFolder: string;
  /** Folder of the assemblies; each stands below it under the digest of its sources. */
  readonly assembliesFolder: string;
  /** Name of the configuration, `config/<name>.ts`. */
  readonly environment: string;
  readonly today: Date;
}

/** Digest of the sources and of the day, on which checks of end dates depend. */
function sourceDigest({ projectFolder, environment, today }: SynthesisOptions): string {
  const hash = createHash('sha256').update(
    `${environment}\n${today.toISOString().slice(0, 10)}\n${process.version}\n`,
  );
  const add = (path: string): void => {
    hash
      .update(`${relative(projectFolder, path)}\n`)
      .update(readFileSync(path))
      .update('\n');
  };
  for (const folder of sourceFolders) {
    const entries = readdirSync(join(projectFolder, folder), { recursive: true, withFileTypes: true });
    const files = entries
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name));
    for (const file of files.sort()) add(file);
  }
  for (const file of sourceFiles) add(join(projectFolder, file));
  return hash.digest('hex');
}

/** What a synthesis gave. */
export interface Synthesis {
  readonly assembly: string;
  /** False where an assembly of the same sources was there. */
  readonly synthesised: boolean;
}

async function runApp(projectFolder: string, output: string, environment: string): Promise<void> {
  const child = spawn(process.execPath, ['--import', 'tsx', join('bin', 'nmip.ts')], {
    cwd: projectFolder,
    env: { ...process.env, CDK_OUTDIR: output, CDK_CONTEXT_JSON: JSON.stringify({ env: environment }) },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const [said, errors, code] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    new Promise<number | null>((resolve) => child.on('close', resolve)),
  ]);
  if (code !== 0) {
    rmSync(output, { recursive: true, force: true });
    throw new DeploymentError('SYNTH_FAILED', `The app does not synthesize:\n${errors}${said}`.trimEnd());
  }
}

function removeOldAssemblies(folder: string): void {
  const entries = readdirSync(folder).map((name) => join(folder, name));
  const ages = entries.map((path) => ({ path, at: statSync(path).mtimeMs })).sort((a, b) => b.at - a.at);
  for (const { path } of ages.slice(keptAssemblies)) rmSync(path, { recursive: true, force: true });
}

/** Whether a finished assembly stands there: it takes its place in one step, its manifest with it. */
function isAssembly(folder: string): boolean {
  return existsSync(join(folder, 'manifest.json'));
}

/**
 * Gives an assembly its place; false where another start of the same sources was first, whose functions may run from it
 * already: then that one stays.
 */
function takePlace(unfinished: string, assembly: string): boolean {
  try {
    if (isAssembly(assembly)) return false;
    renameSync(unfinished, assembly);
    return true;
  } catch (error) {
    if (isAssembly(assembly)) return false;
    throw error;
  } finally {
    rmSync(unfinished, { recursive: true, force: true });
  }
}

/**
 * Synthesizes the CDK app, or finds the assembly of the same sources. An assembly takes its place in one step, so that
 * two starts at once do not meet half of one, and never that of another that is in use.
 * @throws DeploymentError `SYNTH_FAILED` with what the app said
 */
export async function synthesise(options: SynthesisOptions): Promise<Synthesis> {
  const { projectFolder, assembliesFolder, environment } = options;
  const assembly = join(assembliesFolder, `${environment}-${sourceDigest(options).slice(0, 16)}`);
  if (isAssembly(assembly)) return { assembly, synthesised: false };
  mkdirSync(assembliesFolder, { recursive: true });
  const unfinished = `${assembly}.${randomUUID()}.tmp`;
  await runApp(projectFolder, unfinished, environment);
  if (takePlace(unfinished, assembly)) removeOldAssemblies(assembliesFolder);
  return { assembly, synthesised: true };
}
