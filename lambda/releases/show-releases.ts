import type * as z from 'zod';
import type { gateFinding } from '../../statistics/representativeness/gate.contract';
import type { RepresentativenessReport } from '../../statistics/representativeness/report.contract';
import { type Clock, secondsAfter } from '../platform/clock';
import { releaseDocumentKey, releaseKeys } from '../platform/object-keys';
import { type ObjectStore, readJson } from '../platform/object-store';
import type { UrlSigner } from '../platform/presigned-urls';
import { urlLifetimeSeconds } from '../platform/presigned-urls.contract';
import type { RegisterTable } from '../register/register-table';
import { type LeakageReport, leakageReport } from '../splits/leakage.contract';
import { leakageReportKey } from '../splits/splits-places';
import { gateFile } from './measured-release.contract';
import { type Release, release as releaseSchema } from './release.contract';
import type { ReleaseRecord } from './release-record.contract';
import { refuseRelease } from './release-refusals.contract';
import { allReleases, findRelease } from './release-store';
import {
  type PublishedRelease,
  type PublishedReleaseWithFiles,
  publicFiles,
  type ReleaseProgress,
} from './releases-api.contract';
import { isPublicFile } from './releases-routes.contract';
import { withdrawnCount } from './withdrawn-count';

export interface PublicReleasesPorts {
  readonly table: Pick<RegisterTable, 'get' | 'queryAll'>;
  readonly objects: Pick<ObjectStore, 'readText'>;
  readonly signer: Pick<UrlSigner, 'signDownload'>;
  readonly releasesBucket: string;
  readonly clock: Clock;
}

export interface ReleaseFindingsPorts {
  readonly table: Pick<RegisterTable, 'get'>;
  readonly objects: Pick<ObjectStore, 'readText'>;
  readonly catalogueBucket: string;
}

/** The making of a release, as officers and auditors see it. */
export function progressOf(record: ReleaseRecord): ReleaseProgress {
  const {
    release: version,
    title,
    collections,
    state,
    attempt,
    begunAt,
    stop,
    reasons,
    publication,
  } = record;
  return {
    version,
    title,
    collections,
    state,
    attempt,
    begunAt,
    stop,
    reasons,
    publishedAt: publication?.at ?? null,
  };
}

/** @throws PlatformError RELEASE_NOT_FOUND */
export async function showProgress(
  { table }: Pick<PublicReleasesPorts, 'table'>,
  version: string,
): Promise<ReleaseProgress> {
  const record = await findRelease(table, version);
  if (record === null) throw refuseRelease('RELEASE_NOT_FOUND');
  return progressOf(record);
}

export async function listProgress({
  table,
}: Pick<PublicReleasesPorts, 'table'>): Promise<{ releases: ReleaseProgress[] }> {
  return { releases: (await allReleases(table)).map(progressOf) };
}

/** @throws PlatformError RELEASE_NOT_FOUND */
export async function showFindings(
  { table, objects, catalogueBucket: bucket }: ReleaseFindingsPorts,
  version: string,
): Promise<{
  leakage: LeakageReport | null;
  representativeness: z.infer<typeof gateFinding>[] | null;
}> {
  if ((await findRelease(table, version)) === null) throw refuseRelease('RELEASE_NOT_FOUND');
  const gate = await readJson(objects, { bucket, key: releaseKeys.gate(version) }, gateFile);
  return {
    leakage: await readJson(objects, { bucket, key: leakageReportKey(version) }, leakageReport),
    representativeness: gate?.findings ?? null,
  };
}

/** A release that is published: of others nobody outside learns that they exist. */
async function published(
  { table }: Pick<PublicReleasesPorts, 'table'>,
  version: string,
): Promise<ReleaseRecord & { publication: NonNullable<ReleaseRecord['publication']> }> {
  const record = await findRelease(table, version);
  if (record?.state !== 'published' || record.publication === null) throw refuseRelease('RELEASE_NOT_FOUND');
  return { ...record, publication: record.publication };
}

