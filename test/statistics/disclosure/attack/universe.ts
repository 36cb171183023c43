import type { Facet } from '../../../../statistics/disclosure/facet';
import { PatientSet } from '../../../../statistics/disclosure/patient-set';

/** Numbers between 0 and 1, the same for the same seed (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/**
 * A few dozen people with a few attributes. A type is one combination of attributes, and a set of types is a mask with a
 * bit for each.
 */
export interface Universe {
  /** Number of values of each attribute. */
  readonly attributes: readonly number[];
  /** People of each type. */
  readonly people: readonly number[];
  readonly total: number;
  /** Types that have this value of this attribute. */
  having(attribute: number, value: number): number;
  patientsOf(types: number): PatientSet;
  facet(attribute: number): Facet;
}

const shapes: readonly (readonly number[])[] = [
  [2, 3],
  [2, 2, 3],
  [2, 2, 2, 2],
  [3, 4],
  [2, 5],
];

export const countOf = (people: readonly number[], types: number): number =>
  people.reduce((sum, count, type) => sum + (((types >>> type) & 1) === 1 ? count : 0), 0);

/**
 * Groups that are all at the edge of what their rounded counts allow, and a small one beside them: where nothing else
 * protects it, the sum gives it away.
 */
function tightPeople(random: () => number): number[] {
  const edge = random() < 0.5 ? 12 : 8;
  const groups = 3 + Math.floor(random() * 2);
  return [...new Array<number>(groups).fill(edge), 1 + Math.floor(random() * 7)];
}

function scatteredPeople(types: number, random: () => number): number[] {
  const wanted = 20 + Math.floor(random() * 41);
  const weights = Array.from({ length: types }, () => random() ** 3);
  const weight = weights.reduce((sum, each) => sum + each, 0);
  return weights.map((each) => Math.round((each / weight) * wanted));
}

export function makeUniverse(random: () => number): Universe {
  const tight = random() < 0.1 ? tightPeople(random) : null;
  const attributes =
    tight === null ? (shapes[Math.floor(random() * shapes.length)] ?? [2, 3]) : [tight.length];
  const types = attributes.reduce((product, values) => product * values, 1);
  const people = tight ?? scatteredPeople(types, random);
  const total = people.reduce((sum, count) => sum + count, 0);
  const typeOf = people.flatMap((count, type) => new Array<number>(count).fill(type));
  const valueIn = (type: number, attribute: number) => {
    const below = attributes.slice(0, attribute).reduce((product, values) => product * values, 1);
    return Math.floor(type / below) % (attributes[attribute] ?? 1);
  };
  return {
    attributes,
    people,
    total,
    having: (attribute, value) =>
      people.reduce((mask, _, type) => (valueIn(type, attribute) === value ? mask | (1 << type) : mask), 0),
    patientsOf: (mask) =>
      PatientSet.of(
        total,
        typeOf.flatMap((type, at) => (((mask >>> type) & 1) === 1 ? [at + 1] : [])),
      ),
    facet: (attribute) => ({
      name: `attribute-${attribute}`,
      groups: Array.from({ length: attributes[attribute] ?? 0 }, (_, value) => String(value)),
      groupOf: Uint16Array.from(typeOf, (type) => valueIn(type, attribute)),
    }),
  };
}
