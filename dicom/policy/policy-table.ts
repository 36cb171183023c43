import { formatTag, type Tag } from '../data-set/tag';
import { dictionaryRows } from '../dictionary/data-dictionary';
import { profileRow } from './confidentiality-profile';
import { basicPolicy } from './policy';
import type { Rule } from './rule';

/** What a rule does, in the words of the conformance statement. */
const words: Readonly<Record<Rule, string>> = {
  remove: 'removed (emptied where Type 2, dummy where Type 1)',
  empty: 'emptied',
  dummy: 'dummy value',
  keep: 'kept if the value passes the check of its VR',
  'keep-binary': 'kept (numbers by definition)',
  'keep-class-uid': 'kept if registered by the standard, else mapped',
  'map-uid': 'mapped',
  'shift-date': 'dates shifted, times kept',
  'cap-age': 'kept, 90 and over becomes 90',
  clean: 'cleaned word by word',
  'clean-device': 'cleaned word by word (device terms)',
  'clean-icc-profile': 'colour tables kept, text and dates blanked',
  sequence: 'kept, items treated by the same rules',
  'character-set': 'kept if known, else ISO_IR 192',
  timezone: 'kept if it is an offset',
  'patient-name': 'replaced by the pseudonym',
  'patient-id': 'replaced by the pseudonym',
  'accession-number': 'replaced by a keyed pseudonym',
  'image-type': 'kept value by value, unknown ones become OTHER',
  engine: 'written by the engine',
};

interface Row {
  readonly tag: Tag;
  readonly keyword: string;
  readonly rule: Rule;
}

const countsTable = (rows: readonly Row[]): string[] => {
  const counts = new Map<Rule, number>();
  for (const { rule } of rows) counts.set(rule, (counts.get(rule) ?? 0) + 1);
  const lines = [...counts].sort(([, left], [, right]) => right - left);
  return [
    '| what is done | attributes |',
    '| --- | ---: |',
    ...lines.map(([rule, count]) => `| ${words[rule]} | ${count} |`),
  ];
};

/** The policy as Markdown: totals over the data dictionary, then every attribute that Table E.1-1 names. */
export function policyTable(): string {
  const policy = basicPolicy();
  const rows: Row[] = [...dictionaryRows()]
    .map(([tag, { keyword }]) => ({ tag, keyword, rule: policy.rule(tag) }))
    .sort((left, right) => left.tag - right.tag);
  const named = rows.filter(({ tag }) => profileRow(tag) !== undefined);
  return [
    `Policy \`${policy.name}\`, version ${policy.version}, SHA-256 \`${policy.hash}\`.`,
    '',
    `All ${rows.length} attributes of the data dictionary (PS3.6 2025b, © NEMA):`,
    '',
    ...countsTable(rows),
    '',
    `The ${named.length} attributes that PS3.15 Table E.1-1 (2026d, © NEMA) names:`,
    '',
    '| attribute | | E.1-1 | what is done |',
    '| --- | --- | --- | --- |',
    ...named.map(
      ({ tag, keyword, rule }) =>
        `| ${formatTag(tag)} | ${keyword} | ${profileRow(tag)?.basic ?? ''} | ${words[rule]} |`,
    ),
    '',
  ].join('\n');
}
