import { createHash } from 'node:crypto';
import { checksumsFile, readChecksums } from '../../lambda/releases/checksums.contract';
import type { ManifestRow } from '../../lambda/releases/manifest.contract';
import { type Release, release } from '../../lambda/releases/release.contract';
import { fileLink, publishedReleaseWithFiles } from '../../lambda/releases/releases-api.contract';
import { ApiClient } from '../api/api-client';
import { getPublic } from '../api/api-request';
import { CommandError, exitCode } from '../terminal/exit-code';
import { fetchFile } from './download-release';
import { manifestRows } from './release-folder';

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

/** @throws CommandError (exit 5) where the text is not the one whose digest is published */
function requireDigest(text: string, expected: string | undefined, name: string): string {
  if (sha256(text) === expected) return text;
  throw new CommandError(`${name} is not as it was published.`, exitCode.integrity, {
    code: 'FILE_CHANGED',
    fix: 'Run the same command again; if it happens again, tell the platform team.',
  });
}

/**
 * The list of studies of a release as it stands in its manifest, for somebody who is signed in.
 * @throws CommandError (exit 3) where nobody is who may have it
 */
async function fetchManifest(version: string, digest: string | undefined): Promise<ManifestRow[]> {
  const client = await ApiClient.signedIn();
  const { url } = await client.get(`/v1/releases/${version}/manifest`, fileLink);
  const text = requireDigest(await fetchFile(url, 'manifest.csv'), digest, 'manifest.csv');
  return manifestRows(text, `manifest.csv of release ${version}`);
}

/** A release to compare: from the platform, each file held against the checksums that it names, or out of a folder. */
export interface PublishedDocuments {
  readonly release: Release;
  /**
   * The list of studies; null where a folder has none.
   * @throws CommandError (exit 3) where nobody is signed in who may have it
   */
  readonly manifest: () => Promise<ManifestRow[] | null>;
}

/** @throws CommandError */
export async function fetchRelease(api: string, version: string): Promise<PublishedDocuments> {
  const { checksums } = await getPublic(api, `/v1/releases/${version}`, publishedReleaseWithFiles);
  const fetchPublic = async (name: string): Promise<string> => {
    const { url } = await getPublic(api, `/v1/releases/${version}/files/${name}`, fileLink);
    return fetchFile(url, name);
  };
  const listed = requireDigest(await fetchPublic(checksumsFile), checksums, checksumsFile);
  const digests = readChecksums(listed);
  const text = requireDigest(await fetchPublic('release.json'), digests?.['release.json'], 'release.json');
  return {
    release: release.parse(JSON.parse(text)),
    manifest: () => fetchManifest(version, digests?.['manifest.csv']),
  };
}
