import { createHash } from 'node:crypto';
import type { Tag } from '../data-set/tag';
import { dictionaryRows, lookUp } from '../dictionary/data-dictionary';
import dictionaryTables from '../dictionary/data-elements.data.json';
import objectTables from '../dictionary/information-objects.data.json';
import { identifyingPatternSource } from '../identifiers/identifying-patterns';
import deviceTables from '../pixels/known-devices.data.json';
import { ruleOf } from './attribute-rules';
import typeTables from './attribute-types.data.json';
import { bodyParts } from './body-parts';
import { codedValueSource } from './coded-values';
import profileTables from './confidentiality-profile.data.json';
import type { PolicyName } from './policy-names';
import { methodCodesOf, type PolicyOptions, policyOptions } from './policy-options';
import type { Rule } from './rule';
import privateTables from './safe-private.data.json';
import termTables from './terms.data.json';

/** A policy: what is done with each attribute, with a name, a version and a hash over all that decides. */
export interface Policy {
  readonly name: PolicyName;
  /** Raised with every change of a rule, a list or a table. */
  readonly version: number;
  /** SHA-256, hex, over the tables, the lists, the patterns and the rule of every attribute of the data dictionary. */
  readonly hash: string;
  readonly rule: (tag: Tag) => Rule;
  readonly options: PolicyOptions;
  /** Codes of CID 7050 of what is really done, the same in every output. */
  readonly methodCodes: readonly (readonly [code: string, meaning: string])[];
}

/** Rules under a policy's options, each worked out once for a tag. */
function rulesUnder(options: PolicyOptions): (tag: Tag) => Rule {
  const rules = new Map<Tag, Rule>();
  return (tag) => {
    let rule = rules.get(tag);
    if (rule === undefined) {
      rule = ruleOf(tag, options);
      // Files may hold tags without number; those of the data dictionary are few.
      if (lookUp(tag) !== undefined) rules.set(tag, rule);
    }
    return rule;
  };
}

const version = 4;

function hashOf(name: PolicyName, rule: (tag: Tag) => Rule): string {
  const hash = createHash('sha256').update(`${name} ${version}\n`);
  const tables = [
    policyOptions[name],
    profileTables,
    typeTables,
    objectTables,
    privateTables,
    termTables,
    dictionaryTables,
    deviceTables,
  ];
  for (const table of tables) {
    hash.update(JSON.stringify(table));
  }
  hash.update(`${identifyingPatternSource()}\n${codedValueSource()}\n${[...bodyParts].join(' ')}\n`);
  for (const [tag] of dictionaryRows()) hash.update(`${tag.toString(16)} ${rule(tag)}\n`);
  return hash.digest('hex');
}

function makePolicy(name: PolicyName): Policy {
  const options = policyOptions[name];
  const rule = rulesUnder(options);
  return { name, version, hash: hashOf(name, rule), rule, options, methodCodes: methodCodesOf(options) };
}

const made = new Map<PolicyName, Policy>();

/** A policy by its name; its hash is worked out at the first call. */
export function policyOf(name: PolicyName): Policy {
  const known = made.get(name);
  if (known !== undefined) return known;
  const policy = makePolicy(name);
  made.set(name, policy);
  return policy;
}

/** The policy `basic`. */
export const basicPolicy = (): Policy => policyOf('basic');
