import { createHash, randomUUID } from 'node:crypto';
import type jsonata from 'jsonata';
import type { Json } from './payload-limits';

/** Algorithms that `$hash` of Step Functions takes. */
const hashAlgorithms: Readonly<Record<string, string>> = {
  MD5: 'md5',
  'SHA-1': 'sha1',
  'SHA-256': 'sha256',
  'SHA-384': 'sha384',
  'SHA-512': 'sha512',
};

/** Step Functions refuses a longer `$range`. */
const rangeLimit = 1000;

/** Names that Step Functions adds to JSONata or takes away from it. */
export const withheldFunctions = ['eval'] as const;

type Registrable = { implementation: (...parameters: never[]) => unknown; signature?: string };

/**
 * Functions that AWS adds to JSONata ("Transforming data with JSONata in Step Functions"): `$partition`, `$range`,
 * `$hash`, `$random`, `$uuid`, `$parse`.
 * @param random yields numbers in [0, 1)
 */
export function stepFunctionsLibrary(random: () => number): Readonly<Record<string, Registrable>> {
  return {
    partition: { implementation: partition, signature: '<an:a>' },
    range: { implementation: range, signature: '<nnn:a<n>>' },
    hash: { implementation: hash, signature: '<ss?:s>' },
    random: { implementation: (seed?: number) => (seed === undefined ? random() : seeded(seed)) },
    uuid: { implementation: () => randomUUID(), signature: '<:s>' },
    parse: { implementation: (text: string) => JSON.parse(text) as Json, signature: '<s:x>' },
  };
}

/** Registers the functions of AWS and takes away those that it does not offer. */
export function registerLibrary(expression: jsonata.Expression, random: () => number): void {
  for (const [name, { implementation, signature }] of Object.entries(stepFunctionsLibrary(random))) {
    expression.registerFunction(name, implementation as (...parameters: unknown[]) => unknown, signature);
  }
}

function partition(items: readonly Json[], size: number): Json[][] {
  if (!Number.isInteger(size) || size < 1) throw new Error('$partition needs a whole number above 0');
  const parts: Json[][] = [];
  for (let start = 0; start < items.length; start += size) parts.push(items.slice(start, start + size));
  return parts;
}

function range(first: number, last: number, step: number): number[] {
  if (step === 0) throw new Error('$range needs a step other than 0');
  const count = Math.floor((last - first) / step) + 1;
  if (count > rangeLimit) throw new Error(`$range yields more than ${rangeLimit} numbers`);
  return Array.from({ length: Math.max(0, count) }, (_, index) => first + index * step);
}

function hash(text: string, algorithm = 'SHA-256'): string {
  const name = hashAlgorithms[algorithm];
  if (!name) throw new Error(`$hash does not know the algorithm ${algorithm}`);
  return createHash(name).update(text, 'utf8').digest('hex');
}

/** The same number for the same seed, as AWS promises; the generator itself is not published. */
function seeded(seed: number): number {
  const digest = createHash('sha256').update(String(seed)).digest();
  return digest.readUIntBE(0, 6) / 2 ** 48;
}
