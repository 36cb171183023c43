import { appendFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readLines } from '../faults/fault-log';
import type { WrittenObject } from '../faults/fault-points';
import { needleOf } from './identifying-needles';
import { type FoundLeak, mayStand, type Place } from './leak-rules';
import type { LeakSearch } from './leak-search';

const leaksName = 'leaks.ndjson';
const clearedName = 'cleared.ndjson';

/** What the watch of a drill has found. */
export function watchedLeaks(folder: string): FoundLeak[] {
  return readLines<FoundLeak>(join(folder, leaksName));
}

export interface LeakWatchOptions {
  readonly folder: string;
  readonly search: LeakSearch;
  readonly optedOut: ReadonlySet<number>;
  readonly placeOf: (bucket: string) => Place;
}

/**
 * Looks into every object outside of landing at the moment at which it can first be read. A submission counts as cleared
 * from the moment at which its clearance is written.
 */
export class LeakWatch {
  private readonly cleared: Set<string>;

  constructor(private readonly options: LeakWatchOptions) {
    this.cleared = new Set(readLines<string>(join(options.folder, clearedName)));
  }

  objectWritten({ bucket, key, contentPath }: WrittenObject): void {
    const { folder, search, optedOut, placeOf } = this.options;
    const place = placeOf(bucket);
    if (place === 'landing') return;
    const submission = /s-[0-9a-hjkmnp-tv-z]{26}/.exec(key)?.[0];
    if (submission !== undefined && key.endsWith('/cleared.json')) {
      this.cleared.add(submission);
      appendFileSync(join(folder, clearedName), `${JSON.stringify(submission)}\n`);
    }
    const found = [
      ...search.inBytes(Buffer.from(key), key),
      ...search.inBytes(readFileSync(contentPath), key),
    ];
    for (const { label } of found) {
      const needle = needleOf(label);
      const standing = {
        optedOut: needle.patient !== null && optedOut.has(needle.patient),
        cleared: submission === undefined ? null : this.cleared.has(submission),
      };
      if (mayStand(place, needle, standing)) continue;
      const leak: FoundLeak = { where: `${bucket}/${key}`, ...needle };
      appendFileSync(join(folder, leaksName), `${JSON.stringify(leak)}\n`);
    }
  }
}
