import { createWriteStream } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { type SyntheticImage, ultrasoundCine, ultrasoundCineFrame } from './images';
import { headerBeforePixelData, part10File } from './part10-file';
import type { SyntheticStudy } from './study';

/** Writes a file and the folders above it. */
export async function writeImage(path: string, image: SyntheticImage): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, part10File(image.instance, image.pixels));
}

/**
 * Streams an ultrasound cine loop to disk, so that the file may be larger than memory.
 * @param options.frames each frame has rows × columns bytes; all of them together stay below 4 GiB
 * @returns size of the file in bytes
 */
export async function writeUltrasoundCine(
  path: string,
  study: SyntheticStudy,
  options: { readonly rows: number; readonly columns: number; readonly frames: number },
): Promise<number> {
  await mkdir(dirname(path), { recursive: true });
  const instance = ultrasoundCine(study, options);
  const header = headerBeforePixelData(instance);
  const frame = ultrasoundCineFrame(study, options.rows, options.columns);
  function* parts(): Generator<Buffer> {
    yield header;
    for (let index = 0; index < options.frames; index++) {
      const numbered = Buffer.from(frame);
      numbered.writeUInt32LE(index);
      yield numbered;
    }
  }
  await pipeline(Readable.from(parts()), createWriteStream(path));
  return header.length + instance.pixelBytes;
}
