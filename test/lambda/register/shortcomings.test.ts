import { applicationDraft } from '../../../lambda/register/application-content.contract';
import { findShortcomings } from '../../../lambda/register/shortcomings';
import { breast, chest, content, ownEnvironment } from './register-fixture';

const find = (draft: unknown, demands: object = {}) =>
  findShortcomings(applicationDraft.parse(draft), {
    collections: [chest, breast],
    uidRoot: '1.3.6.1.4.1.32473.7',
    kind: 'new',
    approved: null,
    now: new Date('2026-11-02T09:00:00Z'),
    ...demands,
  });
const paths = (draft: unknown, demands?: object) => find(draft, demands).map(({ path }) => path);
const messageOf = (draft: unknown, path: string) => find(draft).find((each) => each.path === path)?.message;

test('a complete application misses nothing', () => {
  expect(find(content)).toEqual([]);
});

test('an empty one is told every question at once, each once, in plain words', () => {
  const found = find({});
  expect(new Set(found.map(({ path }) => path)).size).toBe(found.length);
  expect(found.length).toBeGreaterThan(30);
  expect(found.map(({ message }) => message).join()).not.toMatch(/invalid|expected|received|undefined/i);
  expect(messageOf({}, 'dataUse.requestFrequency')).toBe('not answered yet; one of: one-off, recurring');
  expect(messageOf({ title: 'X' }, 'title')).toBe('at least 3 characters');
});

describe('what is answered is held against the rest', () => {
  const { fiveSafes, dataUse } = content;
  const people = { ...fiveSafes.people, noReidentification: false };
  const prefix = '1.3.6.1.4.1.32473.7.7.1.';
  test.each<[string, object, string[]]>([
    [
      'no promise not to identify',
      { fiveSafes: { ...fiveSafes, people } },
      ['fiveSafes.people.noReidentification'],
    ],
    ['no declaration of interests', { conflictsOfInterest: undefined }, ['conflictsOfInterest']],
    [
      'a declared conflict without a reason',
      { conflictsOfInterest: { declared: 'some', conflicts: [{ kind: 'person', subject: 'reviewer-1' }] } },
      ['conflictsOfInterest.conflicts.0.reason'],
    ],
    [
      'linkage that is not described',
      { dataUse: { ...dataUse, datasetLinkage: true } },
      ['dataUse.datasetLinkageDescription'],
    ],
    ['an own environment without direct access', { fiveSafes: ownEnvironment }, ['accessMode']],
    [
      'direct access from the Data Access Environment',
      { collection: 'breast-screening', accessMode: 'direct' },
      ['accessMode'],
    ],
    ['a first day after the last', { requestedStartsOn: '2027-11-01' }, ['requestedStartsOn']],
    [
      'a country in words',
      { fiveSafes: { ...fiveSafes, settings: { ...fiveSafes.settings, countries: ['gb'] } } },
      ['fiveSafes.settings.countries.0'],
    ],
    ['no study', { scope: { kind: 'studies', studies: [] } }, ['scope.studies']],
    [
      'a study twice',
      { scope: { kind: 'studies', studies: [`${prefix}1`, `${prefix}1`] } },
      ['scope.studies'],
    ],
    [
      'a study of the held-out split',
      { scope: { kind: 'studies', studies: [`${prefix}1`, '1.3.6.1.4.1.32473.7.7.2.9'] } },
      ['scope.studies'],
    ],
    [
      'a study of another collection',
      { scope: { kind: 'studies', studies: ['1.3.6.1.4.1.32473.7.8.1.9'] } },
      ['scope.studies'],
    ],
  ])('%s', (_case, change, expected) => {
    expect(paths({ ...content, ...change })).toEqual(expected);
  });

  test('2,000 studies of the collection’s development split may be listed, and no more', () => {
    const studies = Array.from({ length: 2_000 }, (_, index) => `${prefix}${index + 1}`);
    expect(find({ ...content, scope: { kind: 'studies', studies } })).toEqual([]);
    const oneMore = { ...content, scope: { kind: 'studies', studies: [...studies, `${prefix}9999`] } };
    expect(applicationDraft.safeParse(oneMore).success).toBe(false);
  });
});

describe('a renewal', () => {
  const renewal = { kind: 'renewal', approved: content };
  const later = {
    ...content,
    requestedEndsOn: '2028-03-01',
    changeReason: 'The readers were fewer than planned.',
  };

  test('changes the last day and says why', () => {
    expect(paths(later, renewal)).toEqual([]);
    expect(paths({ ...later, changeReason: undefined }, renewal)).toEqual(['changeReason']);
  });

  test.each([
    ['title', { title: 'Something else' }],
    ['members', { members: ['member-1'] }],
    ['scope', { scope: { kind: 'studies', studies: ['1.3.6.1.4.1.32473.7.7.1.1'] } }],
    ['aiUse', { aiUse: true }],
    ['requestedStartsOn', { requestedStartsOn: '2027-01-01' }],
  ])('changes nothing else: %s', (path, change) => {
    expect(paths({ ...later, ...change }, renewal)).toEqual([path]);
  });
});

test('an amendment stays in its collection', () => {
  const amendment = { ...content, collection: 'breast-screening', changeReason: 'We need mammograms too.' };
  expect(paths(amendment, { kind: 'amendment', approved: content })).toEqual(['collection']);
});
