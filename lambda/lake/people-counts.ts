import type { PeopleCounts } from '../../statistics/representativeness/counts.contract';
import { type PeopleRow, peopleAttributes } from './sql/people';

/** Adds up people and images by a text that is made of each row. */
function added(rows: readonly PeopleRow[], groupOf: (row: PeopleRow) => string) {
  const totals = new Map<string, { people: number; images: number }>();
  for (const row of rows) {
    const group = groupOf(row);
    const total = totals.get(group) ?? { people: 0, images: 0 };
    totals.set(group, { people: total.people + row.people, images: total.images + row.images });
  }
  return totals;
}

const shown = (number: number) => ({ shown: number });

/**
 * The true counts of people crossed by every attribute as a report on representativeness takes them: by one attribute each, and
 * for the standardised ratio those of whom age, sex and ethnic category are all known. A group that is not known is blank.
 */
export function peopleCountsOf(name: string, rows: readonly PeopleRow[]): PeopleCounts {
  const attributes = Object.fromEntries(
    peopleAttributes.map((attribute) => {
      const totals = added(rows, (row) => String(row[attribute] ?? ''));
      const groups = [...totals].map(([group, { people, images }]) => [
        group,
        { people: shown(people), images: shown(images) },
      ]);
      return [attribute, Object.fromEntries(groups)];
    }),
  );
  const known = rows.filter((row) => row.age_band && row.sex && row.ethnic_category);
  const byCategory = added(known, (row) => row.ethnic_category ?? '');
  const byAgeAndSex = added(known, (row) => `${row.age_band}/${row.sex}`);
  return {
    name,
    attributes,
    ethnicityByAgeAndSex: {
      attribute: 'ethnic_category',
      peopleByGroup: Object.fromEntries([...byCategory].map(([group, { people }]) => [group, shown(people)])),
      peopleByAgeAndSex: [...byAgeAndSex].map(([group, { people }]) => {
        const [ageBand = '', sex = ''] = group.split('/');
        return { ageBand, sex, people: shown(people) };
      }),
    },
  };
}
