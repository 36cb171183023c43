import { readCohortName } from '../../cli/cohort/cohort-name';
import { countsLine, leastRepresented } from '../../cli/cohort/cohort-text';
import { caretUnder, requireFilter } from '../../cli/cohort/filter-fault';
import { representationOf } from '../../lambda/cohorts/cohort-representation';
import { englandCensus2021 } from '../../statistics/references/england-census-2021';

it('a filter that cannot be read is refused with a caret under the fault and what was meant', () => {
  expect(() => requireFilter('modality = CR and age >= 18')).not.toThrow();
  expect(() => requireFilter('modality = CR and agee >= 18')).toThrow(
    expect.objectContaining({
      exitCode: 2,
      hints: expect.objectContaining({
        code: 'FILTER_UNKNOWN_FIELD',
        detail: expect.stringContaining(`modality = CR and agee >= 18\n${' '.repeat(18)}^`),
        fix: 'Did you mean age?',
      }),
    }),
  );
});

it('the caret stands under its sign in a long filter, too', () => {
  const filter = `${'a'.repeat(200)}!${'b'.repeat(200)}`;
  const [line = '', caret = ''] = caretUnder(filter, 201).split('\n');
  expect(line.charAt(caret.indexOf('^'))).toBe('!');
  expect(line.length).toBeLessThan(110);
});

it('versions are named by the cohort and a number', () => {
  const id = `k-${'0'.repeat(26)}`;
  expect(readCohortName(id)).toEqual({ id, version: null });
  expect(readCohortName(`${id}@v12`)).toEqual({ id, version: 12 });
  for (const wrong of ['', 'c-77', `${id}@`, `${id}@v0`, `${id}@2`, `${id}/../x`])
    expect(() => readCohortName(wrong)).toThrow('is not a cohort');
});

it('counts are in one line, and studies nowhere where people are suppressed', () => {
  const shown = (value: number) => ({ kind: 'shown', value }) as const;
  expect(countsLine({ studies: shown(12_480), patients: shown(9_915), release: '2026.4' })).toBe(
    '12,480 studies · 9,915 patients · release 2026.4',
  );
  const suppressed = { kind: 'suppressed' } as const;
  expect(countsLine({ studies: suppressed, patients: suppressed, release: '2026.4' })).toBe(
    'fewer than 8 patients · release 2026.4',
  );
});

it('the group of each attribute that is least represented is named with its interval', () => {
  const counts = { Asian: 710, Black: 300, Mixed: 190, White: 8560, Other: 240 };
  const groups = Object.entries(counts).map(([group, value]) => ({
    group,
    patients: { kind: 'shown', value } as const,
  }));
  const representation = representationOf(
    'a cohort',
    [{ kind: 'shown', name: 'ethnic_group', groups }],
    [englandCensus2021()],
    { lowestRatio: 0.8 },
  );
  expect(leastRepresented(representation).join()).toMatch(/Mixed.* 0\.64 \(0\.56 to 0\.74\)/);
  expect(representation.gate.kind).toBe('needs-reason');
});
