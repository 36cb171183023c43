import { stringify } from 'csv-stringify/sync';
import { groupLabel, personAttributes, personAttributeTitles } from './group-labels.contract';
import { groupsOf, missingnessOf, valuesOf } from './missingness.contract';
import type { Release } from './release.contract';
import { acquisitionAttributes, acquisitionTitles } from './release-figures.contract';
import { countText } from './wording.contract';

export const biasInventoryColumns = [
  'kind',
  'entry',
  'attribute',
  'group',
  'people',
  'series',
  'share_missing',
  'evidence',
  'description',
  'mitigation',
] as const;

type Row = Partial<Record<(typeof biasInventoryColumns)[number], string>>;

function attributeRows(release: Release): Row[] {
  const missing = new Map(missingnessOf(release).map((each) => [each.attribute, each]));
  const head = (kind: string, attribute: string, title: string): Row => {
    const of = missing.get(attribute);
    const record = release.attributes.find((each) => each.attribute === attribute);
    return {
      kind,
      entry: 'attribute',
      attribute: title,
      share_missing: of?.share == null ? '' : of.share.toFixed(4),
      description: record === undefined ? '' : `${record.recorded} ${record.merged}`,
    };
  };
  return [
    ...personAttributes.flatMap((attribute): Row[] => [
      head('individual', attribute, personAttributeTitles[attribute]),
      ...groupsOf(release, attribute).map(({ group, people }) => ({
        kind: 'individual',
        entry: 'group',
        attribute: personAttributeTitles[attribute],
        group: groupLabel(attribute, group),
        people: countText(people),
      })),
    ]),
    ...acquisitionAttributes.flatMap((attribute): Row[] => [
      head('acquisition', attribute, acquisitionTitles[attribute]),
      ...valuesOf(release, attribute).map(({ value, people, series }) => ({
        kind: 'acquisition',
        entry: 'group',
        attribute: acquisitionTitles[attribute],
        group: value,
        people: countText(people),
        series: countText(series),
      })),
    ]),
  ];
}

/**
 * Inventory of what may bias a model (FUTURE-AI, fairness): attributes of people and of acquisition with the counts of
 * their groups, then each known bias. CSV (RFC 4180); cells that a spreadsheet would take for formulas are escaped.
 */
export function biasInventory(release: Release): string {
  const rows: Row[] = [
    ...attributeRows(release),
    ...release.biases.map(({ kind, subject, description, evidence, mitigation }) => ({
      kind,
      entry: 'bias',
      attribute: subject,
      evidence,
      description,
      mitigation: mitigation ?? '',
    })),
  ];
  return stringify(
    rows.map((row) => biasInventoryColumns.map((column) => row[column] ?? '')),
    {
      header: true,
      columns: [...biasInventoryColumns],
      record_delimiter: 'windows',
      escape_formulas: true,
    },
  );
}
