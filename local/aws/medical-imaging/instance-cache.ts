import { join } from 'node:path';
import { type FramePlace, frameIndex } from './frames';
import { type Part10File, readPart10File } from './part10-file';

/** A stored file that has been read: its elements, and where its frames are. */
export interface OpenFile {
  readonly file: Part10File;
  readonly frames: readonly FramePlace[];
}

/** Files that stay open, oldest first out: frames of one instance are mostly read one after the other. */
export class InstanceCache {
  readonly #open = new Map<string, Promise<OpenFile>>();

  constructor(private readonly most = 256) {}

  /** @param file below the folder */
  open(folder: string, file: string): Promise<OpenFile> {
    const path = join(folder, file);
    const known = this.#open.get(path);
    if (known) {
      this.#open.delete(path);
      this.#open.set(path, known);
      return known;
    }
    const opened = readPart10File(path).then((part10) => ({ file: part10, frames: frameIndex(part10) }));
    this.#open.set(path, opened);
    opened.catch(() => this.#open.delete(path));
    for (const oldest of this.#open.keys()) {
      if (this.#open.size <= this.most) break;
      this.#open.delete(oldest);
    }
    return opened;
  }

  forget(folder: string, file: string): void {
    this.#open.delete(join(folder, file));
  }
}
