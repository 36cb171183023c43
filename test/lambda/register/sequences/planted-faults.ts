import type { IssueFacts } from '../../../../lambda/credentials/issue-decision';
import type { TransactionWrite } from '../../../../lambda/platform/document-table';
import { PlatformError } from '../../../../lambda/platform/platform-error';
import type { TableFault } from './world';

type Function_ = (...parameters: never[]) => unknown;

/** A fault planted into one function of the rules, which it is given to call, or into the table. */
export interface PlantedFault {
  readonly name: string;
  /** Name of the function and what stands in its place. */
  readonly rule?: { readonly of: string; readonly make: (real: never) => Function_ };
  readonly table?: TableFault;
}

/** The fault of the run; rules that a test wraps ask for it at each call. */
export const planted: { fault: PlantedFault | null } = { fault: null };

/** A module whose functions of the rules do what the planted fault says. */
export function withFaults<Module extends object>(real: Module): Module {
  const wrapped = Object.entries(real).map(([name, value]: [string, unknown]) => {
    if (typeof value !== 'function' || /^[A-Z]/.test(name)) return [name, value];
    const asPlanted = (...parameters: never[]) => {
      const { fault } = planted;
      const does = fault?.rule?.of === name ? fault.rule.make(value as never) : (value as Function_);
      return does(...parameters);
    };
    return [name, asPlanted];
  });
  return Object.fromEntries(wrapped) as Module;
}

/** Lets a refusal with a code pass. */
const passing = (code: string) => (real: (...parameters: unknown[]) => unknown) =>
  ((...parameters: unknown[]) => {
    try {
      return real(...parameters);
    } catch (error) {
      if (error instanceof PlatformError && error.code === code) return undefined;
      throw error;
    }
  }) as Function_;

/** Decides on other facts than those that are so. */
const onFacts =
  (change: (facts: IssueFacts) => Partial<IssueFacts>) => (real: (facts: IssueFacts) => unknown) =>
    ((facts: IssueFacts) => real({ ...facts, ...change(facts) })) as Function_;

const never = '2099-12-31';
const withoutWrites = (drop: (put: { pk: string; sk: string }) => boolean): TableFault => ({
  write: (writes) => writes.filter((write) => !('put' in write && drop(write.put))),
});
const unchecked = (writes: readonly TransactionWrite[]): TransactionWrite[] =>
  writes.flatMap((write) => ('put' in write ? [{ put: write.put }] : []));

interface DecisionLike {
  outcome: string;
  application: { decisions: { reviewer: string }[] };
}
type Decide = (
  application: never,
  reviewer: never,
  involved: never,
  request: { decision: string; conditions?: unknown[] },
  now: Date,
) => DecisionLike;

