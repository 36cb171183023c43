import { type Limits, packLimits, packName, planPacks } from './packs';
import type { StagedFile } from './pipeline.contract';

/** Of outputs, not of what came: HealthImaging takes 10 GB a job, and a cleaned file may be larger than it came. */
export const importLimits: Limits = { files: packLimits.files, bytes: 10_000_000_000 };

/**
 * Cuts imports that would be larger than a job may be: gives the pack, numbered after those of Plan, of each file that
 * leaves its own, whole groups as far as they fit. By all that was staged, whatever becomes of it, so that a second run
 * cuts as the first one did.
 */
export function cutImports(
  staged: readonly Pick<StagedFile, 'ordinal' | 'group' | 'bytes' | 'pack' | 'split'>[],
  packs: number,
  limits: Limits = importLimits,
): ReadonlyMap<number, string> {
  const imports = new Map<string, (typeof staged)[number][]>();
  for (const file of staged) {
    const name = `${file.pack} ${file.split}`;
    const files = imports.get(name);
    if (files === undefined) imports.set(name, [file]);
    else files.push(file);
  }
  const cut = new Map<number, string>();
  let last = packs;
  for (const [, files] of [...imports].sort(([left], [right]) => (left < right ? -1 : 1)))
    for (const { files: moved } of planPacks(files, limits).slice(1)) {
      last += 1;
      for (const { ordinal } of moved) cut.set(ordinal, packName(last));
    }
  return cut;
}
