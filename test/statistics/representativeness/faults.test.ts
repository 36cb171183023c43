import fc from 'fast-check';
import { attributes } from '../../../statistics/references/attributes';
import { englandCensus2021 } from '../../../statistics/references/england-census-2021';
import { faultReasons } from '../../../statistics/representativeness/faults';
import { faultsBetween } from '../../../statistics/representativeness/faults-between';
import { fileByteLimit, readCounts, readReference } from '../../../statistics/representativeness/read-file';
import { repeatedNames } from '../../../statistics/representativeness/repeated-names';
import { readDocument } from '../../docs/documents';
import { goldenCounts, peopleOf, populationOf } from './population';

const england = englandCensus2021();

/** Code, place and what is expected, of each fault. */
const said = (faults: readonly { code: string; place: readonly string[]; expected: string | null }[]) =>
  faults.map(({ code, place, expected }) => [code, place.join('/'), expected]);

function faultsOfCounts(content: unknown) {
  const read = readCounts(typeof content === 'string' ? content : JSON.stringify(content));
  return read.valid ? [] : said(read.faults);
}

const withSex = (groups: unknown) => ({ name: 'a release', attributes: { sex: groups } });

describe('a file of counts', () => {
  it('may hold numbers, cells, and people with images', () => {
    const read = readCounts(
      '\uFEFF' +
        JSON.stringify(
          withSex({
            '1': 5,
            '2': { people: 8, images: { suppressed: true } },
            '0': { suppressed: true, atMost: 7 },
          }),
        ),
    );
    expect(read).toHaveProperty('value.attributes.sex', {
      '1': { people: { shown: 5 }, images: null },
      '2': { people: { shown: 8 }, images: { suppressed: true } },
      '0': { people: { suppressed: true, atMost: 7 }, images: null },
    });
  });

  it.each([
    ['not JSON', '{"name": NaN}', ['FILE_NOT_JSON', '', null]],
    ['too large', ' '.repeat(fileByteLimit + 1), ['FILE_TOO_LARGE', '', null]],
    ['no attribute', { name: 'a', attributes: {} }, ['ATTRIBUTES_EMPTY', 'attributes', null]],
    ['no group', withSex({}), ['ATTRIBUTES_EMPTY', 'attributes/sex', null]],
    ['nobody', withSex({ '1': 0, '2': 0 }), ['TOTAL_ZERO', 'attributes/sex', null]],
    ['below zero', withSex({ '1': -1 }), ['COUNT_NEGATIVE', 'attributes/sex/1', '0 or more']],
    ['text', withSex({ '1': 'NaN' }), ['COUNT_NOT_NUMBER', 'attributes/sex/1', 'a whole number']],
    ['null', withSex({ '1': null }), ['COUNT_NOT_NUMBER', 'attributes/sex/1', 'a whole number']],
    ['a share', withSex({ '1': 0.4 }), ['COUNT_NOT_WHOLE', 'attributes/sex/1', 'a whole number']],
    ['huge', withSex({ '1': 1e11 }), ['COUNT_TOO_LARGE', 'attributes/sex/1', 'at most 10,000,000,000']],
    [
      'images below zero',
      withSex({ '1': { people: 9, images: -4 } }),
      ['COUNT_NEGATIVE', 'attributes/sex/1/images', '0 or more'],
    ],
  ])('%s', (_, content, fault) => {
    expect(faultsOfCounts(content)).toEqual([fault]);
  });

  it('with a number beyond all numbers is too large', () => {
    expect(faultsOfCounts('{"name":"a","attributes":{"sex":{"1":1e999}}}')).toEqual([
      ['COUNT_TOO_LARGE', 'attributes/sex/1', 'at most 10,000,000,000'],
    ]);
  });

  it('with the same group twice is refused, which JSON itself would let pass', () => {
    expect(faultsOfCounts('{"name":"a","attributes":{"sex":{"1":5,"2":6,"1":7}}}')).toEqual([
      ['GROUP_REPEATED', 'attributes/sex/1', null],
    ]);
  });

  it('with a field that there is not is refused', () => {
    expect(faultsOfCounts({ ...withSex({ '1': 5 }), people: 5 })).toEqual([
      ['FIELD_NOT_VALID', '', 'Unrecognized key: "people"'],
    ]);
  });

  it('says all that is wrong', () => {
    expect(faultsOfCounts(withSex({ '1': -1, '2': 'x' })).map(([code]) => code)).toEqual([
      'COUNT_NEGATIVE',
      'COUNT_NOT_NUMBER',
    ]);
  });
});

