import { askFacet, askQuestion, enterCohort } from '../../../lambda/cohorts/ask-question';
import { type Asker, RegisterQueryLog } from '../../../lambda/cohorts/query-log';
import { writeToldSets } from '../../../lambda/releases/told-sets';
import type { Facet } from '../../../statistics/disclosure/facet';
import { type LogEntry, mayAnswer, type Question } from '../../../statistics/disclosure/may-answer';
import { PatientSet } from '../../../statistics/disclosure/patient-set';
import { type EmbeddedTable, startEmbeddedTable } from '../fixtures/embedded-table';
import { MemoryObjectStore } from '../fixtures/memory-object-store';

const patients = 400;
const limits = { perProjectAndDay: 100, perProject: 200, perRelease: 300 };
const asker = (letter: string, at = '2026-11-23T12:00:00.000Z'): Asker => ({
  project: `p-${letter.repeat(26)}`,
  person: `r-${letter.repeat(26)}`,
  at: new Date(at),
});
const sex: Facet = {
  name: 'sex',
  groups: ['1', '2'],
  groupOf: Uint16Array.from({ length: patients }, (_, at) => at % 2),
};

function upTo(most: number): Question {
  const numbers = Array.from({ length: most }, (_, at) => at + 1);
  return { filter: `number <= ${most}`, patients: PatientSet.of(patients, numbers) };
}

