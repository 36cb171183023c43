import { rmSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { z } from 'zod';
import { AwsError, type Caller, type Clock, type EventPublisher } from '../service';
import type { Datastore, DatastoreRegistry } from './datastore-registry';
import { dicomJsonOf } from './dicom-json';
import { readFrame } from './frames';
import { type ImageSet, instancesAt, latestVersion } from './image-set-index';
import { frameFileKey, frameNumberOf, imageSetMetadata } from './image-set-metadata';
import { searchCriteria, searchImageSets } from './image-set-search';
import { imageSetEvent } from './imaging-events';
import type { InstanceCache } from './instance-cache';
import { inflatedPath } from './part10-file';
import { demand, pageOf } from './rest-bodies';

const compress = promisify(gzip);

/** The body is the member `imageFrameInformation` itself. */
const frameRequest = z.object({ imageFrameId: z.string().regex(/^[0-9a-z]{32}$/) });

/** Image sets: describe, read, search, delete. */
export class ImageSetOperations {
  constructor(
    private readonly registry: DatastoreRegistry,
    private readonly cache: InstanceCache,
    private readonly events: EventPublisher,
    private readonly clock: Clock,
  ) {}

  get(caller: Caller, datastoreId: string, imageSetId: string, query: URLSearchParams) {
    const { imageSet } = this.#find(caller, 'GetImageSet', datastoreId, imageSetId, true);
    const version = versionOf(imageSet, query.get('version'));
    return {
      datastoreId,
      imageSetId,
      imageSetArn: `${this.registry.arnOf(datastoreId)}/imageset/${imageSetId}`,
      ...versionProperties(imageSet, version),
      storageTier: 'FREQUENT_ACCESS',
    };
  }

  versions(caller: Caller, datastoreId: string, imageSetId: string, query: URLSearchParams) {
    const { imageSet } = this.#find(caller, 'ListImageSetVersions', datastoreId, imageSetId, true);
    const versions = imageSet.versions.map(({ version }) => version).reverse();
    const { items, nextToken } = pageOf(versions, query.get('maxResults'), query.get('nextToken'));
    return {
      imageSetPropertiesList: items.map((version) => {
        const { imageSetWorkflowStatus, ...rest } = versionProperties(imageSet, version);
        return { imageSetId, ...rest, ImageSetWorkflowStatus: imageSetWorkflowStatus };
      }),
      ...nextToken,
    };
  }

  async metadata(
    caller: Caller,
    datastoreId: string,
    imageSetId: string,
    query: URLSearchParams,
    response: ServerResponse,
  ): Promise<void> {
    const { datastore, imageSet } = this.#find(caller, 'GetImageSetMetadata', datastoreId, imageSetId);
    const version = versionOf(imageSet, query.get('version'));
    const instances = [];
    for (const stored of instancesAt(imageSet, version)) {
      const { file, frames } = await this.cache.open(datastore.folder, stored.file);
      instances.push({ stored, json: dicomJsonOf(file, (path) => path), frames });
    }
    const blob = await compress(JSON.stringify(imageSetMetadata(datastoreId, imageSet, instances)));
    response.writeHead(200, {
      'content-type': 'application/json',
      'content-encoding': 'gzip',
      'content-length': blob.length,
    });
    response.end(blob);
  }

  async frame(
    caller: Caller,
    datastoreId: string,
    imageSetId: string,
    body: unknown,
    response: ServerResponse,
  ): Promise<void> {
    const { datastore, imageSet } = this.#find(caller, 'GetImageFrame', datastoreId, imageSetId);
    const { imageFrameId } = demand(frameRequest, body);
    const stored = imageSet.instances.find(({ file }) => imageFrameId.startsWith(frameFileKey(file)));
    const open = stored && (await this.cache.open(datastore.folder, stored.file));
    const place = open?.frames[frameNumberOf(imageFrameId) - 1];
    if (!open || !place)
      throw new AwsError('ResourceNotFoundException', 'The image frame does not exist', 404);
    response.writeHead(200, { 'content-type': 'application/octet-stream', 'content-length': place.bytes });
    await pipeline(readFrame(open.file.path, place), response);
  }

  search(caller: Caller, datastoreId: string, body: unknown, query: URLSearchParams) {
    caller.authorise('medical-imaging:SearchImageSets', this.registry.arnOf(datastoreId));
    const datastore = this.registry.get(datastoreId);
    const criteria = demand(searchCriteria, body);
    const found = searchImageSets([...datastore.index.current()], criteria);
    const { items, nextToken } = pageOf(found, query.get('maxResults'), query.get('nextToken'));
    return {
      imageSetsMetadataSummaries: items.map((imageSet) => ({
        imageSetId: imageSet.id,
        version: latestVersion(imageSet),
        createdAt: new Date(imageSet.versions[0]?.at ?? 0),
        updatedAt: new Date(imageSet.versions.at(-1)?.at ?? 0),
        storageTier: 'FREQUENT_ACCESS',
        isPrimary: imageSet.isPrimary,
        DICOMTags: { ...imageSet.tags, ...studyCounts(datastore, imageSet) },
      })),
      ...nextToken,
    };
  }

  delete(caller: Caller, datastoreId: string, imageSetId: string) {
    const { datastore, imageSet } = this.#find(caller, 'DeleteImageSet', datastoreId, imageSetId);
    const { datastoreArn } = datastore.record;
    const subject = { id: imageSetId, version: latestVersion(imageSet), isPrimary: imageSet.isPrimary };
    this.events.publish(imageSetEvent('Deleting', subject, datastoreId, datastoreArn));
    for (const file of datastore.index.delete(imageSetId, this.clock.now().getTime())) {
      const path = join(datastore.folder, file);
      this.cache.forget(datastore.folder, file);
      rmSync(path, { force: true });
      rmSync(inflatedPath(path), { force: true });
    }
    this.events.publish(imageSetEvent('Deleted', subject, datastoreId, datastoreArn));
    return { datastoreId, imageSetId, imageSetState: 'LOCKED', imageSetWorkflowStatus: 'DELETING' };
  }

  /** Authorised on the data store and on the image set, before anything is looked up. */
  #find(caller: Caller, action: string, datastoreId: string, imageSetId: string, deletedToo = false) {
    const datastoreArn = this.registry.arnOf(datastoreId);
    caller.authorise(`medical-imaging:${action}`, datastoreArn);
    caller.authorise(`medical-imaging:${action}`, `${datastoreArn}/imageset/${imageSetId}`);
    const datastore = this.registry.get(datastoreId);
    const imageSet = datastore.index.imageSet(imageSetId);
    if (imageSet && (deletedToo || imageSet.deletedAt === undefined)) return { datastore, imageSet };
    throw new AwsError('ResourceNotFoundException', `Image set ${imageSetId} does not exist`, 404);
  }
}

