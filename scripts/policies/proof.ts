import type { Configuration } from '../../config/configuration';
import { revocationPolicy } from '../../lambda/credentials/revocation-policy.contract';
import type { AccountPolicies, AccountRole, PolicyDocument } from './account-policies';
import { roleAsksCases, serviceAsksCases, services } from './cases/assumption-cases';
import { functionCases } from './cases/function-cases';
import { readerQuestions } from './cases/reader-cases';
import { revocationSets, revokedQuestions } from './cases/revoked-cases';
import { kindOf, type Landscape, landscapeOf } from './landscape';
import { type Case, judged, type Question } from './question';
import { type ReaderSession, readerSessions } from './readers';
import { type Reader, readerMay, readerMayByAllowsAlone, readerMayByDeniesAlone } from './rules/reader-rules';
import { readerMayAfter } from './rules/revocation-rules';

/** A principal, the policies that decide for it, and what the rules expect of each request. */
export interface ProofEntry {
  readonly name: string;
  /** ARN of a role, of which a session asks, or the name of a service. */
  readonly principal: string;
  readonly identityPolicies: readonly PolicyDocument[];
  readonly sessionPolicy: PolicyDocument | null;
  /** Trust policy of the role that the cases ask for; `null` where they ask for none. */
  readonly trustPolicy: PolicyDocument | null;
  readonly permissionsBoundary?: PolicyDocument;
  readonly cases: readonly Case[];
}

/** The entries of one environment, by what they prove. */
export interface Proof {
  readonly landscape: Landscape;
  /** What people's roles may do: with all of their policies, by their Allows alone, by their Denies alone. */
  readonly readers: readonly ProofEntry[];
  /** What researchers' sessions may do once access was revoked. */
  readonly revoked: readonly ProofEntry[];
  /** Who may take which role. */
  readonly assumptions: readonly ProofEntry[];
  /** What the roles of functions and services may do. */
  readonly functions: readonly ProofEntry[];
}

/** A time at which no generated revocation has run out. */
const BEFORE_ALL_ENDED = new Date('2026-11-29T12:30:00.000Z');

/** Every right that IAM can give. */
export const everything: PolicyDocument = {
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }],
};

function rightsOf(
  role: AccountRole,
): Pick<ProofEntry, 'principal' | 'identityPolicies' | 'permissionsBoundary'> {
  return {
    principal: role.arn,
    identityPolicies: role.identityPolicies.map(({ document }) => document),
    ...(role.boundary === undefined ? {} : { permissionsBoundary: role.boundary.document }),
  };
}

/** @throws Error where the app has no role for a collection and access mode of its configuration */
function roleOf({ roleArn }: ReaderSession, landscape: Landscape): AccountRole {
  const role = landscape.roles.find(({ arn }) => arn === roleArn);
  if (role === undefined) throw new Error(`The app of ${landscape.environmentName} has no role ${roleArn}.`);
  return role;
}

function onlyAllows(documents: readonly PolicyDocument[]): readonly PolicyDocument[] {
  return documents.map((document) => ({
    ...document,
    Statement: document.Statement.filter(({ Effect }) => Effect === 'Allow'),
  }));
}

function readerEntry(session: ReaderSession, role: AccountRole, landscape: Landscape): ProofEntry {
  const questions = readerQuestions(landscape, session);
  return {
    name: `${session.role}, ${session.scope}`,
    ...rightsOf(role),
    sessionPolicy: session.sessionPolicy,
    trustPolicy: null,
    cases: judged(questions, (question) => readerMay(session, question, landscape)),
  };
}

type LayerRule = (reader: Reader, question: Question, landscape: Landscape) => boolean;

/** The role without a session policy, of whose policies one layer is taken away: the other one holds by itself. */
function layerEntries(
  session: ReaderSession,
  role: AccountRole,
  landscape: Landscape,
): readonly ProofEntry[] {
  const questions = readerQuestions(landscape, session);
  // without the boundary, if the role has one: that would stand in for either layer
  const { permissionsBoundary: _, ...rights } = rightsOf(role);
  const layer = (
    called: string,
    identityPolicies: readonly PolicyDocument[],
    may: LayerRule,
  ): ProofEntry => ({
    ...rights,
    name: `${session.role}, ${called}`,
    identityPolicies,
    sessionPolicy: null,
    trustPolicy: null,
    cases: judged(questions, (question) => may(session, question, landscape)),
  });
  return [
    layer('its Allows alone', onlyAllows(rights.identityPolicies), readerMayByAllowsAlone),
    layer('its Denies alone', [...rights.identityPolicies, everything], readerMayByDeniesAlone),
  ];
}

/**
 * What people's roles may do: with all of their policies, by their Allows alone, by their Denies alone.
 * @throws Error where the app has no role for a collection and access mode of its configuration
 */