describe('names that stand twice', () => {
  it('are found at their place, in arrays too, and quotes and colons in texts are no names', () => {
    expect(repeatedNames('{"a":[{"b":1},{"b" : 1,\n "b":2}],"c":"\\"a\\":","d":":"}')).toEqual([
      ['a', '1', 'b'],
    ]);
    expect(repeatedNames('{"\\u0061":1,"a":2}')).toEqual([['a']]);
    expect(repeatedNames('{"__proto__":1}')).toEqual([['__proto__']]);
  });

  it('are none in what JavaScript writes', () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        fc.pre(!text.includes('__proto__'));
        expect(repeatedNames(JSON.stringify(JSON.parse(text)))).toEqual([]);
      }),
      { seed: 50, numRuns: 500 },
    );
  });
});

describe('a reference', () => {
  const faultsOf = (content: unknown) => {
    const read = readReference(JSON.stringify(content));
    return read.valid ? [] : said(read.faults);
  };

  it('of the project is one', () => {
    expect(faultsOf(england)).toEqual([]);
  });

  it('needs people in each attribute, and those not known are none', () => {
    expect(faultsOf(populationOf({ sex: { '1': 0, '0': 40 } }))).toEqual([
      ['TOTAL_ZERO', 'attributes/sex', null],
    ]);
  });

  it('needs its day and licence', () => {
    expect(
      faultsOf({ ...populationOf({ sex: { '1': 4 } }), date: '21 March', licence: '' }).map(
        ([code, place]) => [code, place],
      ),
    ).toEqual([
      ['FIELD_NOT_VALID', 'date'],
      ['FIELD_NOT_VALID', 'licence'],
    ]);
  });

  const rows = Object.keys(attributes.age_band.groups).flatMap((ageBand) =>
    ['1', '2'].map((sex) => ({ ageBand, sex, group: 'Asian', people: 5 })),
  );
  const withRows = (people: typeof rows) =>
    populationOf({ sex: { '1': 4 } }, { ethnicityByAgeAndSex: { attribute: 'ethnic_group', people } });

  it('with a table by age and sex has every row once, and people in each age and sex', () => {
    expect(faultsOf(withRows(rows))).toEqual([]);
    expect(faultsOf(withRows(rows.slice(1)))).toEqual([
      ['AGE_SEX_INCOMPLETE', 'ethnicityByAgeAndSex/people/0-9, 1, Asian', 'one row'],
    ]);
    expect(faultsOf(withRows(rows.map((row, index) => (index === 3 ? { ...row, people: 0 } : row))))).toEqual(
      [['TOTAL_ZERO', 'ethnicityByAgeAndSex/people/10-19, 2', null]],
    );
  });
});

