import fc from 'fast-check';
import { peopleShown } from '../../../lambda/releases/people-shown';
import { personGroups } from '../../../lambda/releases/person-groups';
import { ReleaseSets } from '../../../lambda/releases/release-sets';
import { everybodyInACrowd } from '../../../statistics/disclosure/crowds';
import { placesAfter } from '../../../statistics/disclosure/may-answer';
import { publishCount } from '../../../statistics/disclosure/published-count';

interface Person {
  readonly split: 'development' | 'held-out';
  readonly values: Readonly<Record<string, string | null>>;
}

/** Everybody by number, with the values of each attribute; the rest is not known of them. */
function setsOf(people: readonly Person[]): ReleaseSets {
  const attributes = Object.keys({ ...personGroups, collection: [], modality: [] });
  return new ReleaseSets(
    people.length,
    people.flatMap(({ split, values }, at) => {
      const row = { split, first: at + 1, bits: 1 };
      return [
        { ...row, attribute: null, value: null },
        ...attributes.map((attribute) => ({ ...row, attribute, value: values[attribute] ?? null })),
      ];
    }),
  );
}

const some = (people: number, values: Person['values'], split: Person['split'] = 'development'): Person[] =>
  Array.from({ length: people }, () => ({ split, values }));

it('shows counts, and suppresses the least shown group beside one that is suppressed alone', () => {
  const shown = peopleShown(
    setsOf([
      ...some(40, { sex: '1', collection: 'chest' }),
      ...some(30, { sex: '2', collection: 'chest' }),
      ...some(10, { sex: '9', collection: 'chest' }),
      ...some(20, {}, 'held-out'),
    ]),
    true,
  );
  expect(shown.whole).toEqual({ kind: 'shown', value: 80 });
  expect(shown.of('collection', 'chest')).toEqual({ kind: 'shown', value: 80 });
  expect(shown.of('sex', '1')).toEqual({ kind: 'shown', value: 40 });
  // nobody is missing: alone suppressed, so the ten go with them
  expect(shown.of('sex', '9')).toEqual({ kind: 'suppressed' });
  expect(shown.of('sex', null)).toEqual({ kind: 'suppressed' });
});

it('shows nothing of a table whose total would tell that a suppressed group is not empty', () => {
  const { of } = peopleShown(
    setsOf([...some(73, { modality: 'CT' }), ...some(7, { modality: 'CR' })]),
    false,
  );
  expect(of('modality', 'CT')).toEqual({ kind: 'suppressed' });
});

it('knows every group', () => {
  expect(() => peopleShown(setsOf(some(20, { sex: '7' })), false)).toThrow('unknown group of sex');
});

it('leaves everybody in a crowd, and shows no count that is not among what it tells', () => {
  const person = fc.record({
    split: fc.constantFrom('development' as const, 'development' as const, 'held-out' as const),
    values: fc.record({
      sex: fc.constantFrom('1', '2', null),
      age_band: fc.constantFrom('20-29', '30-39', '40-49', null),
      region: fc.constantFrom('E12000007', 'E12000008'),
      collection: fc.constantFrom('chest', 'breast-screening'),
      modality: fc.constantFrom('CT', 'CT', 'CR', 'MR'),
    }),
  });
  const seen = { shown: 0, withheld: 0, balanced: 0, ofCollections: 0 };
  fc.assert(
    fc.property(fc.array(person, { minLength: 20, maxLength: 90 }), (people) => {
      const sets = setsOf(people);
      const { of, inCollection, told, balanced } = peopleShown(sets, true);
      const places = placesAfter(people.length, [{ kind: 'published', sets: told }]);
      expect(everybodyInACrowd(places)).toBe(true);
      const isTold = (set: (typeof told)[number]) => told.some((each) => each.distanceTo(set) === 0);
      for (const attribute of ['sex', 'age_band', 'region', 'collection', 'modality']) {
        for (const value of sets.values(attribute)) {
          const set = sets.of('development', attribute, value);
          const count = of(attribute, value);
          if (count.kind === 'suppressed') continue;
          seen.shown += 1;
          expect(count).toEqual(publishCount(set.size));
          expect(isTold(set)).toBe(true);
        }
        seen.withheld += balanced(attribute) ? 0 : 1;
        if (!balanced(attribute)) continue;
        // whether a stratum of the balance is shown goes by both of its sides
        for (const value of sets.values(attribute))
          for (const split of ['development', 'held-out'] as const) {
            seen.balanced += 1;
            expect(isTold(sets.of(split, attribute, value))).toBe(true);
          }
      }
      for (const collection of ['chest', 'breast-screening'])
        for (const sex of [...personGroups.sex, null]) {
          const set = sets
            .of('development', 'collection', collection)
            .intersection(sets.of('development', 'sex', sex));
          const count = inCollection(collection, 'sex', sex);
          if (count.kind === 'suppressed') continue;
          seen.ofCollections += 1;
          expect(of('collection', collection).kind).toBe('shown');
          expect(count).toEqual(publishCount(set.size));
          expect(isTold(set)).toBe(true);
        }
    }),
    { seed: 49, numRuns: 150 },
  );
  expect(seen.shown).toBeGreaterThan(300);
  expect(seen.withheld).toBeGreaterThan(20);
  expect(seen.balanced).toBeGreaterThan(100);
  expect(seen.ofCollections).toBeGreaterThan(5);
});

it('tells by the region of the trust how many people an attribute is not known of, where the region is shown', () => {
  const [north, south] = ['E12000001', 'E12000009'];
  const { notKnownIn, told } = peopleShown(
    setsOf([
      ...some(200, { sex: '1', trust_region: north }),
      ...some(100, { trust_region: north }),
      ...some(300, { sex: '2', trust_region: south }),
      ...some(3, { trust_region: 'E12000004' }),
    ]),
    false,
  );
  expect(notKnownIn(north, 'sex')).toEqual({ kind: 'shown', value: 100 });
  expect(notKnownIn(south, 'sex')).toEqual({ kind: 'suppressed' });
  expect(notKnownIn('E12000004', 'sex')).toEqual({ kind: 'suppressed' });
  expect(told.map(({ size }) => size)).toContain(100);
});

it('shows people of a collection by groups, ethnic categories put together to five, and none of a single collection', () => {
  const people = (collection: string) => [
    ...some(90, { sex: '1', collection, ethnic_category: 'M' }),
    ...some(60, { sex: '1', collection, ethnic_category: 'N' }),
    ...some(150, { sex: '2', collection, ethnic_category: 'A' }),
  ];
  const { inCollection } = peopleShown(setsOf([...people('chest'), ...people('breast-screening')]), false);
  expect(inCollection('chest', 'ethnic_group', 'Black')).toEqual({ kind: 'shown', value: 160 });
  expect(inCollection('chest', 'ethnic_group', 'Mixed')).toEqual({ kind: 'suppressed' });
  expect(inCollection('chest', 'sex', '2')).toEqual({ kind: 'shown', value: 160 });
  // nobody in the other collection, or a few: what is shown is the same
  for (const few of [0, 3])
    expect(
      peopleShown(
        setsOf([...people('chest'), ...some(few, { sex: '2', collection: 'breast-screening' })]),
        false,
      ).inCollection('chest', 'sex', '2'),
    ).toEqual({ kind: 'suppressed' });
  const alone = peopleShown(setsOf(people('chest')), false);
  expect(alone.inCollection('chest', 'sex', '2')).toEqual({ kind: 'suppressed' });
  expect(alone.of('sex', '2')).toEqual({ kind: 'shown', value: 160 });
});