export function readerEntries(landscape: Landscape): readonly ProofEntry[] {
  return readerSessions(landscape).flatMap((session) => {
    const role = roleOf(session, landscape);
    const entry = readerEntry(session, role, landscape);
    return session.sessionPolicy === null ? [entry, ...layerEntries(session, role, landscape)] : [entry];
  });
}

/** What researchers' sessions may do with the policy that denies what was revoked beside their role's own. */
export function revokedEntries(landscape: Landscape): readonly ProofEntry[] {
  const names = {
    rolesOfArc: (arc: number) =>
      landscape.roleArn(
        `nmip/${landscape.environmentName}/researchers/nmip-${landscape.environmentName}-researcher-${arc}-*`,
      ),
  };
  return readerSessions(landscape)
    .filter(
      ({ reader, sessionPolicy, studies }) =>
        reader === 'researcher' && sessionPolicy !== null && studies === null,
    )
    .flatMap((session) => {
      const rights = rightsOf(roleOf(session, landscape));
      const questions = revokedQuestions(landscape, session, session.roleArn);
      return Object.entries(revocationSets(session.place)).map(([called, revocations]) => ({
        ...rights,
        name: `${session.role}, ${called}`,
        identityPolicies: [
          ...rights.identityPolicies,
          JSON.parse(revocationPolicy(revocations, BEFORE_ALL_ENDED, names).text) as PolicyDocument,
        ],
        sessionPolicy: session.sessionPolicy,
        trustPolicy: null,
        cases: judged(questions, (question) => readerMayAfter(revocations, session, question, landscape)),
      }));
    });
}

const lastOf = (arn: string) => arn.slice(arn.lastIndexOf('/') + 1);

/** Roles that the app does not make: an administrator's of this account, and somebody's of another one. */
function outsiders({ accountId }: Landscape): readonly string[] {
  return [`arn:aws:iam::${accountId}:role/Administrator`, 'arn:aws:iam::999988887777:role/Stranger'];
}

/**
 * Who may take a role. The issuer asks with its own rights; everybody else with every right there is, so that what keeps
 * them out is the role's trust policy and not what they happen to lack.
 */
export function assumptionEntries(landscape: Landscape): readonly ProofEntry[] {
  const { roles } = landscape;
  const issuer = roles.find((role) => {
    const kind = kindOf(role, landscape);
    return kind.kind === 'function' && kind.entry === 'credentials/credentials-api';
  });
  const others = [...roles.filter((role) => role !== issuer).map(({ arn }) => arn), ...outsiders(landscape)];
  return roles.flatMap((role): ProofEntry[] => {
    const common = { sessionPolicy: null, trustPolicy: role.trustPolicy };
    const isReaders = ['researcher', 'viewer', 'canary'].includes(kindOf(role, landscape).kind);
    // whether a function could take another function's role is asked of the few that have something to hand out
    const askers = isReaders
      ? others
      : others.filter((arn) => /\/(researchers|viewers)\/|:role\/[A-Z]/.test(arn));
    return [
      ...(issuer === undefined
        ? []
        : [
            {
              ...rightsOf(issuer),
              ...common,
              name: `issuer asks for ${lastOf(role.arn)}`,
              cases: roleAsksCases({ kind: 'role', arn: issuer.arn }, role, landscape, 'all'),
            },
          ]),
      ...askers.map((arn) => ({
        name: `${lastOf(arn)}, allowed everything, asks for ${lastOf(role.arn)}`,
        principal: arn,
        identityPolicies: [everything],
        ...common,
        cases: roleAsksCases({ kind: 'role', arn }, role, landscape, 'few'),
      })),
      ...services.map((service) => ({
        name: `${service} asks for ${lastOf(role.arn)}`,
        principal: service,
        identityPolicies: [],
        ...common,
        cases: serviceAsksCases({ kind: 'service', service }, role, landscape),
      })),
    ];
  });
}

/** What the roles of functions and services may do with the platform's data, and with each other. */
export function functionEntries(landscape: Landscape): readonly ProofEntry[] {
  return landscape.roles
    .filter((role) => !['researcher', 'viewer'].includes(kindOf(role, landscape).kind))
    .map((role) => ({
      name: role.id,
      ...rightsOf(role),
      sessionPolicy: null,
      trustPolicy: null,
      cases: functionCases(landscape, role),
    }));
}

/** All entries of an environment, in a stable order. */
export function proofOf(configuration: Configuration, account: AccountPolicies): Proof {
  const landscape = landscapeOf(configuration, account);
  return {
    landscape,
    readers: readerEntries(landscape),
    revoked: revokedEntries(landscape),
    assumptions: assumptionEntries(landscape),
    functions: functionEntries(landscape),
  };
}

/** All of a proof's entries. */
export function entriesOf({ readers, revoked, assumptions, functions }: Proof): readonly ProofEntry[] {
  return [...readers, ...revoked, ...assumptions, ...functions];
}
