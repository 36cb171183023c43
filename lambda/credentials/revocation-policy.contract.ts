import { CANARY_ARC, type Revocation } from '../register/revocation.contract';
import { DELIVERY_SECONDS } from './session-times.contract';

/**
 * The one policy that denies running sessions what was revoked. It stands on every role of researchers and holds nothing
 * but denials; where the precise ones do not fit, coarser ones take their place, and none is ever left out.
 */

/** Characters of a managed policy, the service's limit; white space does not count and there is none. */
export const LONGEST_MANAGED_POLICY = 6_144;

export interface DenyStatement {
  readonly Sid: string;
  readonly Effect: 'Deny';
  readonly Action: '*';
  readonly Resource: '*';
  readonly Condition: Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;
}

export interface RevocationPolicy {
  readonly Version: '2012-10-17';
  readonly Statement: readonly DenyStatement[];
}

/**
 * How precisely sessions are denied, most precisely first:
 * - `each`: what was revoked, and nothing else;
 * - `times`: members of one project, and collections, by the latest of their times;
 * - `people`: every member that was revoked, in every project that one was revoked in;
 * - `projects`: the whole project in place of a grant or a member;
 * - `collections`: all of a collection's researchers;
 * - `everything`: every session from before the latest revocation.
 */
export const coarsenesses = ['each', 'times', 'people', 'projects', 'collections', 'everything'] as const;

export type Coarseness = (typeof coarsenesses)[number];

/** Names of roles, as a denial writes them. */
export interface RoleNames {
  /** Pattern of `aws:PrincipalArn` that fits the roles of one arc, in every access mode, and no others. */
  readonly rolesOfArc: (arc: number) => string;
}

export interface BuiltPolicy {
  readonly document: RevocationPolicy;
  /** The document as IAM is given it. */
  readonly text: string;
  readonly coarseness: Coarseness;
  /** Revocations that it denies by. */
  readonly revocations: number;
}

/** A revocation and the time up to which sessions were made that it concerns, in seconds since 1970. */
interface Timed {
  readonly revocation: Revocation;
  readonly until: number;
}

/**
 * Sessions made before this time (seconds since 1970, exclusive) are denied. A session may be made up to DELIVERY_SECONDS
 * after the revocation, from an issue that stood in the register before it; STS gives whole seconds, cut off, so that the
 * second of the revocation itself lies well inside.
 */
export function deniedUntil(at: string): number {
  return Math.ceil(Date.parse(at) / 1000) + DELIVERY_SECONDS;
}

function deny(
  name: string,
  until: number,
  which: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = {},
): DenyStatement {
  const date = new Date(until * 1000).toISOString().replace('.000Z', 'Z');
  return {
    Sid: name,
    Effect: 'Deny',
    Action: '*',
    Resource: '*',
    Condition: { ...which, DateLessThan: { 'aws:TokenIssueTime': date } },
  };
}

/** The policy while nothing is revoked: IAM takes none without a statement. No session is older than 1970. */
export const NOTHING_DENIED: RevocationPolicy = {
  Version: '2012-10-17',
  Statement: [deny('Nothing', 0)],
};

const unique = (values: readonly string[]): string[] => [...new Set(values)].sort();

const latest = (timed: readonly Timed[]): number =>
  timed.reduce((last, { until }) => Math.max(last, until), 0);

function grouped(timed: readonly Timed[], keyOf: (each: Timed) => string): Timed[][] {
  const groups = new Map<string, Timed[]>();
  for (const each of timed) {
    const key = keyOf(each);
    groups.set(key, [...(groups.get(key) ?? []), each]);
  }
  return [...groups].sort(([left], [right]) => (left < right ? -1 : 1)).map(([, group]) => group);
}

const PROJECT_TAG = 'aws:PrincipalTag/ProjectId';
const GRANT_TAG = 'aws:PrincipalTag/GrantId';

function projectsOf(timed: readonly Timed[]): string[] {
  return unique(timed.flatMap(({ revocation }) => ('projectId' in revocation ? [revocation.projectId] : [])));
}

function arcsOf({ revocation }: Timed): number[] {
  if (revocation.kind === 'canary') return [CANARY_ARC];
  if (revocation.kind === 'collection') return [revocation.arc];
  return revocation.kind === 'everything' ? [] : [...revocation.arcs];
}

/** Statements by kind of revocation; a kind without revocations has none. */
type Statements = (timed: readonly Timed[], names: RoleNames) => DenyStatement[];

