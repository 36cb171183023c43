import { checkTable } from '../../lambda/demographics/check-table.contract';
import { columnNames } from '../../lambda/demographics/table-columns.contract';
import { tableFaultReasons } from '../../lambda/demographics/table-faults.contract';
import { readDocument, sectionOf } from './documents';

const section = sectionOf(readDocument('docs/guides/trust.md'), '## Demographics');

it('the guide for trusts has every code of a fault, with what happened and what to do', () => {
  const told = [...section.matchAll(/^\| `(DEMOGRAPHICS_[A-Z0-9_]+)` \| (.*) \| (.*) \|$/gm)].map(
    ([, code = '', happened, fix]) => [code, { happened, fix }],
  );
  expect(Object.fromEntries(told)).toEqual(tableFaultReasons);
});

it('the guide for trusts has every column, and no other', () => {
  const cells = [...section.matchAll(/^\| ((?:`[a-z_]+`(?:, )?)+) \|/gm)].flatMap(([, cell = '']) =>
    cell.replaceAll('`', '').split(', '),
  );
  expect([...cells].sort()).toEqual([...columnNames].sort());
});

it('the example in the guide for trusts has no fault but numbers that nobody has', () => {
  const example = /^```\n(nhs_number,[\s\S]*?)```$/m.exec(section)?.[1] ?? '';
  const checked = checkTable(Buffer.from(example), '2026-11-23');
  expect(checked.valid ? [] : checked.faults.map(({ code }) => code)).toEqual([]);
});
