import { createHash } from 'node:crypto';
import { createReadStream, existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type * as z from 'zod';
import {
  checksumsFile,
  detachedSignature,
  listedFiles,
  readChecksums,
  releaseHeader,
  signatureFile,
} from '../../lambda/releases/checksums.contract';
import { ManifestError, type ManifestRow, readManifest } from '../../lambda/releases/manifest.contract';
import { type Release, release } from '../../lambda/releases/release.contract';
import { type receiptKeys, verifySigned } from '../submission/receipt';
import { readText } from '../submission/receipt-keys';
import { CommandError, exitCode } from '../terminal/exit-code';
import { readJsonFile } from '../terminal/json-file';

const doesNotHold = (code: string, detail: string) =>
  new CommandError('The release does not hold.', exitCode.integrity, {
    code,
    detail,
    fix: 'Do not rely on this copy. Fetch the release again.',
  });

/** SHA-256 of a file in hex; null where it is not there. */
async function fileDigest(path: string): Promise<string | null> {
  const hash = createHash('sha256');
  try {
    await pipeline(createReadStream(path), hash);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
  return hash.digest('hex');
}

async function signatureOf(folder: string): Promise<z.infer<typeof detachedSignature>> {
  const text = await readText(join(folder, signatureFile));
  try {
    return detachedSignature.parse(JSON.parse(text));
  } catch {
    throw doesNotHold('BAD_SIGNATURE', `${signatureFile} is not a detached signature.`);
  }
}

/**
 * Verifies a release that was fetched into a folder: signature of its checksums by one of the keys, and the digest of
 * every file of it. The list of studies, which not everybody may have, need not be there.
 * @throws CommandError (exit 5) where any of these does not hold
 */
export async function verifyRelease(
  folder: string,
  keys: z.infer<typeof receiptKeys>,
): Promise<{ release: Release; files: number; notHere: readonly string[] }> {
  const text = await readText(join(folder, checksumsFile));
  const signed = { ...(await signatureOf(folder)), payload: Buffer.from(text).toString('base64url') };
  await verifySigned(JSON.stringify(signed), keys, releaseHeader, doesNotHold);
  const checksums = readChecksums(text);
  if (checksums === null)
    throw doesNotHold('UNKNOWN_FORM', `${checksumsFile} does not list the files of a release.`);
  const notHere: string[] = [];
  for (const name of listedFiles) {
    const digest = await fileDigest(join(folder, name));
    if (digest === null && name === 'manifest.csv') {
      notHere.push(name);
      continue;
    }
    if (digest === null) throw doesNotHold('FILE_MISSING', `${name} is not there.`);
    if (digest !== checksums[name]) throw doesNotHold('FILE_CHANGED', `${name} is not as it was signed.`);
  }
  return {
    release: await readJsonFile(join(folder, 'release.json'), release),
    files: listedFiles.length - notHere.length,
    notHere,
  };
}

/**
 * The rows of a manifest.
 * @param place where the text is from, for the error
 * @throws CommandError (exit 2)
 */
export function manifestRows(text: string, place: string): ManifestRow[] {
  try {
    return readManifest(text);
  } catch (error) {
    if (!(error instanceof ManifestError)) throw error;
    throw new CommandError(`Cannot use ${place}.`, exitCode.usage, {
      code: 'MANIFEST_NOT_VALID',
      detail: error.message,
      fix: 'Fetch the release again, and verify it: `nmip release verify FOLDER`.',
    });
  }
}

/** A release and its manifest out of a folder; nothing is verified. The manifest is null where the folder has none. */
export async function readRelease(
  folder: string,
): Promise<{ readonly release: Release; readonly manifest: ManifestRow[] | null }> {
  const path = join(folder, 'manifest.csv');
  return {
    release: await readJsonFile(join(folder, 'release.json'), release),
    manifest: existsSync(path) ? manifestRows(await readFile(path, 'utf8'), path) : null,
  };
}
