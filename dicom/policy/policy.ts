import { createHash } from 'node:crypto';
import type { Tag } from '../data-set/tag';
import { dictionaryRows } from '../dictionary/data-dictionary';
import dictionaryTables from '../dictionary/data-elements.data.json';
import objectTables from '../dictionary/information-objects.data.json';
import { ruleOf } from './attribute-rules';
import typeTables from './attribute-types.data.json';
import profileTables from './confidentiality-profile.data.json';
import type { Rule } from './rule';
import privateTables from './safe-private.data.json';
import termTables from './terms.data.json';

/** A policy: what is done with each attribute, with a name, a version and a hash over all that decides. */
export interface Policy {
  readonly name: string;
  /** Raised with every change of a rule, a list or a table. */
  readonly version: number;
  /** SHA-256, hex, over the tables, the lists and the rule of every attribute of the data dictionary. */
  readonly hash: string;
  readonly rule: (tag: Tag) => Rule;
  /** Codes of CID 7050 of what is really done, the same in every output. */
  readonly methodCodes: readonly (readonly [code: string, meaning: string])[];
}

/**
 * PS3.16 CID 7050. 113101 says that images of which text is known to stand outside of the image are blanked there; which
 * ones were stands in the instance, since a list that differs within a patient would split series in the image store.
 * Not among them: 113102, which is not done.
 */
const basicMethodCodes = [
  ['113100', 'Basic Application Confidentiality Profile'],
  ['113101', 'Clean Pixel Data Option'],
  ['113103', 'Clean Graphics Option'],
  ['113104', 'Clean Structured Content Option'],
  ['113105', 'Clean Descriptors Option'],
  ['113107', 'Retain Longitudinal Temporal Information Modified Dates Option'],
  ['113108', 'Retain Patient Characteristics Option'],
  ['113109', 'Retain Device Identity Option'],
  ['113111', 'Retain Safe Private Option'],
] as const;

const rules = new Map<Tag, Rule>();

/** Rules are worked out once for a tag. */
function basicRuleOf(tag: Tag): Rule {
  let rule = rules.get(tag);
  if (rule === undefined) {
    rule = ruleOf(tag);
    // Private tags are without number; only public ones are worth keeping.
    if (((tag >>> 16) & 1) === 0) rules.set(tag, rule);
  }
  return rule;
}

function hashOf(version: number): string {
  const hash = createHash('sha256').update(`basic ${version}\n`);
  const tables = [profileTables, typeTables, objectTables, privateTables, termTables, dictionaryTables];
  for (const table of tables) {
    hash.update(JSON.stringify(table));
  }
  for (const [tag] of dictionaryRows()) hash.update(`${tag.toString(16)} ${basicRuleOf(tag)}\n`);
  return hash.digest('hex');
}

let basic: Policy | null = null;

/** The policy `basic`; its hash is worked out at the first call. */
export function basicPolicy(): Policy {
  const version = 2;
  basic ??= {
    name: 'basic',
    version,
    hash: hashOf(version),
    rule: basicRuleOf,
    methodCodes: basicMethodCodes,
  };
  return basic;
}

/** A policy by the name that a collection's configuration gives; undefined where there is none of that name. */
export const policyNamed = (name: string): Policy | undefined =>
  name === 'basic' ? basicPolicy() : undefined;
