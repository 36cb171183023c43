import { PatientSet } from '../../statistics/disclosure/patient-set';
import type { QueryEngine } from '../lake/query-engine';
import { releaseSizeRow, releaseSizeSelect } from '../lake/sql/patient-groups';
import { patientNumbers } from '../lake/sql/patient-set';
import { type ReleaseSetRow, releaseSetRow, releaseSetsSelect } from '../lake/sql/release-sets';
import type { ReleaseScope } from '../lake/sql/released-rows';
import { fieldStrengthBands, kvpBands } from './acquisition-bands.contract';

type Split = ReleaseSetRow['split'];

/** The patients whom the figures of a release count. Never shown. */
export class ReleaseSets {
  private readonly byName = new Map<string, PatientSet>();
  private readonly valuesOf = new Map<string | null, Set<string | null>>();

  /** @param patients how many the release has, of both splits */
  constructor(
    readonly patients: number,
    rows: readonly ReleaseSetRow[],
  ) {
    const found = new Map<string, ReleaseSetRow[]>();
    for (const row of rows) {
      const name = nameOf(row.split, row.attribute, row.value);
      const same = found.get(name) ?? [];
      same.push(row);
      found.set(name, same);
      const values = this.valuesOf.get(row.attribute) ?? new Set();
      this.valuesOf.set(row.attribute, values.add(row.value));
    }
    for (const [name, same] of found) this.byName.set(name, PatientSet.of(patients, patientNumbers(same)));
  }

  /** Everybody of a split. */
  whole(split: Split): PatientSet {
    return this.of(split, null, null);
  }

  /** Those of a split who have a value of an attribute, null where it is not known. */
  of(split: Split, attribute: string | null, value: string | null): PatientSet {
    return this.byName.get(nameOf(split, attribute, value)) ?? PatientSet.of(this.patients, []);
  }

  /** Values of an attribute that anybody of the release has. */
  values(attribute: string): (string | null)[] {
    return [...(this.valuesOf.get(attribute) ?? [])];
  }
}

const nameOf = (split: Split, attribute: string | null, value: string | null): string =>
  JSON.stringify([split, attribute, value]);

/** Reads the patients of every figure of a release, without those who were withdrawn. */
export async function readReleaseSets(
  engine: Pick<QueryEngine, 'rows'>,
  release: string,
): Promise<ReleaseSets> {
  const scope: ReleaseScope = { release, splits: ['development', 'held-out'], collections: 'all' };
  const bands = { fieldStrength: fieldStrengthBands, kvp: kvpBands };
  const [size] = await engine.rows(releaseSizeSelect(scope), releaseSizeRow);
  return new ReleaseSets(
    size?.patients ?? 0,
    await engine.rows(releaseSetsSelect(scope, bands), releaseSetRow),
  );
}
