import { randomBytes } from 'node:crypto';
import { createReadStream, statSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { finished, pipeline } from 'node:stream/promises';
import { AwsError } from '../service';
import { acceptedTypes } from './accept-header';
import type { Datastore } from './datastore-registry';
import { bulkDataOf, type DicomJson, dicomJsonOf } from './dicom-json';
import type { InstanceUids, SeriesUids } from './dicomweb-route';
import { type FramePlace, readFrame } from './frames';
import {
  type ImageSet,
  instanceOf,
  instancesAt,
  latestVersion,
  type StoredInstance,
} from './image-set-index';
import type { InstanceCache, OpenFile } from './instance-cache';
import { deflatedLittleEndian, explicitLittleEndian, implicitLittleEndian } from './transfer-syntaxes';

/** Answers DICOMweb reads (WADO-RS) from the stored files, without converting them. */
export class DicomwebReader {
  constructor(private readonly cache: InstanceCache) {}

  /** GetDICOMInstance: the file as stored. */
  async instance(
    datastore: Datastore,
    imageSet: ImageSet,
    uids: InstanceUids,
    accept: string | undefined,
    response: ServerResponse,
  ): Promise<void> {
    const stored = demandInstance(imageSet, uids.instance);
    const chosen = acceptedTypes(accept).find(
      ({ type, parameters }) =>
        ['application/dicom', 'application/*', '*/*'].includes(type) &&
        [stored.transferSyntaxUid, '*'].includes(parameters.get('transfer-syntax') ?? explicitLittleEndian),
    );
    if (!chosen) throw notAcceptable(`the instance is stored as ${stored.transferSyntaxUid}`);
    const path = join(datastore.folder, stored.file);
    response.writeHead(200, {
      'content-type': `application/dicom; transfer-syntax=${stored.transferSyntaxUid}`,
      'content-length': statSync(path).size,
    });
    await pipeline(createReadStream(path), response);
  }

  /** GetDICOMInstanceMetadata and GetDICOMSeriesMetadata, an instance at a time. */
  async metadata(
    datastore: Datastore,
    imageSet: ImageSet,
    uids: SeriesUids & { readonly instance?: string },
    accept: string | undefined,
    response: ServerResponse,
  ): Promise<void> {
    const json = ['application/dicom+json', 'application/json', 'application/*', '*/*'];
    if (!acceptedTypes(accept).some(({ type }) => json.includes(type))) {
      throw notAcceptable('metadata is offered as application/dicom+json');
    }
    const instances =
      uids.instance === undefined
        ? instancesAt(imageSet, latestVersion(imageSet))
        : [demandInstance(imageSet, uids.instance)];
    response.writeHead(200, { 'content-type': 'application/dicom+json' });
    let separator = '[';
    for (const stored of instances) {
      const one = await this.#instanceJson(datastore, imageSet, stored);
      if (!response.write(`${separator}${JSON.stringify(one)}`)) await drained(response);
      separator = ',';
    }
    response.end(separator === '[' ? '[]' : ']');
  }

  /** GetDICOMInstanceFrames: frames as stored, in a part each or, for one frame, alone. */
  async frames(
    datastore: Datastore,
    imageSet: ImageSet,
    uids: InstanceUids,
    list: string,
    accept: string | undefined,
    response: ServerResponse,
  ): Promise<void> {
    const stored = demandInstance(imageSet, uids.instance);
    const numbers = frameNumbers(list);
    const open = await this.cache.open(datastore.folder, stored.file);
    const places = numbers.map((number) => {
      const place = open.frames[number - 1];
      if (!place) throw new AwsError('ResourceNotFoundException', `Frame ${number} does not exist`, 404);
      return place;
    });
    const shape = frameShape(accept, stored, open, numbers.length);
    const mediaType = `application/octet-stream; transfer-syntax=${shape.transferSyntaxUid}`;
    if (shape.kind === 'single') {
      response.writeHead(200, { 'content-type': mediaType, 'content-length': places[0]?.bytes ?? 0 });
      await pipeline(readFrame(open.file.path, places[0] as FramePlace), response);
      return;
    }
    await writeParts(
      response,
      'application/octet-stream',
      places.map((place) => ({
        type: mediaType,
        bytes: place.bytes,
        open: () => readFrame(open.file.path, place),
      })),
    );
  }

  /** GetDICOMBulkdata: a value by its path; Pixel Data as the bytes of all its frames. */
  async bulkData(
    datastore: Datastore,
    imageSet: ImageSet,
    uids: InstanceUids,
    path: string,
    response: ServerResponse,
  ): Promise<void> {
    const stored = demandInstance(imageSet, uids.instance);
    const open = await this.cache.open(datastore.folder, stored.file);
    if (path === open.file.pixelData?.tag) {
      const type = `application/octet-stream; transfer-syntax=${stored.transferSyntaxUid}`;
      await writeParts(
        response,
        'application/octet-stream',
        open.frames.map((place) => ({
          type,
          bytes: place.bytes,
          open: () => readFrame(open.file.path, place),
        })),
      );
      return;
    }
    const bytes = bulkDataOf(open.file, path);
    if (!bytes) throw new AwsError('ResourceNotFoundException', 'The bulk data does not exist', 404);
    response.writeHead(200, { 'content-type': 'application/octet-stream', 'content-length': bytes.length });
    response.end(bytes);
  }

  async #instanceJson(datastore: Datastore, imageSet: ImageSet, stored: StoredInstance): Promise<DicomJson> {
    const { file } = await this.cache.open(datastore.folder, stored.file);
    const base = `/datastore/${datastore.record.datastoreId}/studies/${imageSet.studyInstanceUid}/series/${imageSet.seriesInstanceUid}/instances/${stored.sopInstanceUid}/bulkdata/`;
    const json: Record<string, DicomJson[string]> = { ...dicomJsonOf(file, (path) => `${base}${path}`) };
    json['00083002'] = { vr: 'UI', Value: [stored.transferSyntaxUid] };
    if (file.pixelData) {
      const vr = file.pixelData.kind === 'native' ? file.pixelData.vr : 'OB';
      json[file.pixelData.tag] = { vr, BulkDataURI: `${base}${file.pixelData.tag}` };
    }
    return Object.fromEntries(Object.entries(json).sort(([a], [b]) => (a < b ? -1 : 1)));
  }
}

