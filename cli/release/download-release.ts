import { mkdir, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { fileLink, publishedReleaseWithFiles } from '../../lambda/releases/releases-api.contract';
import { ApiClient } from '../api/api-client';
import { getPublic } from '../api/api-request';
import { httpText, isSuccess } from '../api/http-request';
import { CommandError, exitCode } from '../terminal/exit-code';

/** A manifest of a million series is some 150 MB. */
const fileTimeoutMs = 600_000;

/**
 * Content of a file of a release by its address.
 * @throws CommandError (exit 4)
 */
export async function fetchFile(url: string, name: string): Promise<string> {
  const answer = await httpText(url, { method: 'GET', timeoutMs: fileTimeoutMs });
  if (!isSuccess(answer))
    throw new CommandError(`${name} cannot be fetched (${answer.status}).`, exitCode.network, {
      code: 'DOWNLOAD_FAILED',
      fix: 'Run the same command again.',
    });
  return answer.text;
}

async function save(url: string, path: string, name: string): Promise<void> {
  await writeFile(path, await fetchFile(url, name));
}

/**
 * Saves the files of a published release in a folder; with `manifest` the list of studies too, for which somebody must be
 * signed in. Gives their names.
 * @throws CommandError
 */
export async function downloadRelease(
  api: string,
  version: string,
  folder: string,
  { manifest }: { readonly manifest: boolean },
): Promise<string[]> {
  const { files } = await getPublic(api, `/v1/releases/${version}`, publishedReleaseWithFiles);
  await mkdir(folder, { recursive: true });
  for (const name of files) {
    const { url } = await getPublic(api, `/v1/releases/${version}/files/${name}`, fileLink);
    await save(url, join(resolve(folder), name), name);
  }
  if (!manifest) return files;
  const client = await ApiClient.signedIn();
  const { url } = await client.get(`/v1/releases/${version}/manifest`, fileLink);
  await save(url, join(resolve(folder), 'manifest.csv'), 'manifest.csv');
  return [...files, 'manifest.csv'];
}
