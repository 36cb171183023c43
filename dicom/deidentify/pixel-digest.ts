import { createHash, type Hash } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { OutsideFailure } from './outside-failure';

/** SHA-256 of pixel data in the order in which it comes. */
export interface PixelDigest {
  /** Takes the next bytes; they may change once it has returned. */
  update(piece: Buffer): Promise<void> | undefined;
  /** Hex digest; once. */
  digest(): Promise<string> | string;
  /** Frees what is held, also where nothing was finished. */
  close(): void;
}

/** Below this size a thread of its own costs more time to start than it saves. */
const shortestInParallel = 64 * 1024 * 1024;

/** Memory that both threads see, as a ring: enough that neither waits for the other's every piece. */
const slotBytes = 512 * 1024;
const slots = 6;

/** The other thread. In text, since every bundle of the engine is one file. */
const digestThread = `
const { parentPort, workerData } = require('node:worker_threads');
const hash = require('node:crypto').createHash('sha256');
const memory = Buffer.from(workerData);
parentPort.on('message', ({ start, length }) => {
  if (length === 0) parentPort.postMessage(hash.digest('hex'));
  else {
    hash.update(memory.subarray(start, start + length));
    parentPort.postMessage(null);
  }
});`;

/**
 * A digest of a value of known length. The output is digested too, byte for byte after it: that of a large value is
 * worked out in a thread beside it, which takes the time of one digest instead of two.
 */
export function pixelDigest(length: number | null): PixelDigest {
  const isLong = length !== null && length >= shortestInParallel;
  return isLong && availableParallelism() > 1 ? new ParallelDigest() : new InlineDigest();
}

class InlineDigest implements PixelDigest {
  readonly #hash: Hash = createHash('sha256');

  update(piece: Buffer): undefined {
    this.#hash.update(piece);
  }

  digest(): string {
    return this.#hash.digest('hex');
  }

  close(): void {}
}

class ParallelDigest implements PixelDigest {
  readonly #memory = Buffer.from(new SharedArrayBuffer(slots * slotBytes));
  readonly #worker: Worker;
  #free = slots;
  #slot = 0;
  /** Bytes in the slot that is being filled. */
  #filled = 0;
  #digest: string | null = null;
  #failure: OutsideFailure | null = null;
  #wake: (() => void) | null = null;

  constructor() {
    this.#worker = new Worker(digestThread, {
      eval: true,
      workerData: this.#memory.buffer,
      resourceLimits: { maxOldGenerationSizeMb: 16, maxYoungGenerationSizeMb: 2 },
    });
    this.#worker.on('message', (digest: string | null) => {
      if (digest === null) this.#free += 1;
      else this.#digest = digest;
      this.#wake?.();
    });
    this.#worker.on('error', (error) => {
      this.#failure = new OutsideFailure(error);
      this.#wake?.();
    });
  }

  update(piece: Buffer): Promise<void> | undefined {
    const taken = this.#take(piece);
    return taken < piece.length ? this.#takeRest(piece.subarray(taken)) : undefined;
  }

  async digest(): Promise<string> {
    if (this.#filled > 0) this.#hand();
    this.#worker.postMessage({ start: 0, length: 0 });
    while (this.#digest === null) await this.#message();
    return this.#digest;
  }

  close(): void {
    void this.#worker.terminate();
  }

  /** Copies as much as the free slots hold. */
  #take(piece: Buffer): number {
    let taken = 0;
    while (taken < piece.length && this.#free > 0) {
      const start = this.#slot * slotBytes + this.#filled;
      const length = Math.min(piece.length - taken, slotBytes - this.#filled);
      piece.copy(this.#memory, start, taken, taken + length);
      taken += length;
      this.#filled += length;
      if (this.#filled === slotBytes) this.#hand();
    }
    return taken;
  }

  async #takeRest(piece: Buffer): Promise<void> {
    let rest = piece;
    while (rest.length > 0) {
      while (this.#free === 0) await this.#message();
      rest = rest.subarray(this.#take(rest));
    }
  }

  #hand(): void {
    this.#worker.postMessage({ start: this.#slot * slotBytes, length: this.#filled });
    this.#slot = (this.#slot + 1) % slots;
    this.#filled = 0;
    this.#free -= 1;
  }

  async #message(): Promise<void> {
    if (this.#failure === null) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    this.#wake = null;
    if (this.#failure !== null) throw this.#failure;
  }
}
