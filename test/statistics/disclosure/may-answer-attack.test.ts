import { mayAddFacet } from '../../../statistics/disclosure/may-add-facet';
import {
  type LogEntry,
  mayAnswer,
  mayMakeCohort,
  type QueryLimits,
} from '../../../statistics/disclosure/may-answer';
import { setsToPublish } from '../../../statistics/disclosure/publish-sets';
import { confined, recovered, SearchTooLong } from './attack/attacker';
import {
  attack,
  expressibleCells,
  knownToMembers,
  type Meaning,
  type PublishedMeaning,
  publishedFromEight,
  type Rule,
  roundedFromEight,
} from './attack/campaign';
import { makeUniverse, seeded } from './attack/universe';

const limits: QueryLimits = { perProjectAndDay: 100, perProject: 100, perRelease: 100 };
const unused = { ofProjectToday: 0, ofProject: 0 };

interface Room {
  readonly setsToPublish: typeof setsToPublish;
  readonly mayAnswer: typeof mayAnswer;
  readonly mayAddFacet: typeof mayAddFacet;
  readonly mayMakeCohort: typeof mayMakeCohort;
}

const ruleOf = (room: Room): Rule => ({
  publish: room.setsToPublish,
  answer: (question, log) => room.mayAnswer(question, log, limits, unused),
  addFacet: (filter, facet, log) => room.mayAddFacet(filter, facet, log, limits, unused),
  makeCohort: room.mayMakeCohort,
});

const realRule = ruleOf({ setsToPublish, mayAnswer, mayAddFacet, mayMakeCohort });

/** Cells that were recovered in one sequence of questions: by everybody, by members of a project, by all members. */
function attacked(
  rule: Rule,
  seed: number,
  meaning: Meaning = roundedFromEight,
  publishedMeaning: PublishedMeaning = publishedFromEight,
) {
  const random = seeded(seed);
  const universe = makeUniverse(random);
  const campaign = attack(universe, rule, 10, random, meaning, publishedMeaning);
  const cells = expressibleCells(campaign, universe.people.length);
  const found = recovered(campaign.known, universe.people, cells);
  const together = campaign.cohorts.reduce((all, cohort) => all | cohort, 0);
  for (const cohort of new Set([...campaign.cohorts, together])) {
    if (cohort === 0) continue;
    const known = [...campaign.known, ...knownToMembers(universe, cohort)];
    const outside = new Set([...cells].map((cell) => cell & ~cohort));
    found.push(...recovered(known, universe.people, outside));
  }
  return { campaign, universe, cells, found };
}

describe('against an attacker who knows the rule', () => {
  it('keeps every cell of 1 to 7 unknown in 10,000 sequences of publication, questions, facets and cohorts', () => {
    const seen = { answered: 0, refused: 0, cohorts: 0 };
    const stronger = { cells: 0, confined: 0, undecided: 0 };
    for (let seed = 1; seed <= 10_000; seed += 1) {
      const { campaign, universe, cells, found } = attacked(realRule, seed);
      if (found.length > 0) throw new Error(`seed ${seed}: recovered ${found.join(', ')}`);
      seen.answered += campaign.answered;
      seen.refused += campaign.refused;
      seen.cohorts += campaign.cohorts.length;
      if (seed % 100 !== 0) continue;
      const result = confined(campaign.known, universe.people, cells);
      stronger.cells += result.cells;
      stronger.confined += result.confined;
      stronger.undecided += result.undecided;
    }
    expect(seen.answered).toBeGreaterThan(30_000);
    expect(seen.cohorts).toBeGreaterThan(500);
    expect(stronger.cells).toBeGreaterThan(100);
    expect(stronger.confined / stronger.cells).toBeLessThan(0.15);
  }, 600_000);
});

/** The room with something else in the place of one of its modules. */
function faulty(mock: () => void): Room {
  let room: Room | undefined;
  jest.isolateModules(() => {
    mock();
    const place = '../../../statistics/disclosure';
    room = {
      ...require(`${place}/publish-sets`),
      ...require(`${place}/may-answer`),
      ...require(`${place}/may-add-facet`),
    };
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
  const without = (kind: LogEntry['kind'], log: readonly LogEntry[]) =>
    log.filter((entry) => entry.kind !== kind);
  const blindTo = (kind: LogEntry['kind']): Rule => ({
    ...realRule,
    answer: (question, log) => realRule.answer(question, without(kind, log)),
    addFacet: (filter, facet, log) => realRule.addFacet(filter, facet, without(kind, log)),
    makeCohort: (types, log) => realRule.makeCohort(types, without(kind, log)),
  });

  it.each<[string, () => Rule, Meaning, PublishedMeaning?]>([
    ['that nobody looks at crowds', () => ruleOf(faulty(noCrowds)), roundedFromEight],
    [
      'that the log is ignored',
      () => ({ ...realRule, answer: (question) => mayAnswer(question, [], limits, unused) }),
      roundedFromEight,
    ],
    ['that the log does not know of what was published', () => blindTo('published'), roundedFromEight],
    [
      'that whatever there is is published',
      () => ({
        ...realRule,
        publish: (_, tables) => ({
          shown: tables.map(({ sets }) => sets.map(() => true)),
          told: tables.flatMap(({ sets }) => sets),
        }),
      }),
      roundedFromEight,
    ],
    [
      'that documents are finer than the log takes them to be',
      () => realRule,
      roundedFromEight,
      (count) => roundedFromEight(5 * Math.round(count / 5)),
    ],
    [
      'that nobody looks at crowds for a facet of a counted filter',
      () => ({ ...realRule, addFacet: ruleOf(faulty(noCrowds)).addFacet }),
      roundedFromEight,
    ],
    [
      'that every cohort of eight is made',
      () => ({
        ...realRule,
        makeCohort: (patients) =>
          patients.size < 8
            ? { kind: 'refusal', code: 'COHORT_TOO_SMALL' }
            : { kind: 'allowed', entry: { kind: 'cohort', patients } },
      }),
      roundedFromEight,
    ],
    ['that the log does not know of cohorts', () => blindTo('cohort'), roundedFromEight],
    [
      'that seven people are shown',
      () => ruleOf(faulty(sevenShown)),
      (value) => ({ least: Math.max(7, value - 2), most: value + 2 }),
    ],
    [
      'that totals are not rounded',
      () => ({
        ...realRule,
        answer: (question, log) => {
          const decision = realRule.answer(question, log);
          if (decision.kind !== 'answer' || decision.answer.people.kind === 'suppressed') return decision;
          const people = { kind: 'shown' as const, value: question.patients.size };
          return { ...decision, answer: { ...decision.answer, people } };
        },
      }),
      (value) => ({ least: value, most: value }),
    ],
  ])('%s', (...fault) => {
    const [, make, meaning, publishedMeaning] = fault;
    const rule = make();
    let found = 0;
    let seed = 1;
    for (; found === 0 && seed <= 10_000; seed += 1)
      try {
        found = attacked(rule, seed, meaning, publishedMeaning).found.length;
      } catch (error) {
        // of a faulty rule another sequence will do
        if (!(error instanceof SearchTooLong)) throw error;
      }
    expect(found).toBeGreaterThan(0);
  });
});
