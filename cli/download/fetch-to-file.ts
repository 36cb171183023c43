import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { readInstanceSummary } from '../../dicom/deidentify/read-instance-summary';
import { writeWhole } from '../state/write-whole';
import { fileDigest } from '../upload/file-digests';
import type { DicomwebClient } from './dicomweb-client';
import type { DownloadedFile } from './download-manifest';
import { singlePart } from './multipart-related';

/** The stored transfer syntax, whatever it is. */
const storedInstance = 'application/dicom; transfer-syntax=*';
const storedFrame = 'multipart/related; type=application/octet-stream; transfer-syntax=*';

/** What came is not what was asked for. */
export class DamagedDownload extends Error {
  override readonly name = 'DamagedDownload';
}

export type Wanted = Pick<DownloadedFile, 'study' | 'series' | 'instance' | 'frame' | 'path'>;

/** Whole, in a folder that need not be there. */
async function writeInFolder<T>(path: string, write: (temporary: string) => Promise<T>): Promise<T> {
  await mkdir(dirname(path), { recursive: true });
  return writeWhole(path, write);
}

async function writeInstance(response: Response, temporary: string, wanted: Wanted) {
  const hash = createHash('sha256');
  let bytes = 0;
  const count = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      hash.update(chunk);
      bytes += chunk.length;
      done(null, chunk);
    },
  });
  if (response.body === null) throw new DamagedDownload();
  await pipeline(Readable.fromWeb(response.body), count, createWriteStream(temporary));
  const announced = response.headers.get('content-length');
  if (announced !== null && Number(announced) !== bytes) throw new DamagedDownload();
  const file = createReadStream(temporary);
  const summary = await readInstanceSummary(file, []).finally(() => file.destroy());
  if (
    summary.kind !== 'dicom' ||
    summary.sopInstanceUid !== wanted.instance ||
    summary.seriesInstanceUid !== wanted.series ||
    summary.studyInstanceUid !== wanted.study
  )
    throw new DamagedDownload();
  return { bytes, sha256: hash.digest('hex') };
}

/**
 * Fetches an instance or a frame into its file.
 * @throws DamagedDownload where the answer is another instance or cut off; DicomwebRefusal where it is refused
 */
export async function fetchToFile(
  client: DicomwebClient,
  folder: string,
  wanted: Wanted,
): Promise<DownloadedFile> {
  const instance = `/studies/${wanted.study}/series/${wanted.series}/instances/${wanted.instance}`;
  const path = join(folder, wanted.path);
  if (wanted.frame === null) {
    const response = await client.get(instance, storedInstance);
    return {
      ...wanted,
      ...(await writeInFolder(path, (temporary) => writeInstance(response, temporary, wanted))),
    };
  }
  const response = await client.get(`${instance}/frames/${wanted.frame}`, storedFrame);
  const body = Buffer.from(await response.arrayBuffer());
  const frame = singlePart(response.headers.get('content-type') ?? '', body);
  if (frame === null) throw new DamagedDownload();
  await writeInFolder(path, (temporary) => writeFile(temporary, frame));
  return { ...wanted, bytes: frame.length, sha256: createHash('sha256').update(frame).digest('hex') };
}

/**
 * The file of an earlier run, if it is there and as that run noted it. A file that no run has noted is fetched again: nobody
 * knows whether it is whole.
 */
export async function fileOfEarlierRun(
  folder: string,
  wanted: Wanted,
  earlier: ReadonlyMap<string, DownloadedFile>,
): Promise<DownloadedFile | null> {
  const expected = earlier.get(wanted.path);
  if (expected === undefined) return null;
  try {
    const digest = await fileDigest(join(folder, wanted.path));
    return expected.sha256 === digest.sha256 ? { ...wanted, ...digest } : null;
  } catch {
    return null;
  }
}