async function publicView(
  ports: PublicReleasesPorts,
  { release: version, title, collections, publication }: ReleaseRecord,
): Promise<PublishedRelease[]> {
  if (publication === null) return [];
  const { at: publishedAt, people, studies, checksums, heldOut } = publication;
  const withdrawn = await withdrawnCount(ports.table, version);
  return [{ version, title, collections, publishedAt, people, studies, checksums, heldOut, withdrawn }];
}

export async function listPublished(ports: PublicReleasesPorts): Promise<{ releases: PublishedRelease[] }> {
  const records = (await allReleases(ports.table)).filter(({ state }) => state === 'published');
  const views = await Promise.all(records.map((record) => publicView(ports, record)));
  return { releases: views.flat() };
}

/** @throws PlatformError RELEASE_NOT_FOUND */
export async function showPublished(
  ports: PublicReleasesPorts,
  version: string,
): Promise<PublishedReleaseWithFiles> {
  const [view] = await publicView(ports, await published(ports, version));
  if (view === undefined) throw refuseRelease('RELEASE_NOT_FOUND');
  return { ...view, files: [...publicFiles] };
}

/** @throws PlatformError RELEASE_NOT_FOUND */
async function readReleaseObject(ports: PublicReleasesPorts, version: string): Promise<Release> {
  await published(ports, version);
  const place = { bucket: ports.releasesBucket, key: releaseDocumentKey(version, 'release.json') };
  const release = await readJson(ports.objects, place, releaseSchema);
  if (release === null) throw new Error(`release ${version} has no release.json`);
  return release;
}

/** @throws PlatformError RELEASE_NOT_FOUND */
export async function showRepresentativeness(
  ports: PublicReleasesPorts,
  version: string,
): Promise<RepresentativenessReport> {
  return (await readReleaseObject(ports, version)).representativeness;
}

/** @throws PlatformError RELEASE_NOT_FOUND, COLLECTION_NOT_IN_RELEASE */
export async function showCollectionRepresentativeness(
  ports: PublicReleasesPorts,
  version: string,
  collection: string,
): Promise<RepresentativenessReport> {
  const { collections } = await readReleaseObject(ports, version);
  const found = collections.find(({ id }) => id === collection)?.representativeness;
  if (found === undefined) throw refuseRelease('COLLECTION_NOT_IN_RELEASE');
  return found;
}

const mediaTypes: Readonly<Record<string, string>> = {
  csv: 'text/csv; charset=utf-8',
  html: 'text/html; charset=utf-8',
  json: 'application/json',
  jsonld: 'application/ld+json',
  jws: 'application/jose+json',
  md: 'text/markdown; charset=utf-8',
  txt: 'text/plain; charset=utf-8',
};

async function link(ports: PublicReleasesPorts, version: string, name: string) {
  const place = { bucket: ports.releasesBucket, key: releaseDocumentKey(version, name) };
  const type = mediaTypes[name.slice(name.lastIndexOf('.') + 1)] ?? 'application/octet-stream';
  const expiresAt = secondsAfter(ports.clock.now(), urlLifetimeSeconds).toISOString();
  return { url: await ports.signer.signDownload(place, type, `nmip-${version}-${name}`), expiresAt };
}

/** @throws PlatformError RELEASE_NOT_FOUND, FILE_NOT_FOUND */
export async function linkFile(ports: PublicReleasesPorts, version: string, name: string) {
  await published(ports, version);
  if (!isPublicFile(name)) throw refuseRelease('FILE_NOT_FOUND');
  return link(ports, version, name);
}

/** @throws PlatformError RELEASE_NOT_FOUND */
export async function linkManifest(ports: PublicReleasesPorts, version: string) {
  await published(ports, version);
  return link(ports, version, 'manifest.csv');
}
