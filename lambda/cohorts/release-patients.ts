import type { Facet } from '../../statistics/disclosure/facet';
import { ageBands } from '../demographics/table-columns.contract';
import type { QueryEngine } from '../lake/query-engine';
import {
  type PatientAttribute,
  type PatientGroupRow,
  patientGroupRow,
  patientGroupsSelect,
} from '../lake/sql/patient-groups';
import { patientNumbers } from '../lake/sql/patient-set';
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

/** A facet by which a filter can be counted. */
export interface PatientFacet extends Facet {
  readonly name: FacetName;
}

/** A facet of a release from its rows; patients whose rows are gone are among those of whom nothing is known. */
function facetFrom(name: PatientAttribute, patients: number, rows: readonly PatientGroupRow[]): PatientFacet {
  const groups = groupsOf[name];
  const unknown = groups.length - 1;
  const places = new Map<string | null, number>(groups.map((group, at) => [group, at]));
  const groupOf = new Uint16Array(patients).fill(unknown);
  for (const row of rows) {
    const at = places.get(row.value) ?? unknown;
    for (const number of patientNumbers([row])) groupOf[number - 1] = at;
  }
  return { name, groups, groupOf };
}

/** The five groups of the ethnic categories. */
function ethnicGroupsFrom(categories: PatientFacet): PatientFacet {
  const groups = groupsOf.ethnic_group;
  const places = categories.groups.map((category) => {
    const [found] = Object.entries(ethnicGroups).find(([, each]) => each.some((one) => one === category)) ?? [
      '',
    ];
    return groups.findIndex((group) => group.toLowerCase() === found);
  });
  return {
    name: 'ethnic_group',
    groups,
    groupOf: categories.groupOf.map((category) => places[category] ?? 0),
  };
}

/** The patients of releases by their numbers, and by the groups they are in. */
export class ReleasePatients {
  private readonly facets = new Map<string, Promise<PatientFacet>>();

  constructor(
    private readonly queryLog: Pick<QueryLog, 'published'>,
    private readonly engine: Pick<QueryEngine, 'rows'>,
  ) {}

  facet(release: string, name: FacetName): Promise<PatientFacet> {
    return this.once(`${release}/${name}`, async () =>
      name === 'ethnic_group'
        ? ethnicGroupsFrom(await this.facet(release, 'ethnic_category'))
        : this.readFacet(release, name),
    );
  }

  private async readFacet(release: string, attribute: PatientAttribute): Promise<PatientFacet> {
    const [{ patients }, rows] = await Promise.all([
      this.queryLog.published(release),
      this.engine.rows(patientGroupsSelect(everything(release), attribute), patientGroupRow),
    ]);
    return facetFrom(attribute, patients, rows);
  }

  /** What this process has asked for before, or is asking for now; what failed is asked for again. */
  private once(name: string, ask: () => Promise<PatientFacet>): Promise<PatientFacet> {
    const known = this.facets.get(name);
    if (known !== undefined) return known;
    const asked = ask().catch((error: unknown) => {
      this.facets.delete(name);
      throw error;
    });
    const [oldest] = this.facets.keys();
    if (this.facets.size >= keptFacets && oldest !== undefined) this.facets.delete(oldest);
    this.facets.set(name, asked);
    return asked;
  }
}
