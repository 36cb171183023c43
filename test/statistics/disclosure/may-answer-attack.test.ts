import { mayAnswer, type QueryLimits } from '../../../statistics/disclosure/may-answer';
import { confined, recovered } from './attack/attacker';
import { attack, expressibleCells, type Meaning, type Rule, roundedFromEight } from './attack/campaign';
import { makeUniverse, seeded } from './attack/universe';

const limits: QueryLimits = { perProjectAndDay: 100, perProject: 100, perRelease: 100 };
const unused = { ofProjectToday: 0, ofProject: 0 };

type Room = typeof import('../../../statistics/disclosure/may-answer');

const ruleOf =
  (room: Room): Rule =>
  (question, log) =>
    room.mayAnswer(question, log, limits, unused);

/** Cells that were recovered in one sequence of questions. */
function attacked(rule: Rule, seed: number, meaning: Meaning = roundedFromEight) {
  const random = seeded(seed);
  const universe = makeUniverse(random);
  const campaign = attack(universe, rule, 9, random, meaning);
  const cells = expressibleCells(campaign, universe.people.length);
  return { campaign, universe, cells, found: recovered(campaign.known, universe.people, cells) };
}

describe('against an attacker who knows the rule', () => {
  it('keeps every cell of 1 to 7 unknown in 10,000 sequences of questions', () => {
    const seen = { answered: 0, refused: 0 };
    const stronger = { cells: 0, confined: 0, undecided: 0 };
    for (let seed = 1; seed <= 10_000; seed += 1) {
      const { campaign, universe, cells, found } = attacked(ruleOf({ mayAnswer } as Room), seed);
      if (found.length > 0) throw new Error(`seed ${seed}: recovered ${found.join(', ')}`);
      seen.answered += campaign.answered;
      seen.refused += campaign.refused;
      if (seed % 100 !== 0) continue;
      const result = confined(campaign.known, universe.people, cells);
      stronger.cells += result.cells;
      stronger.confined += result.confined;
      stronger.undecided += result.undecided;
    }
    expect(seen.answered).toBeGreaterThan(30_000);
    expect(stronger.cells).toBeGreaterThan(100);
    expect(stronger.confined / stronger.cells).toBeLessThan(0.15);
  }, 600_000);
});

/** The room with something else in the place of one of its modules. */
function faulty(mock: () => void): Room {
  let room: Room | undefined;
  jest.isolateModules(() => {
    mock();
    room = require('../../../statistics/disclosure/may-answer') as Room;
  });
  jest.dontMock('../../../statistics/disclosure/crowds');
  jest.dontMock('../../../statistics/disclosure/shown-count.contract');
  if (room === undefined) throw new Error('no room');
  return room;
}

describe('the attack finds out', () => {
  const noCrowds = () =>
    jest.doMock('../../../statistics/disclosure/crowds', () => ({ everybodyInACrowd: () => true }));
  const sevenShown = () =>
    jest.doMock('../../../statistics/disclosure/shown-count.contract', () => ({
      ...jest.requireActual('../../../statistics/disclosure/shown-count.contract'),
      leastShown: 7,
    }));
  it.each<[string, () => Rule, Meaning]>([
    ['that nobody looks at crowds', () => ruleOf(faulty(noCrowds)), roundedFromEight],
    [
      'that the log is ignored',
      () => (question) => mayAnswer(question, [], limits, unused),
      roundedFromEight,
    ],
    [
      'that seven people are shown',
      () => ruleOf(faulty(sevenShown)),
      (value) => ({ least: Math.max(7, value - 2), most: value + 2 }),
    ],
    [
      'that totals are not rounded',
      () => (asked, log) => {
        const question = { ...asked, facets: [] };
        const decision = ruleOf({ mayAnswer } as Room)(question, log);
        if (decision.kind !== 'answer' || decision.answer.people.kind === 'suppressed') return decision;
        const people = { kind: 'shown' as const, value: question.patients.size };
        return { ...decision, answer: { ...decision.answer, people } };
      },
      (value) => ({ least: value, most: value }),
    ],
  ])('%s', (_, make, meaning) => {
    const rule = make();
    let found = 0;
    let seed = 1;
    for (; found === 0 && seed <= 10_000; seed += 1) found = attacked(rule, seed, meaning).found.length;
    expect(found).toBeGreaterThan(0);
  });
});
