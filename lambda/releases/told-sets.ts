import { PatientSet } from '../../statistics/disclosure/patient-set';
import { type ObjectPlace, type ObjectStore, readJson, writeJson } from '../platform/object-store';
import { toldSets } from './told-sets.contract';

/** What a release told before anybody asked. */
export interface ToldByRelease {
  readonly patients: number;
  readonly sets: readonly PatientSet[];
}

const placeOf = (bucket: string, release: string): ObjectPlace => ({
  bucket,
  key: `cohorts/queries/${release}/published.json`,
});

/** Writes what a release will tell, before its figures are kept: a measurement that is made again writes it again. */
export async function writeToldSets(
  objects: Pick<ObjectStore, 'put'>,
  catalogueBucket: string,
  release: string,
  { patients, sets }: ToldByRelease,
): Promise<void> {
  await writeJson(objects, placeOf(catalogueBucket, release), {
    patients,
    sets: sets.map((set) => Buffer.from(set.toBytes()).toString('base64')),
  });
}

/**
 * Reads what a release has told.
 * @throws Error where that is not known: then nothing may be asked of it
 */
export async function readToldSets(
  objects: Pick<ObjectStore, 'readText'>,
  catalogueBucket: string,
  release: string,
): Promise<ToldByRelease> {
  const told = await readJson(objects, placeOf(catalogueBucket, release), toldSets);
  if (told === null) throw new Error(`it is not known what release ${release} has told`);
  return {
    patients: told.patients,
    sets: told.sets.map((set) => PatientSet.fromBytes(told.patients, Buffer.from(set, 'base64'))),
  };
}