export const plantedFaults: readonly PlantedFault[] = [
  {
    name: 'one approval suffices',
    rule: {
      of: 'decide',
      make: (real: Decide) =>
        ((...parameters: Parameters<Decide>) => {
          const result = real(...parameters);
          const { decision, conditions = [] } = parameters[3];
          return result.outcome === 'waiting' && decision === 'approve'
            ? { ...result, outcome: 'approved', conditions }
            : result;
        }) as Function_,
    },
  },
  {
    name: 'one reviewer approves twice',
    rule: {
      of: 'decide',
      make: (real: (application: object, ...rest: unknown[]) => unknown) =>
        ((application: { decisions?: { reviewer: string }[] }, ...rest: unknown[]) => {
          const others = application.decisions?.map((each, index) => ({
            ...each,
            reviewer: `r-${String(index).padStart(26, '0')}`,
          }));
          return real({ ...application, ...(others && { decisions: others }) }, ...rest);
        }) as Function_,
    },
  },
  {
    name: 'anybody’s organisation and side may decide',
    rule: { of: 'demandIndependence', make: passing('REVIEWER_ON_APPLICANTS_SIDE') },
  },
  {
    name: 'declared conflicts do not count',
    rule: { of: 'demandIndependence', make: passing('REVIEWER_IN_CONFLICT') },
  },
  {
    name: 'a model needs no assessment',
    rule: { of: 'demandAcceptedAssessment', make: () => (async () => []) as Function_ },
  },
  { name: 'closures do not stop credentials', rule: { of: 'isShut', make: () => (() => null) as Function_ } },
  {
    name: 'credentials do not end with the grant',
    rule: {
      of: 'decideIssue',
      make: onFacts(({ project, collections }) => ({
        project: {
          ...project,
          grants: project.grants.map((each) => ({
            ...each,
            endsOn: never,
            endsAt: `${never}T23:59:59.000Z`,
          })),
        },
        collections: collections.map((each) => ({
          ...each,
          legalBasis: { ...each.legalBasis, endsOn: never },
        })),
      })),
    },
  },
  {
    name: 'credentials do not end with the legal basis',
    rule: {
      of: 'decideIssue',
      make: onFacts(({ collections }) => ({
        collections: collections.map((each) => ({
          ...each,
          legalBasis: { ...each.legalBasis, endsOn: never },
        })),
      })),
    },
  },
  {
    name: 'who was taken out may read on',
    rule: {
      of: 'decideIssue',
      make: onFacts(({ membership }) => ({
        membership: membership && ({ ...membership, status: 'active' } as typeof membership),
      })),
    },
  },
  {
    name: 'a revoked project may read on',
    rule: {
      of: 'decideIssue',
      make: onFacts(({ project }) => ({
        project: {
          ...project,
          status: 'active',
          grants: project.grants.map((each) => ({ ...each, status: 'active' })),
        } as typeof project,
      })),
    },
  },
  {
    name: 'withdrawn studies may be read',
    table: {
      read: (item) => (item.sk === 'WITHDRAWN-STUDY' ? null : item),
      write: (writes) =>
        writes.filter((write) => !('check' in write && write.check.sk === 'WITHDRAWN-STUDY')),
    },
  },
  {
    name: 'a listed grant reads the whole collection',
    rule: {
      of: 'decideIssue',
      make: onFacts(({ project }) => ({
        project: {
          ...project,
          grants: project.grants.map((each) => ({ ...each, scope: { kind: 'collection' as const } })),
        },
      })),
    },
  },
  {
    name: 'a superseded grant stays in force',
    rule: {
      of: 'amend',
      make: (real: (...parameters: unknown[]) => { project: { grants: object[] } }) =>
        ((...parameters: unknown[]) => {
          const made = real(...parameters);
          const grants = made.project.grants.map((each) => ({ ...each, status: 'active' }));
          return { ...made, project: { ...made.project, grants } };
        }) as Function_,
    },
  },
  {
    name: 'grants end a day early',
    rule: {
      of: 'expire',
      make: (real: (project: unknown, facts: { now: Date }) => unknown) =>
        ((project: unknown, facts: { now: Date }) =>
          real(project, { ...facts, now: new Date(facts.now.getTime() + 86_400_000) })) as Function_,
    },
  },
  { name: 'grants never end', rule: { of: 'expire', make: () => (() => null) as Function_ } },
  {
    name: 'one officer opens what was shut',
    table: {
      read: (item) => {
        const proposals = (item.proposals ?? []) as object[];
        return item.sk === 'CLOSURES'
          ? { ...item, proposals: proposals.map((each) => ({ ...each, by: `r-${'0'.repeat(26)}` })) }
          : item;
      },
    },
  },
  { name: 'conditions of a transaction are not checked', table: { write: unchecked } },
  { name: 'keys of requests are forgotten', table: withoutWrites(({ sk }) => sk.startsWith('IDEMPOTENCY#')) },
  {
    name: 'an event is not put into the outbox',
    table: withoutWrites(({ pk, sk }) => pk === 'OUTBOX' && sk.includes('#p-')),
  },
  { name: 'an event is not written', table: withoutWrites(({ sk }) => sk === 'EVENT#000000003') },
  {
    name: 'events are not chained',
    rule: {
      of: 'appendFacts',
      make: (real: (head: { version: number; hash: string }, ...rest: unknown[]) => unknown) =>
        ((head: { version: number; hash: string }, ...rest: unknown[]) =>
          real({ ...head, hash: '0'.repeat(64) }, ...rest)) as Function_,
    },
  },
];