describe('counts and references', () => {
  const between = (groups: Readonly<Record<string, number>>, attribute = 'ethnic_group') =>
    said(faultsBetween(peopleOf({ [attribute]: groups }), [england]));

  it('with the same groups fit, and so do missing ones and sex 9', () => {
    expect(between({ ...goldenCounts, Z: 4, '99': 3, '': 1 })).toEqual([]);
    expect(between({ '1': 5, '2': 6, '9': 1, '0': 2 }, 'sex')).toEqual([]);
  });

  it('a group that is spelt wrongly is told the nearest, and that one is not missed', () => {
    const { Asian, ...others } = goldenCounts;
    expect(between({ ...others, asain: Asian })).toEqual([
      ['GROUP_UNKNOWN', 'attributes/ethnic_group/asain', 'Asian?'],
    ]);
  });

  it('a group that is named in words is told its code', () => {
    expect(between({ Female: 5, '1': 4 }, 'sex')).toEqual([['GROUP_UNKNOWN', 'attributes/sex/Female', '2?']]);
  });

  it('a group that is like none is told which there are', () => {
    expect(between({ ...goldenCounts, Martian: 1 })).toEqual([
      ['GROUP_UNKNOWN', 'attributes/ethnic_group/Martian', 'one of Asian, Black, Mixed, White, Other'],
    ]);
  });

  it('a group of the population that is not counted is a fault, not nobody', () => {
    expect(between({ '1': 4 }, 'sex')).toEqual([['GROUP_NOT_COUNTED', 'attributes/sex', '2 (Female)']]);
  });

  it('an attribute that is spelt wrongly is told the nearest', () => {
    expect(between(goldenCounts, 'etnic_group')).toEqual([
      ['ATTRIBUTE_UNKNOWN', 'attributes/etnic_group', 'ethnic_group?'],
    ]);
  });

  it('an attribute without a population may stand beside others, not alone', () => {
    const deprivation = Object.fromEntries(Array.from({ length: 10 }, (_, index) => [String(index + 1), 5]));
    expect(between(deprivation, 'imd_decile')).toEqual([['NOTHING_TO_COMPARE', 'attributes', null]]);
    expect(faultsBetween(peopleOf({ imd_decile: deprivation, sex: { '1': 4, '2': 5 } }), [england])).toEqual(
      [],
    );
  });

  it('two references with one id are refused', () => {
    expect(said(faultsBetween(peopleOf({ ethnic_group: goldenCounts }), [england, england]))).toEqual([
      ['REFERENCE_REPEATED', 'england-census-2021', null],
    ]);
  });

  it('any attribute of a reference may be compared, in its own groups', () => {
    const own = populationOf({ height: { tall: 5, short: 5 } });
    expect(faultsBetween(peopleOf({ height: { tall: 1, short: 2 } }), [own])).toEqual([]);
    expect(said(faultsBetween(peopleOf({ height: { tall: 1, shorter: 2 } }), [own]))).toEqual([
      ['GROUP_UNKNOWN', 'attributes/height/shorter', 'one of tall, short'],
      ['GROUP_NOT_COUNTED', 'attributes/height', 'short'],
    ]);
  });

  it('counts by age and sex are of as many people as those by ethnic group', () => {
    const strata = Object.keys(attributes.age_band.groups).flatMap((ageBand) =>
      ['1', '2'].map((sex) => ({ ageBand, sex, people: 500 })),
    );
    const file = (people: number) => ({
      ...{ name: 'a release', attributes: { ethnic_group: goldenCounts } },
      ethnicityByAgeAndSex: {
        attribute: 'ethnic_group',
        peopleByGroup: { ...goldenCounts, White: goldenCounts.White + people },
        peopleByAgeAndSex: strata,
      },
    });
    expect(faultsOfCounts(file(0))).toEqual([]);
    // Each cell may be its root away from what was counted: 20 times 23, and 27, 18, 14, 16 and 96.
    expect(faultsOfCounts(file(631))).toEqual([]);
    expect(faultsOfCounts(file(632))).toEqual([['AGE_SEX_TOTALS_DIFFER', 'ethnicityByAgeAndSex', null]]);
  });
});

it('the document has every code of a fault, with what happened and what to do', () => {
  const told = [
    ...readDocument('docs/representativeness.md').matchAll(/^\| `([A-Z_]+)` \| (.*) \| (.*) \|$/gm),
  ].map(([, code = '', happened, fix]) => [code, { happened, fix }]);
  expect(Object.fromEntries(told)).toEqual(faultReasons);
});

it('the examples of the document can be read and compared', () => {
  const blocks = [...readDocument('docs/representativeness.md').matchAll(/^```json\n([\s\S]*?)^```$/gm)];
  const [counts, reference] = blocks.map(([, text = '']) => text);
  const readExample = readCounts(counts ?? '');
  const readPopulation = readReference(reference ?? '');
  if (!readExample.valid || !readPopulation.valid) throw new Error('an example cannot be read');
  expect(faultsBetween(readExample.value, [england, readPopulation.value])).toEqual([]);
});
