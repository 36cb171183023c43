import type * as z from 'zod';
import { developmentPrefix } from '../credentials/study-scope.contract';
import { canonicalDigest } from '../platform/canonical-json';
import { londonDay } from '../platform/clock';
import type { CollectionConfiguration } from '../platform/configuration.contract';
import type { ApplicationKind, Shortcoming } from './application.contract';
import {
  type ApplicationContent,
  type ApplicationDraft,
  applicationContent,
} from './application-content.contract';
import { publicTextsWithContactDetails } from './contact-details';
import { fiveSafes } from './five-safes.contract';
import { londonDate } from './identifiers.contract';

/** What an application is held against. */
export interface Demands {
  readonly collections: readonly CollectionConfiguration[];
  readonly uidRoot: string;
  readonly kind: ApplicationKind;
  /** Of an amendment or a renewal: the content that was approved last. */
  readonly approved: ApplicationContent | null;
  readonly now: Date;
}

type Complain = (path: string, message: string) => void;

/** Fields that a renewal may change: its last day, why, and the declaration of interests, which must be true today. */
const renewable = ['requestedEndsOn', 'changeReason', 'conflictsOfInterest'] as const;

const notAnswered = 'not answered yet';

/** The draft with every section there, so that each question in it is named and not the section as a whole. */
function withAllSections(content: ApplicationDraft): unknown {
  const sections = Object.keys(fiveSafes.draft.shape);
  const given = content.fiveSafes ?? {};
  return {
    ...content,
    fiveSafes: {
      ...Object.fromEntries(sections.map((name) => [name, {}])),
      ...Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)),
    },
    dataUse: content.dataUse ?? {},
  };
}

function valueAt(content: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (value, name) => (typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined),
    content,
  );
}

/** A finding of zod in plain words. */
function plainMessage(issue: z.core.$ZodIssue, content: unknown): string {
  const value = valueAt(content, issue.path);
  if (value === undefined || value === '')
    return issue.code === 'invalid_value' && issue.values.length > 1
      ? `${notAnswered}; one of: ${issue.values.map(String).join(', ')}`
      : notAnswered;
  switch (issue.code) {
    case 'too_small':
      return issue.origin === 'string'
        ? `at least ${issue.minimum} characters`
        : `at least ${issue.minimum} of them`;
    case 'too_big':
      return issue.origin === 'string'
        ? `at most ${issue.maximum} characters`
        : `at most ${issue.maximum} of them`;
    case 'invalid_value':
      return issue.message.startsWith('Invalid')
        ? `one of: ${issue.values.map(String).join(', ')}`
        : issue.message;
    default:
      return issue.message;
  }
}

function judgeDays(
  content: ApplicationDraft,
  collection: CollectionConfiguration,
  now: Date,
  complain: Complain,
) {
  const { requestedStartsOn: first, requestedEndsOn: last } = content;
  if (!londonDate.safeParse(last).success || last === undefined) return;
  const { endsOn } = collection.legalBasis;
  if (last < londonDay(now)) complain('requestedEndsOn', 'a day to come');
  else if (last > endsOn)
    complain('requestedEndsOn', `not after ${endsOn}, the last day of the collection's legal basis`);
  if (first !== undefined && first > last) complain('requestedStartsOn', 'not after the last day');
}

function judgeScope(content: ApplicationDraft, prefix: string, complain: Complain): void {
  if (content.scope.kind !== 'studies') return;
  const outside = content.scope.studies.filter((study) => !study.startsWith(prefix));
  if (outside.length > 0)
    complain(
      'scope.studies',
      `studies of the collection, whose UIDs begin with ${prefix}; ${outside.length} do not, the first is ${outside[0]}`,
    );
}

function judgeAnswers(content: ApplicationDraft, complain: Complain): void {
  const settings = content.fiveSafes?.settings;
  if (settings?.environment === 'own-environment' && content.accessMode === 'dae-only')
    complain('accessMode', 'direct, if the images are to be read in an own environment');
  if (settings?.environment === 'own-environment' && !settings.ownEnvironment)
    complain('fiveSafes.settings.ownEnvironment', 'where the own environment is, and how it is guarded');
  if (content.accessMode === 'direct' && settings?.environment === 'data-access-environment')
    complain('accessMode', 'dae-only, if the images are read in the Data Access Environment');
  if (content.dataUse?.datasetLinkage === true && !content.dataUse.datasetLinkageDescription)
    complain('dataUse.datasetLinkageDescription', 'with which data the images are linked, how and why');
}

function judgeChange(
  content: ApplicationDraft,
  kind: Exclude<ApplicationKind, 'new'>,
  approved: ApplicationContent,
  complain: Complain,
): void {
  if (!content.changeReason) complain('changeReason', `why this ${kind} is asked for`);
  if (kind === 'amendment') {
    if (content.collection !== undefined && content.collection !== approved.collection)
      complain('collection', 'an amendment stays in its collection; another one needs a new application');
    return;
  }
  const free: readonly string[] = renewable;
  for (const name of Object.keys(applicationContent.shape)) {
    const [before, now] = [approved, content].map((each): unknown => Reflect.get(each, name));
    if (!free.includes(name) && canonicalDigest({ value: now }) !== canonicalDigest({ value: before }))
      complain(name, 'a renewal changes the last day only; ask for an amendment');
  }
}

/** What of some content a schema misses, in plain words. */
export function plainShortcomings(schema: z.ZodType, content: unknown): Shortcoming[] {
  return (schema.safeParse(content).error?.issues ?? []).map((issue) => ({
    path: issue.path.join('.'),
    message: plainMessage(issue, content),
  }));
}

/** What stands between content and submission, all of it at once, each with the path of its field. */
export function findShortcomings(content: ApplicationDraft, demands: Demands): Shortcoming[] {
  const found: Shortcoming[] = [];
  const complain: Complain = (path, message) => {
    if (!found.some((each) => each.path === path)) found.push({ path, message });
  };
  for (const { path, message } of plainShortcomings(applicationContent, withAllSections(content)))
    complain(path, message);

  const collection = demands.collections.find(({ id }) => id === content.collection);
  if (collection === undefined) complain('collection', 'not a collection of this platform');
  else {
    if (!collection.accessModes.includes(content.accessMode))
      complain('accessMode', `the collection is read in these modes: ${collection.accessModes.join(', ')}`);
    judgeDays(content, collection, demands.now, complain);
    judgeScope(content, developmentPrefix(demands.uidRoot, collection.arc), complain);
  }
  judgeAnswers(content, complain);
  for (const { path, message } of publicTextsWithContactDetails(content)) complain(path, message);
  if (demands.kind !== 'new' && demands.approved !== null)
    judgeChange(content, demands.kind, demands.approved, complain);
  return found;
}