/** Grants and projects that were revoked never come back, so one time does for all of them. */
const byGrant: Statements = (timed) => {
  const grants = unique(
    timed.flatMap(({ revocation }) => ('grantId' in revocation ? [revocation.grantId] : [])),
  );
  return grants.length === 0
    ? []
    : [deny('Grants', latest(timed), { StringEquals: { [GRANT_TAG]: grants } })];
};

const byProject: Statements = (timed) =>
  timed.length === 0
    ? []
    : [deny('Projects', latest(timed), { StringEquals: { [PROJECT_TAG]: projectsOf(timed) } })];

/** One statement a group: its people, in its projects. */
function byPerson(keyOf: (each: Timed) => string): Statements {
  return (timed) =>
    grouped(timed, keyOf).map((group, index) => {
      const people = unique(
        group.flatMap(({ revocation }) => ('person' in revocation ? [revocation.person] : [])),
      );
      return deny(`Members${index}`, latest(group), {
        StringEquals: { 'aws:SourceIdentity': people, [PROJECT_TAG]: projectsOf(group) },
      });
    });
}

function byRole(keyOf: (each: Timed) => string): Statements {
  return (timed, { rolesOfArc }) =>
    grouped(timed, keyOf).map((group, index) =>
      deny(`Collections${index}`, latest(group), {
        ArnLike: { 'aws:PrincipalArn': unique(group.flatMap(arcsOf).map(rolesOfArc)) },
      }),
    );
}

const bySession: Statements = (timed) => (timed.length === 0 ? [] : [deny('Everything', latest(timed))]);

const all = () => '';
const projectOf = ({ revocation }: Timed): string => ('projectId' in revocation ? revocation.projectId : '');
const timeOf = ({ until }: Timed): string => String(until);

type Kind = Revocation['kind'];

/** Which revocations each coarseness denies in which way; each row names every kind once. */
const ways: Readonly<Record<Coarseness, readonly (readonly [readonly Kind[], Statements])[]>> = {
  each: [
    [['grant', 'canary'], byGrant],
    [['project'], byProject],
    [['member'], byPerson((each) => `${projectOf(each)} ${timeOf(each)}`)],
    [['collection'], byRole(timeOf)],
    [['everything'], bySession],
  ],
  times: [
    [['grant', 'canary'], byGrant],
    [['project'], byProject],
    [['member'], byPerson(projectOf)],
    [['collection'], byRole(all)],
    [['everything'], bySession],
  ],
  people: [
    [['grant', 'canary'], byGrant],
    [['project'], byProject],
    [['member'], byPerson(all)],
    [['collection'], byRole(all)],
    [['everything'], bySession],
  ],
  projects: [
    [['grant', 'canary', 'project', 'member'], byProject],
    [['collection'], byRole(all)],
    [['everything'], bySession],
  ],
  collections: [
    [['grant', 'canary', 'project', 'member', 'collection'], byRole(all)],
    [['everything'], bySession],
  ],
  everything: [[['grant', 'canary', 'project', 'member', 'collection', 'everything'], bySession]],
};

/** The policy of some revocations at one coarseness, whatever its length. */
export function policyAt(
  coarseness: Coarseness,
  revocations: readonly Revocation[],
  names: RoleNames,
): RevocationPolicy {
  const timed = revocations.map((revocation) => ({ revocation, until: deniedUntil(revocation.at) }));
  const statements = ways[coarseness].flatMap(([kinds, statementsOf]) =>
    statementsOf(
      timed.filter(({ revocation }) => kinds.includes(revocation.kind)),
      names,
    ),
  );
  return statements.length === 0 ? NOTHING_DENIED : { Version: '2012-10-17', Statement: statements };
}

/**
 * The policy that denies what was revoked and can still be running, as precisely as fits. The coarsest is one statement of
 * a fixed length, so there always is one.
 */
export function revocationPolicy(
  revocations: readonly Revocation[],
  now: Date,
  names: RoleNames,
): BuiltPolicy {
  const running = revocations.filter(({ expiresAt }) => Date.parse(expiresAt) > now.getTime());
  for (const coarseness of coarsenesses) {
    const document = policyAt(coarseness, running, names);
    const text = JSON.stringify(document);
    if (text.length <= LONGEST_MANAGED_POLICY)
      return { document, text, coarseness, revocations: running.length };
  }
  throw new RangeError('the coarsest denial does not fit a policy');
}
