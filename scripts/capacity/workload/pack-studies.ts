import { batchLimits, packLimits } from '../../../lambda/deidentification/packs';

/** What a submission is cut into. */
export interface Cut {
  readonly packs: number;
  readonly batches: number;
  /** One a pack and split, in order of packs; true where it goes to the held-out store. */
  readonly jobs: readonly boolean[];
}

/** Read once: a year asks for them a hundred million times. */
const { files: packFiles, bytes: packBytes } = packLimits;
const { files: batchFiles, bytes: batchBytes } = batchLimits;

/**
 * Cuts a submission as the pipeline does, from the sums of its series rather than from a list of its files: whole series
 * into packs in order, a series beyond the limits into packs of its own, packs into batches, a job for each split in a
 * pack.
 *
 * @remarks Batches are the sum of the parts of a batch that each series fills, rounded up for each pack: exact where all
 * files of a pack are of one size, and within some percent where they are not.
 */
export class PackCutter {
  private readonly jobs: boolean[] = [];
  private packs = 0;
  private batches = 0;
  private files = 0;
  private bytes = 0;
  /** Batches of the open pack, of which the last may be part full. */
  private openBatches = 0;
  private heldOut = false;
  private development = false;

  /** Adds the next series: so many files of one size. */
  addSeries(files: number, bytesPerFile: number, heldOut: boolean): void {
    const bytes = files * bytesPerFile;
    if (files > packFiles || bytes > packBytes) {
      this.close();
      const filesPerPack = Math.max(1, Math.min(packFiles, Math.floor(packBytes / bytesPerFile)));
      for (let left = files; left > 0; left -= filesPerPack) {
        this.put(Math.min(left, filesPerPack), bytesPerFile, heldOut);
        this.close();
      }
      return;
    }
    if (this.files + files > packFiles || this.bytes + bytes > packBytes) this.close();
    this.put(files, bytesPerFile, heldOut);
  }

  finish(): Cut {
    this.close();
    return { packs: this.packs, batches: this.batches, jobs: this.jobs };
  }

  private put(files: number, bytesPerFile: number, heldOut: boolean): void {
    this.files += files;
    this.bytes += files * bytesPerFile;
    const fits = bytesPerFile * batchFiles <= batchBytes;
    this.openBatches += files / (fits ? batchFiles : Math.max(1, Math.floor(batchBytes / bytesPerFile)));
    if (heldOut) this.heldOut = true;
    else this.development = true;
  }

  private close(): void {
    if (this.files === 0) return;
    this.packs += 1;
    // sums of thirds and twelfths: a hair above a whole number is that number
    this.batches += Math.ceil(this.openBatches - 1e-9);
    if (this.development) this.jobs.push(false);
    if (this.heldOut) this.jobs.push(true);
    this.files = 0;
    this.bytes = 0;
    this.openBatches = 0;
    this.heldOut = false;
    this.development = false;
  }
}