describe('the log of questions', () => {
  let register: EmbeddedTable;
  let objects: MemoryObjectStore;
  let queryLog: RegisterQueryLog;

  beforeEach(async () => {
    register = await startEmbeddedTable();
    objects = new MemoryObjectStore();
    for (const release of ['r1', 'r2'])
      await writeToldSets(objects, 'catalogue', release, { patients, sets: [] });
    queryLog = new RegisterQueryLog(register.table, objects, 'catalogue');
  });
  afterEach(() => register.stop());

  const ofAnotherProcess = () => new RegisterQueryLog(register.table, objects, 'catalogue');

  it('gives back what was put in', async () => {
    const question = upTo(101);
    await askQuestion(queryLog, 'r1', question, asker('a'), limits);
    const decision = await askFacet(queryLog, 'r1', question.filter, sex, asker('a'), limits);
    const [, logged] = await ofAnotherProcess().read('r1', patients);
    expect(decision).toMatchObject({ kind: 'answer', from: 'question' });
    expect(logged).toEqual({
      project: asker('a').project,
      at: asker('a').at,
      entry: {
        kind: 'answered',
        question: { filter: `${question.filter} by sex`, patients: question.patients, facets: [sex] },
        answer: 'answer' in decision && decision.answer,
      },
    });
    expect(await queryLog.read('r2', patients)).toEqual([]);
  });

  it('knows what other processes add, and reads what never changes once', async () => {
    const other = ofAnotherProcess();
    const read = jest.spyOn(objects, 'readStream');
    for (let most = 100; most <= 240; most += 20) {
      const [one, another] = most % 40 === 0 ? [other, queryLog] : [queryLog, other];
      const question = upTo(most);
      const { kind } = await askQuestion(one, 'r1', question, asker('a'), limits);
      if (kind === 'answer') await askFacet(another, 'r1', question.filter, sex, asker('a'), limits);
      await enterCohort(one, 'r1', question.patients, asker('a'));
    }
    const places = read.mock.calls.map(([{ key }]) => key);
    // each by the process that did not write it
    expect(places.length).toBeGreaterThan(8);
    expect(places).toHaveLength(new Set(places).size);
    const [mine, theirs, afresh] = await Promise.all(
      [queryLog, other, ofAnotherProcess()].map((each) => each.read('r1', patients)),
    );
    expect(mine?.length).toBeGreaterThan(8);
    expect(mine).toEqual(afresh);
    expect(theirs).toEqual(afresh);
  });

  it('holds no true count', async () => {
    await askQuestion(queryLog, 'r1', upTo(103), asker('a'), limits);
    await askFacet(queryLog, 'r1', upTo(103).filter, sex, asker('a'), limits);
    await askQuestion(queryLog, 'r1', upTo(101), asker('a'), limits);
    const items = (await register.items()).join('\n').replaceAll(/"filter":\{[^}]*\}/g, '');
    expect(items).not.toMatch(/"(101|102|103|51|52)"/);
    expect(items).toMatch(/"105"/);
  });

  it('answers the same filter from the log, without cost', async () => {
    const first = await askQuestion(queryLog, 'r1', upTo(101), asker('a'), limits);
    const second = await askQuestion(queryLog, 'r1', upTo(101), asker('b'), { ...limits, perProject: 0 });
    expect(first).toMatchObject({ answer: { people: { kind: 'shown', value: 100 } } });
    expect(second).toEqual({
      kind: 'answer',
      from: 'log',
      answer: { people: { kind: 'shown', value: 100 }, facets: {} },
    });
    expect(await queryLog.read('r1', patients)).toHaveLength(1);
  });

  it('counts new questions by project and day', async () => {
    const two = { ...limits, perProjectAndDay: 2 };
    const ask = (most: number, who: Asker) => askQuestion(queryLog, 'r1', upTo(most), who, two);
    await ask(100, asker('a'));
    await ask(102, asker('a'));
    expect(await ask(200, asker('a'))).toMatchObject({ code: 'DAILY_QUESTIONS_USED' });
    expect(await ask(200, asker('b'))).toMatchObject({ kind: 'answer' });
    expect(await ask(300, asker('a', '2026-11-24T12:00:00.000Z'))).toMatchObject({ kind: 'answer' });
  });

  it('decides 50 questions at once as if they had come one after another', async () => {
    const questions = Array.from({ length: 50 }, (_, at) => upTo(20 + 5 * at));
    const decisions = await Promise.all(
      questions.map((question) => askQuestion(queryLog, 'r1', question, asker('a'), limits)),
    );
    const log = await queryLog.read('r1', patients);
    expect(log).toHaveLength(50);
    const before: LogEntry[] = [];
    for (const { entry } of log) {
      if (entry.kind !== 'answered' && entry.kind !== 'refused') throw new Error('only questions were asked');
      const filter = entry.kind === 'answered' ? entry.question.filter : entry.filter;
      const at = questions.findIndex((question) => question.filter === filter);
      const question = questions[at];
      if (question === undefined) throw new Error('nobody asked this');
      const serial = mayAnswer(question, before, limits, { ofProjectToday: 0, ofProject: 0 });
      expect(decisions[at]).toEqual(serial);
      before.push(entry);
    }
    expect(new Set(decisions.map(({ kind }) => kind))).toEqual(new Set(['answer', 'refusal']));
  });

  it('takes a decision that was made on an older log for none', async () => {
    const entry: LogEntry = { kind: 'refused', filter: 'modality = CR', apart: null };
    expect(await queryLog.append('r1', 0, entry, asker('a'))).toBe(true);
    expect(await queryLog.append('r1', 0, entry, asker('b'))).toBe(false);
    expect(await queryLog.append('r1', 1, entry, asker('b'))).toBe(true);
  });

  it('decides after what the release has published, and not at all where that is not known', async () => {
    const between = (first: number, last: number) =>
      PatientSet.of(
        patients,
        Array.from({ length: last - first + 1 }, (_, at) => first + at),
      );
    const sets = [between(1, 12), between(13, 24), between(25, 36), between(37, 43)];
    await writeToldSets(objects, 'catalogue', 'r3', { patients, sets });
    const ask = (release: string) => askQuestion(queryLog, release, upTo(43), asker('a'), limits);
    expect((await ask('r1')).kind).toBe('answer');
    expect((await ask('r3')).kind).toBe('refusal');
    await expect(ask('unknown')).rejects.toThrow('not known what release');
  });

  it('knows of cohorts', async () => {
    const cohort = upTo(100).patients;
    expect(await enterCohort(queryLog, 'r1', cohort, asker('a'))).toMatchObject({ kind: 'allowed' });
    expect(await enterCohort(queryLog, 'r1', cohort, asker('b'))).toEqual({ kind: 'allowed', entry: null });
    expect(await enterCohort(queryLog, 'r1', upTo(7).patients, asker('b'))).toEqual({
      kind: 'refusal',
      code: 'COHORT_TOO_SMALL',
    });
    expect(await queryLog.read('r1', patients)).toHaveLength(1);
    const decision = await askQuestion(queryLog, 'r1', upTo(105), asker('a'), limits);
    expect(decision).toMatchObject({ kind: 'refusal', code: 'COUNT_TOO_SIMILAR' });
  });
});
