import { everybodyInACrowd } from '../../../statistics/disclosure/crowds';
import { type LogEntry, mayAnswer, mayMakeCohort } from '../../../statistics/disclosure/may-answer';
import { PatientSet } from '../../../statistics/disclosure/patient-set';
import { Places } from '../../../statistics/disclosure/places';

const release = 1000;
const limits = { perProjectAndDay: 10, perProject: 20, perRelease: 30 };
const unused = { ofProjectToday: 0, ofProject: 0 };
const numbers = (from: number, to: number) =>
  PatientSet.of(
    release,
    Array.from({ length: to - from + 1 }, (_, at) => from + at),
  );

/** Asks one after another of one log; filters are named by their place. */
function ask(log: LogEntry[], patients: PatientSet, filter = `${log.length}`) {
  const decision = mayAnswer({ filter, patients }, log, limits, unused);
  if ('entry' in decision && decision.entry !== null) log.push(decision.entry);
  return decision;
}

const shown = (value: number) => ({ kind: 'answer', answer: { people: { kind: 'shown', value } } });
const tooSimilar = { kind: 'refusal', code: 'COUNT_TOO_SIMILAR' };

describe('a question', () => {
  it('of one who narrows a filter step by step is answered', () => {
    const log: LogEntry[] = [];
    expect(ask(log, PatientSet.everybody(release), '')).toMatchObject(shown(1000));
    expect(ask(log, numbers(1, 612))).toMatchObject(shown(610));
    expect(ask(log, numbers(1, 400))).toMatchObject(shown(400));
    expect(ask(log, numbers(1, 390))).toMatchObject(shown(390));
    expect(ask(log, numbers(1, 30))).toMatchObject(shown(30));
    expect(ask(log, numbers(1, 5))).toMatchObject({ answer: { people: { kind: 'suppressed' } } });
    expect(ask(log, numbers(1, 0))).toMatchObject({ answer: { people: { kind: 'suppressed' } } });
  });

  it('says of the studies of people who have four each four times what it says of the people', () => {
    const answered = mayAnswer({ filter: 'a', patients: numbers(1, 24), studies: 96 }, [], limits, unused);
    expect(answered).toMatchObject({
      answer: { people: { kind: 'shown', value: 25 }, studies: { kind: 'shown', value: 100 } },
    });
    const few = mayAnswer({ filter: 'a', patients: numbers(1, 7), studies: 96 }, [], limits, unused);
    expect(few).toMatchObject({
      answer: { people: { kind: 'suppressed' }, studies: { kind: 'suppressed' } },
    });
  });

  it.each([
    ['seven fewer', numbers(1, 493)],
    ['seven more', numbers(1, 507)],
    ['three others in place of three', numbers(4, 503)],
    ['the same under another filter', numbers(1, 500)],
    ['all but those', numbers(501, 1000)],
    ['all but those and four', numbers(505, 1000)],
    ['nearly the whole release', numbers(1, 995)],
  ])('for %s is refused', (_, patients) => {
    const log: LogEntry[] = [];
    ask(log, numbers(1, 500));
    expect(ask(log, patients)).toMatchObject(tooSimilar);
  });

  it('for eight fewer is answered', () => {
    const log: LogEntry[] = [];
    ask(log, numbers(1, 500));
    expect(ask(log, numbers(1, 492))).toMatchObject(shown(490));
  });

  it('is refused again where it was refused', () => {
    const log: LogEntry[] = [];
    ask(log, numbers(1, 500));
    ask(log, numbers(1, 495), 'once');
    expect(ask(log, numbers(1, 495), 'once')).toEqual({ ...tooSimilar, entry: null });
    expect(log).toHaveLength(2);
  });

  it('is decided after what the release has published', () => {
    const published = (...sets: PatientSet[]): LogEntry[] => [{ kind: 'published', sets }];
    // three groups of 12 people at most and one of seven at most, of 43 at least: all would be known
    expect(ask(published(), numbers(1, 43))).toMatchObject(shown(45));
    const groups = [numbers(1, 12), numbers(13, 24), numbers(25, 36), numbers(37, 43)];
    expect(ask(published(...groups), numbers(1, 43))).toMatchObject(tooSimilar);
    expect(ask(published(numbers(1, 97)), numbers(1, 97))).toMatchObject(shown(95));
  });

  it.each([
    ['DAILY_QUESTIONS_USED', { ofProjectToday: 10, ofProject: 10 }],
    ['PROJECT_QUESTIONS_USED', { ofProjectToday: 0, ofProject: 20 }],
  ] as const)('ends with %s', (code, use) => {
    const question = { filter: 'x', patients: numbers(1, 300) };
    expect(mayAnswer(question, [], limits, use)).toEqual({ kind: 'refusal', code, entry: null });
  });
});

describe('a cohort', () => {
  it('of eight is the smallest', () => {
    expect(mayMakeCohort(numbers(1, 7), [])).toMatchObject({ code: 'COHORT_TOO_SMALL' });
    expect(mayMakeCohort(numbers(1, 8), [])).toMatchObject({ kind: 'allowed' });
  });

  it('may be what was counted, and not what leaves 1 to 7 of it', () => {
    const log: LogEntry[] = [];
    ask(log, numbers(1, 100));
    expect(mayMakeCohort(numbers(1, 100), log)).toMatchObject({ kind: 'allowed' });
    expect(mayMakeCohort(numbers(1, 95), log)).toMatchObject({ code: 'COHORT_TOO_SIMILAR' });
    expect(mayMakeCohort(numbers(1, 92), log)).toMatchObject({ kind: 'allowed' });
  });

  it('may not leave fewer than eight of the release outside', () => {
    expect(mayMakeCohort(numbers(1, 994), [])).toMatchObject({ code: 'COHORT_TOO_SIMILAR' });
  });
});

it('a crowd is of eight', () => {
  const told = (size: number) => {
    const outside = Array.from({ length: 40 - size }, (_, at) => at + 1);
    return Places.untold(40).withCohort(PatientSet.of(40, outside));
  };
  expect(everybodyInACrowd(told(8))).toBe(true);
  expect(everybodyInACrowd(told(7))).toBe(false);
});