function versionOf(imageSet: ImageSet, wanted: string | null): number {
  if (wanted === null) return latestVersion(imageSet);
  const version = Number(wanted);
  if (imageSet.versions.some((known) => known.version === version)) return version;
  throw new AwsError('ResourceNotFoundException', `Version ${wanted} does not exist`, 404);
}

function versionProperties(imageSet: ImageSet, version: number) {
  const deleted = imageSet.deletedAt !== undefined;
  return {
    versionId: String(version),
    imageSetState: deleted ? 'DELETED' : 'ACTIVE',
    imageSetWorkflowStatus: deleted ? 'DELETED' : version === 1 ? 'CREATED' : 'UPDATED',
    createdAt: new Date(imageSet.versions[0]?.at ?? 0),
    updatedAt: new Date(imageSet.versions.find((known) => known.version === version)?.at ?? 0),
    ...(imageSet.deletedAt === undefined ? {} : { deletedAt: new Date(imageSet.deletedAt) }),
    isPrimary: imageSet.isPrimary,
  };
}

function studyCounts({ index }: Datastore, imageSet: ImageSet) {
  const study = [...index.current()].filter(
    ({ studyInstanceUid }) => studyInstanceUid === imageSet.studyInstanceUid,
  );
  return {
    DICOMNumberOfStudyRelatedSeries: new Set(study.map(({ seriesInstanceUid }) => seriesInstanceUid)).size,
    DICOMNumberOfStudyRelatedInstances: study.reduce(
      (sum, one) => sum + one.instances.filter(({ until }) => until === undefined).length,
      0,
    ),
  };
}
