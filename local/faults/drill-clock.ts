import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Clock } from '../aws/service';

/** A function looks at the clock's file at most this often. */
const lookEveryMilliseconds = 50;

const platformName = 'clock-of-platform';
const functionsName = 'clock-of-functions';

function readOffset(path: string): number {
  try {
    return Number(readFileSync(path, 'utf8')) || 0;
  } catch {
    return 0;
  }
}

function writeOffset(path: string, offset: number): void {
  writeFileSync(`${path}.tmp`, String(offset));
  renameSync(`${path}.tmp`, path);
}

/**
 * A clock that jumps: the time of this machine and an offset. Offsets stand in files, so that the functions and the next
 * process of the platform have them too.
 */
export class DrillClock implements Clock {
  private readonly path: string;
  private readonly functionsPath: string;
  private offset: number;

  constructor(folder: string) {
    this.path = join(folder, platformName);
    this.functionsPath = join(folder, functionsName);
    this.offset = readOffset(this.path);
  }

  now(): Date {
    return new Date(Date.now() + this.offset);
  }

  /** Time passes for everybody. */
  jump(milliseconds: number): void {
    this.offset += milliseconds;
    writeOffset(this.path, this.offset);
    this.shiftFunctions(milliseconds);
  }

  /** The clocks of functions go wrong against those of the services. */
  shiftFunctions(milliseconds: number): void {
    writeOffset(this.functionsPath, readOffset(this.functionsPath) + milliseconds);
  }
}

/**
 * Gives `Date` the offset of the file, in a process that loads this first. Plain JavaScript: it runs before anything of
 * the function, which knows nothing of it.
 */
function preloadText(path: string): string {
  return `'use strict';
const { readFileSync } = require('node:fs');
const RealDate = Date;
let offset = 0;
let looked = 0;
function now() {
  const real = RealDate.now();
  if (Math.abs(real - looked) >= ${lookEveryMilliseconds}) {
    looked = real;
    try { offset = Number(readFileSync(${JSON.stringify(path)}, 'utf8')) || 0; } catch {}
  }
  return real + offset;
}
const Drilled = new Proxy(RealDate, {
  apply: () => new RealDate(now()).toString(),
  construct: (target, given, newTarget) =>
    Reflect.construct(target, given.length === 0 ? [now()] : given, newTarget === Drilled ? target : newTarget),
  get: (target, name) => (name === 'now' ? now : Reflect.get(target, name)),
});
RealDate.prototype.constructor = Drilled;
globalThis.Date = Drilled;
`;
}

/** Arguments of Node.js that give a process the drill's clock. */
export function clockArguments(folder: string): readonly string[] {
  const preload = join(folder, 'clock-preload.cjs');
  writeFileSync(preload, preloadText(join(folder, functionsName)));
  return ['--require', preload];
}
