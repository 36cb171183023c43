import fc from 'fast-check';
import {
  ageBands,
  knownEthnicCategories,
  regionCodes,
} from '../../../lambda/demographics/table-columns.contract';
import { fieldStrengthBands, kvpBands } from '../../../lambda/releases/acquisition-bands.contract';
import { imdGroups, sexGroups } from '../../../lambda/releases/group-labels.contract';
import { publication } from '../../../lambda/releases/publication.contract';
import type { Release } from '../../../lambda/releases/release.contract';
import type { ShownCount } from '../../../statistics/disclosure/shown-count.contract';
import { exampleRelease } from './release-fixture';

/** Releases at random: any counts, any words that headers, tables and the configuration may hold. */

const count: fc.Arbitrary<ShownCount> = fc.oneof(
  fc.constant<ShownCount>({ kind: 'suppressed' }),
  fc.constant<ShownCount>({ kind: 'shown', value: 0 }),
  fc.integer({ min: 2, max: 2_000_000 }).map((fives): ShownCount => ({ kind: 'shown', value: 5 * fives })),
);

/** Words with markup, quotation marks and letters of other scripts. */
const words = (least: number, most: number) =>
  fc
    .string({
      unit: fc.constantFrom(...'ab C<>&"\'|`*_[](){}\\#=+-@é名,;:.%$'),
      minLength: least,
      maxLength: most,
    })
    .map((text) => `x${text.slice(1)}`.trimEnd().padEnd(least, 'y'));

const recordOf = <Key extends string, Value>(
  keys: readonly Key[],
  value: fc.Arbitrary<Value>,
): fc.Arbitrary<Record<Key, Value>> =>
  fc
    .array(value, { minLength: keys.length, maxLength: keys.length })
    .map(
      (values) => Object.fromEntries(keys.map((key, index) => [key, values[index]])) as Record<Key, Value>,
    );

const breakdown = <Group extends string>(groups: readonly Group[]) =>
  fc.record({ people: recordOf(groups, count), missing: count });

const counted = fc.record({ people: count, series: count });

const byValue = fc.record({
  values: fc.uniqueArray(fc.record({ value: words(1, 40), people: count, series: count }), {
    maxLength: 5,
    selector: ({ value }) => value,
  }),
  missing: counted,
});

const byBand = <Label extends string>(bands: readonly { readonly label: Label }[]) =>
  fc.record({
    bands: recordOf(
      bands.map(({ label }) => label),
      counted,
    ),
    missing: counted,
  });

const totals = { people: count, studies: count, series: count, instances: count };

const address = fc.constantFrom(
  'https://nmip.example.nhs.uk/releases/2030.7',
  'http://127.0.0.1:8080/releases/2030.7',
);

const randomPublication = fc
  .record({
    title: words(3, 60),
    publisher: fc.record({ name: words(2, 60), identifier: fc.constant('https://ror.org/00a') }),
    contact: fc.record({ name: words(2, 60), email: fc.constant('office@example.org') }),
    licence: fc.record({ title: words(2, 60), address }),
    accessRequest: address,
    funders: fc.array(words(2, 40), { maxLength: 3 }),
    intendedUses: fc.array(words(10, 80), { minLength: 1, maxLength: 3 }),
    usesToAvoid: fc.array(words(10, 80), { minLength: 1, maxLength: 3 }),
    labels: words(10, 80),
  })
  .map((value) => publication.parse(value));

const collection = fc.record({
  id: fc.constantFrom('chest', 'breast-screening', 'any-kind'),
  title: words(3, 40),
  purpose: words(10, 80),
  duoCodes: fc.uniqueArray(
    fc.constantFrom('DUO:0000042', 'DUO:0000007', 'DUO:0000018', 'DUO:0000046', 'DUO:9999999'),
    {
      minLength: 1,
    },
  ),
  legalBasis: fc.record({
    article6: fc.constantFrom('6(1)(e)', 'none'),
    article9: fc.constant('9(2)(j)'),
    confidentiality: words(1, 40),
    reference: words(1, 40),
    endsOn: fc.constant('2031-03-31'),
  }),
  accessModes: fc.constantFrom<Release['collections'][number]['accessModes']>(
    ['dae-only'],
    ['dae-only', 'direct'],
  ),
  ...totals,
  deidentification: fc.record({
    policy: fc.constant('basic'),
    version: fc.integer({ min: 1, max: 99 }),
    sha256: fc.constant('d'.repeat(64)),
  }),
});

export const randomRelease: fc.Arbitrary<Release> = fc
  .record({
    title: words(2, 150),
    address,
    previous: fc.constantFrom(null, {
      version: '2029.12',
      address: 'http://127.0.0.1:8080/releases/2029.12',
    }),
    publication: randomPublication,
    collections: fc.uniqueArray(collection, { minLength: 1, maxLength: 3, selector: ({ id }) => id }),
    years: fc.constantFrom({ first: 1970, last: 1970 }, { first: 2001, last: 2030 }),
    totals: fc.record(totals),
    bytes: fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER }),
    demographics: fc.record({
      age_band: breakdown(ageBands),
      sex: breakdown(sexGroups),
      ethnic_category: breakdown(knownEthnicCategories),
      region: breakdown(regionCodes),
      imd_decile: breakdown(imdGroups),
      trust_region: breakdown(regionCodes),
    }),
    acquisition: fc.record({
      modality: byValue,
      body_part: byValue,
      manufacturer: byValue,
      field_strength: byBand(fieldStrengthBands),
      kvp: byBand(kvpBands),
      contrast: fc.record({ used: counted, notUsed: counted, missing: counted }),
    }),
    studiesWithdrawn: count,
  })
  .map((different) => {
    const { changes } = exampleRelease();
    return exampleRelease({
      ...different,
      version: '2030.7',
      changes: different.previous === null ? null : changes,
    });
  });
