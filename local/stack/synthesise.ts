import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join, relative } from 'node:path';
import { text } from 'node:stream/consumers';
import { z } from 'zod';
import { readJsonFile, writeJsonFile } from '../storage/json-file';
import { DeploymentError } from './deployment-error';

/** What the app is made of: a change in any of it makes another assembly. */
const sourceFolders = ['bin', 'config', 'lib', 'lambda', 'dicom'];
const sourceFiles = ['cdk.json', 'package-lock.json', 'tsconfig.json'];

const stampFile = z.object({ digest: z.string() });

export interface SynthesisOptions {
  readonly projectFolder: string;
  /** Folder of the assembly; emptied before a new one is written. */
  readonly outputFolder: string;
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

/**
 * Synthesizes the CDK app, or uses the assembly that is there when no source has changed since.
 * @returns whether the app was synthesized
 * @throws DeploymentError `SYNTH_FAILED` with what the app said
 */
export async function synthesise(options: SynthesisOptions): Promise<boolean> {
  const { projectFolder, outputFolder, environment } = options;
  const stamp = join(outputFolder, '.sources.json');
  const digest = sourceDigest(options);
  const stored = stampFile.safeParse(existsSync(stamp) ? readJsonFile(stamp) : undefined);
  if (stored.success && stored.data.digest === digest) return false;
  rmSync(outputFolder, { recursive: true, force: true });
  const child = spawn(process.execPath, ['--import', 'tsx', join('bin', 'nmip.ts')], {
    cwd: projectFolder,
    env: { ...process.env, CDK_OUTDIR: outputFolder, CDK_CONTEXT_JSON: JSON.stringify({ env: environment }) },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const [output, errors, code] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    new Promise<number | null>((resolve) => child.on('close', resolve)),
  ]);
  if (code !== 0)
    throw new DeploymentError('SYNTH_FAILED', `The app does not synthesize:\n${errors}${output}`.trimEnd());
  writeJsonFile(stamp, { digest });
  return true;
}
