import type { Facet } from '../../statistics/disclosure/facet';
import { ageBands } from '../demographics/table-columns.contract';
import type { QueryEngine } from '../lake/query-engine';
import { type PatientGroupRow, patientGroupRow, patientGroupsSelect } from '../lake/sql/patient-groups';
import { patientNumbers } from '../lake/sql/patient-set';
import type { PeopleAttribute } from '../lake/sql/people';
import type { ReleaseScope } from '../lake/sql/released-rows';
import type { FacetName } from './cohort.contract';
import { ethnicCategoryValues, ethnicGroups, regionValues, sexValues } from './filter-values.contract';
import type { QueryLog } from './query-log';

/** Facets that one process keeps: those of three releases. At 200,000 patients each has 400 KB. */
const keptFacets = 18;

/** All of a release, whoever may see it: what the log of questions is about. */
const everything = (release: string): ReleaseScope => ({
  release,
  splits: ['development', 'held-out'],
  collections: 'all',
});

/** Groups of a facet in their order; the last one has those of whom nothing is known. */
const groupsOf: Readonly<Record<FacetName, readonly string[]>> = {
  age_band: [...ageBands, ''],
  sex: [...sexValues.map(({ value }) => value), ''],
  ethnic_group: ['Asian', 'Black', 'Mixed', 'White', 'Other', ''],
  ethnic_category: [...ethnicCategoryValues.map(({ value }) => value), ''],
  region: [...regionValues.map(({ value }) => value), ''],
  imd_decile: [...Array.from({ length: 10 }, (_, at) => String(at + 1)), ''],
};

const attributeOf = (name: FacetName): PeopleAttribute =>
  name === 'ethnic_group' ? 'ethnic_category' : name;

/** Group of a value of the lake; blank for one that is none of the list. */
function groupOfValue(name: FacetName, value: string | null): string {
  if (value === null) return '';
  if (name !== 'ethnic_group') return value;
  const found = Object.entries(ethnicGroups).find(([, categories]) =>
    (categories as readonly string[]).includes(value),
  );
  return groupsOf.ethnic_group.find((group) => group.toLowerCase() === found?.[0]) ?? '';
}

/** A facet of a release from its rows; patients whose rows are gone are among those of whom nothing is known. */
export function facetFrom(name: FacetName, patients: number, rows: readonly PatientGroupRow[]): Facet {
  const groups = groupsOf[name];
  const unknown = groups.length - 1;
  const groupOf = new Uint16Array(patients).fill(unknown);
  for (const row of rows) {
    const at = groups.indexOf(groupOfValue(name, row.value));
    for (const number of patientNumbers([row])) groupOf[number - 1] = at < 0 ? unknown : at;
  }
  return { name, groups, groupOf };
}

/** The patients of releases by their numbers, and by the groups they are in. */
export class ReleasePatients {
  private readonly kept = new Map<string, Facet>();

  constructor(
    private readonly queryLog: Pick<QueryLog, 'published'>,
    private readonly engine: Pick<QueryEngine, 'rows'>,
  ) {}

  async facet(release: string, name: FacetName): Promise<Facet> {
    const kept = this.kept.get(`${release}/${name}`);
    if (kept !== undefined) return kept;
    const [{ patients }, rows] = await Promise.all([
      this.queryLog.published(release),
      this.engine.rows(patientGroupsSelect(everything(release), attributeOf(name)), patientGroupRow),
    ]);
    const facet = facetFrom(name, patients, rows);
    const [oldest] = this.kept.keys();
    if (this.kept.size >= keptFacets && oldest !== undefined) this.kept.delete(oldest);
    this.kept.set(`${release}/${name}`, facet);
    return facet;
  }
}
