import { readdirSync, statSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import type { PlatformPlaces } from './drill-settings';
import { needleOf } from './identifying-needles';
import { type FoundLeak, mayStand, type Place } from './leak-rules';
import { filesBelow, type LeakSearch } from './leak-search';

/** Files of the data folder that are no data of the platform: the stand-in's own list, and what functions are given. */
const skippedNames: ReadonlySet<string> = new Set(['opted-out.txt', 'lambda-runtime.cjs']);

/** What may stand where in the folder of a platform. */
function placeOfPath(path: string, { buckets }: PlatformPlaces, allReceived: boolean): Place {
  const [top, bucket = ''] = path.split(sep);
  if (top === 'medical-imaging') return 'image-store';
  if (top !== 's3') return 'elsewhere';
  if (bucket === buckets.quarantine) return 'quarantine';
  if (bucket === buckets.deidentified) return 'deidentified';
  if (allReceived) return 'elsewhere';
  if (bucket === buckets.exchange) return 'exchange';
  return /-landing-/.test(bucket) ? 'landing' : 'elsewhere';
}

const identityOf = (path: string): string => {
  const { dev, ino } = statSync(path);
  return `${dev}/${ino}`;
};

/** Files that stand in landing still; the verdict has seen that their receipts leave each of them there. */
function heldInLanding(dataFolder: string): Set<string> {
  const s3 = join(dataFolder, 's3');
  const buckets = readdirSync(s3).filter((name) => /-landing-/.test(name));
  const paths = buckets.flatMap((name) => [...filesBelow(join(s3, name, 'objects'), () => false)]);
  return new Set(paths.map(identityOf));
}

export interface RestingPlace {
  readonly dataFolder: string;
  readonly places: PlatformPlaces;
  readonly search: LeakSearch;
  readonly optedOut: ReadonlySet<number>;
  /** Nothing may then be left in exchange, and in landing only what is held there. */
  readonly allReceived: boolean;
}

/**
 * Looks through the whole folder of a stopped platform: every version of every object, the database, journals and logs.
 */
export async function leaksAtRest(resting: RestingPlace): Promise<FoundLeak[]> {
  const { dataFolder, places, search, optedOut, allReceived } = resting;
  const held = heldInLanding(dataFolder);
  const leaks: FoundLeak[] = [];
  // `objects/` shows what stands in `content/`.
  const skip = (path: string): boolean =>
    skippedNames.has(path.split(sep).at(-1) ?? '') ||
    /^s3\/[^/]+\/objects$/.test(relative(dataFolder, path).split(sep).join('/'));
  for (const path of filesBelow(dataFolder, skip)) {
    if (held.has(identityOf(path))) continue;
    const name = relative(dataFolder, path);
    const place = placeOfPath(name, places, allReceived);
    for (const { label } of [...search.inBytes(Buffer.from(name), name), ...(await search.inFile(path))]) {
      const needle = needleOf(label);
      const standing = { optedOut: needle.patient !== null && optedOut.has(needle.patient), cleared: null };
      if (!mayStand(place, needle, standing)) leaks.push({ where: name, ...needle });
    }
  }
  return leaks;
}
