import fc from 'fast-check';
import { everybodyInACrowd } from '../../../statistics/disclosure/crowds';
import type { Facet } from '../../../statistics/disclosure/facet';
import { facetQuestion, mayAddFacet } from '../../../statistics/disclosure/may-add-facet';
import { type LogEntry, mayAnswer, placesAfter } from '../../../statistics/disclosure/may-answer';
import { PatientSet } from '../../../statistics/disclosure/patient-set';

const release = 120;
const limits = { perProjectAndDay: 1000, perProject: 1000, perRelease: 1000 };
const use = { ofProjectToday: 0, ofProject: 0 };

const facet = (name: string, groups: number, groupOf: (patient: number) => number): Facet => ({
  name,
  groups: Array.from({ length: groups }, (_, at) => String(at)),
  groupOf: Uint16Array.from({ length: release }, (_, at) => groupOf(at) % groups),
});

function answered(filter: string, numbers: readonly number[], log: readonly LogEntry[] = []): LogEntry[] {
  const question = { filter, patients: PatientSet.of(release, numbers), facets: [] };
  const decision = mayAnswer(question, log, limits, use);
  return 'entry' in decision && decision.entry !== null ? [...log, decision.entry] : [...log];
}

const upTo = (most: number) => Array.from({ length: most }, (_, at) => at + 1);
const halves = facet('halves', 2, (at) => at);

describe('a facet of a filter that was counted before', () => {
  it('is shown of the set that was counted, and from the log ever after', () => {
    const log = answered('a', upTo(60));
    const first = mayAddFacet('a', halves, log, limits, use);
    if (first.kind !== 'answer' || first.from !== 'question') throw new Error('it was not answered');
    expect(first.answer.facets).toEqual({
      halves: [
        { kind: 'shown', value: 30 },
        { kind: 'shown', value: 30 },
      ],
    });
    const again = mayAddFacet('a', halves, [...log, first.entry], { ...limits, perRelease: 1 }, use);
    expect(again).toEqual({ kind: 'answer', from: 'log', answer: first.answer });
  });

  it('stays refused', () => {
    const log: LogEntry[] = [
      ...answered('a', upTo(60)),
      { kind: 'refused', filter: facetQuestion('a', 'halves'), apart: null },
    ];
    expect(mayAddFacet('a', halves, log, limits, use)).toEqual({
      kind: 'refusal',
      code: 'COUNT_TOO_SIMILAR',
      entry: null,
    });
  });

  it('is no way around the count of the filter, nor around the limits', () => {
    expect(() => mayAddFacet('a', halves, [], limits, use)).toThrow('not answered');
    const log = answered('a', upTo(60));
    expect(mayAddFacet('a', halves, log, { ...limits, perRelease: 1 }, use)).toMatchObject({
      code: 'RELEASE_QUESTIONS_USED',
      entry: null,
    });
  });

  it('leaves everybody in a crowd, whatever was asked in whatever order, and no shown group below eight', () => {
    const step = fc.record({
      from: fc.integer({ min: 1, max: 60 }),
      people: fc.integer({ min: 0, max: 60 }),
      facets: fc.array(
        fc.record({ groups: fc.integer({ min: 2, max: 4 }), factor: fc.integer({ min: 1, max: 29 }) }),
        { maxLength: 2 },
      ),
    });
    let shown = 0;
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 5 }), (steps) => {
        let log: LogEntry[] = [];
        for (const { from, people, facets } of steps) {
          const filter = `${from}+${people}`;
          log = answered(
            filter,
            upTo(people).map((number) => number + from - 1),
            log,
          );
          if (!log.some((entry) => entry.kind === 'answered' && entry.question.filter === filter)) continue;
          for (const { groups, factor } of facets) {
            const each = facet(`${groups}/${factor}`, groups, (at) => Math.floor((at * factor) / 7));
            const decision = mayAddFacet(filter, each, log, limits, use);
            if ('entry' in decision && decision.entry !== null) log = [...log, decision.entry];
            if (decision.kind !== 'answer') continue;
            for (const count of Object.values(decision.answer.facets).flat())
              if (count.kind === 'shown') {
                shown += 1;
                expect(count.value).toBeGreaterThanOrEqual(8);
              }
          }
          expect(everybodyInACrowd(placesAfter(release, log))).toBe(true);
        }
      }),
      { seed: 44, numRuns: 300 },
    );
    expect(shown).toBeGreaterThan(50);
  });
});