function demandInstance(imageSet: ImageSet, sopInstanceUid: string): StoredInstance {
  const stored = instanceOf(imageSet, sopInstanceUid);
  if (stored) return stored;
  throw new AwsError('ResourceNotFoundException', 'The instance does not exist', 404);
}

function frameNumbers(list: string): number[] {
  const numbers = list.split(',').map((text) => (/^[1-9]\d{0,8}$/.test(text) ? Number(text) : 0));
  if (numbers.includes(0) || new Set(numbers).size < numbers.length) {
    throw new AwsError('ValidationException', 'The frame list must name different frames, from 1', 400);
  }
  return numbers;
}

interface FrameShape {
  readonly kind: 'single' | 'multipart';
  readonly transferSyntaxUid: string;
}

/** How the client takes frames. Frames of native little endian files are Explicit VR Little Endian as they stand. */
function frameShape(
  accept: string | undefined,
  stored: StoredInstance,
  open: OpenFile,
  count: number,
): FrameShape {
  const offered = new Set(['*', stored.transferSyntaxUid]);
  const plain = [implicitLittleEndian, deflatedLittleEndian, explicitLittleEndian].includes(
    stored.transferSyntaxUid,
  );
  const bytewise = open.file.pixelData?.kind === 'native' && open.file.pixelData.vr === 'OB';
  if (plain || bytewise) offered.add(explicitLittleEndian);
  for (const { type, parameters } of acceptedTypes(accept)) {
    const inner =
      type === 'multipart/related' ? (parameters.get('type') ?? 'application/octet-stream') : type;
    if (!['application/octet-stream', 'application/*', '*/*'].includes(inner)) continue;
    const single = type === 'application/octet-stream';
    if (single && count > 1) continue;
    const wanted = parameters.get('transfer-syntax') ?? explicitLittleEndian;
    if (!offered.has(wanted)) continue;
    return {
      kind: single ? 'single' : 'multipart',
      transferSyntaxUid: wanted === '*' ? stored.transferSyntaxUid : wanted,
    };
  }
  throw notAcceptable(`frames are stored as ${stored.transferSyntaxUid}; ask for transfer-syntax=*`);
}

function notAcceptable(reason: string): AwsError {
  return new AwsError('NotAcceptableException', `The embedded platform does not convert: ${reason}`, 406);
}

interface Part {
  readonly type: string;
  readonly bytes: number;
  open(): Readable;
}

async function writeParts(
  response: ServerResponse,
  innerType: string,
  parts: readonly Part[],
): Promise<void> {
  const boundary = randomBytes(16).toString('hex');
  response.writeHead(200, {
    'content-type': `multipart/related; type="${innerType}"; boundary=${boundary}`,
  });
  for (const part of parts) {
    response.write(`--${boundary}\r\nContent-Type: ${part.type}\r\nContent-Length: ${part.bytes}\r\n\r\n`);
    const source = part.open();
    source.pipe(response, { end: false });
    await finished(source);
    response.write('\r\n');
  }
  response.end(`--${boundary}--\r\n`);
}

function drained(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      response.off('drain', done);
      response.off('close', done);
      resolve();
    };
    response.on('drain', done);
    response.on('close', done);
  });
}
