import { secondsAfter } from '../platform/clock';
import type { CollectionConfiguration } from '../platform/configuration.contract';
import type { RequestPerson } from '../platform/request-person';
import type { Closures, Proposal, Reopening } from './closure.contract';
import { readClosures } from './closures';
import { type Fact, PLATFORM_CHAIN } from './event.contract';
import { RepeatableRequest } from './idempotency';
import { type People, readActor } from './people';
import { type Chain, type Change, changeRegister } from './register-change';
import { atVersion, closuresKey, PLATFORM_PARTITION } from './register-table';
import { canaryWrites, earlierRevocation, type Recorded, recordedOf, resultName } from './revocation-record';
import { refuseRevocation } from './revocation-refusals';
import { type Revoked, revocationWrites } from './revocations';
import type { PlatformRevocation, ReopeningAnswer } from './revoke-access.contract';

/** The chain of what concerns everybody. */
export const platformChain: Chain = { partition: PLATFORM_PARTITION, name: PLATFORM_CHAIN };

/** A proposal to reopen holds for a day: long enough to wake somebody, too short to be forgotten. */
const PROPOSAL_SECONDS = 86_400;

/** Where people are kept, and what there is to shut. */
export interface Closers extends People {
  readonly collections: readonly Pick<CollectionConfiguration, 'id' | 'arc'>[];
}

type Ending = Closures['everything'] & object;

const sameTarget = (left: Reopening, right: Reopening): boolean =>
  left.kind === right.kind &&
  (left.kind === 'everything' || (right.kind === 'collection' && left.collection === right.collection));

function putClosures(before: Closures, after: Omit<Closures, 'version'>): Change<null>['writes'] {
  const { everything, collections, proposals } = after;
  return [
    {
      put: { ...closuresKey, everything, collections, proposals, version: before.version + 1 },
      condition: atVersion(before.version),
    },
  ];
}

/** What is shut, with what is proposed against it that could still be confirmed. */
function withoutProposal(shut: Closures, target: Reopening, now: Date): Proposal[] {
  return shut.proposals.filter(
    (each) => Date.parse(each.expiresAt) > now.getTime() && !sameTarget(each.reopening, target),
  );
}

interface Closing {
  readonly writes: Change<null>['writes'];
  readonly revoked: Revoked;
  readonly factOf: (revocationId: string) => Fact;
}

function closeCollection(
  { collections }: Closers,
  shut: Closures,
  collection: string,
  ending: Ending,
  now: Date,
): Closing {
  const configured = collections.find(({ id }) => id === collection);
  if (configured === undefined) throw refuseRevocation('COLLECTION_NOT_FOUND');
  if (shut.collections.some((each) => each.collection === collection))
    throw refuseRevocation('ALREADY_CLOSED');
  const { by, reason } = ending;
  return {
    writes: putClosures(shut, {
      ...shut,
      collections: [...shut.collections, { ...ending, collection }],
      proposals: withoutProposal(shut, { kind: 'collection', collection }, now),
    }),
    revoked: { kind: 'collection', collection, arc: configured.arc, by, reason },
    factOf: (revocationId) => ({ type: 'collection-closed', data: { revocationId, collection, reason } }),
  };
}

function closeEverything(shut: Closures, ending: Ending, now: Date): Closing {
  if (shut.everything !== null) throw refuseRevocation('ALREADY_CLOSED');
  const { by, reason } = ending;
  return {
    writes: putClosures(shut, {
      ...shut,
      everything: ending,
      proposals: withoutProposal(shut, { kind: 'everything' }, now),
    }),
    revoked: { kind: 'everything', by, reason },
    factOf: (revocationId) => ({ type: 'platform-closed', data: { revocationId, reason } }),
  };
}

/**
 * Shuts a collection or everything, by one officer alone and whatever others do at the same time; or revokes a canary
 * and nothing else.
 *
 * @throws PlatformError ROLE_REQUIRED, COLLECTION_NOT_FOUND, ALREADY_CLOSED, CANARY_NOT_FOUND, IDEMPOTENCY_KEY_REUSED
 */
export async function closeAccess(
  closers: Closers,
  requester: RequestPerson,
  body: PlatformRevocation,
  idempotencyKey?: string,
): Promise<Recorded> {
  const { table, clock } = closers;
  const { pseudonym: by } = await readActor(closers, requester, ['officer']);
  const request = RepeatableRequest.of(requester.subject, idempotencyKey, { route: 'closeAccess', body });
  return changeRegister<Recorded>(table, platformChain, async () => {
    const earlier = await earlierRevocation(table, request, body.kind);
    if (earlier !== null) return { unchanged: earlier };
    const shut = await readClosures(table);
    const at = clock.now();
    const { reason } = body;
    const canary = await canaryWrites(table, body.canary, { by, reason, at });
    const ending: Ending = { since: at.toISOString(), by, reason };
    if (body.kind === 'canary') {
      const [fact] = canary.facts;
      if (canary.revocation === null || fact === undefined) throw refuseRevocation('CANARY_NOT_FOUND');
      const result = recordedOf(canary.revocation);
      const writes = [...canary.writes, ...request.remember(resultName(result), clock)];
      return { writes, facts: [fact], actor: by, at, result };
    }
    const closing =
      body.kind === 'collection'
        ? closeCollection(closers, shut, body.collection, ending, at)
        : closeEverything(shut, ending, at);
    const made = revocationWrites(closing.revoked, at);
    const result = recordedOf(made.revocation);
    return {
      writes: [
        ...closing.writes,
        ...made.writes,
        ...canary.writes,
        ...request.remember(resultName(result), clock),
      ],
      facts: [closing.factOf(made.revocation.id), ...canary.facts],
      actor: by,
      at,
      result,
    };
  });
}

/** Opens what was shut; sessions from before stay denied. */
function reopened(
  shut: Closures,
  target: Reopening,
  proposedBy: string,
  now: Date,
): [Change<null>['writes'], Fact] {
  const proposals = withoutProposal(shut, target, now);
  if (target.kind === 'everything')
    return [
      putClosures(shut, { ...shut, everything: null, proposals }),
      { type: 'platform-reopened', data: { proposedBy } },
    ];
  const { collection } = target;
  const collections = shut.collections.filter((each) => each.collection !== collection);
  return [
    putClosures(shut, { ...shut, collections, proposals }),
    { type: 'collection-reopened', data: { collection, proposedBy } },
  ];
}

/**
 * Opens a collection or everything again, by two officers: the first proposes, and the second, who is another person,
 * confirms by asking for the same within a day.
 *
 * @throws PlatformError ROLE_REQUIRED, NOT_CLOSED
 */
export async function reopenAccess(
  closers: Closers,
  requester: RequestPerson,
  target: Reopening,
): Promise<ReopeningAnswer> {
  const { table, clock } = closers;
  const { pseudonym: by } = await readActor(closers, requester, ['officer']);
  return changeRegister<ReopeningAnswer>(table, platformChain, async () => {
    const shut = await readClosures(table);
    const isClosed =
      target.kind === 'everything'
        ? shut.everything !== null
        : shut.collections.some(({ collection }) => collection === target.collection);
    if (!isClosed) throw refuseRevocation('NOT_CLOSED');
    const at = clock.now();
    const standing = shut.proposals.find(
      (each) => sameTarget(each.reopening, target) && Date.parse(each.expiresAt) > at.getTime(),
    );
    if (standing?.by === by)
      return { unchanged: { state: 'proposed', expiresAt: standing.expiresAt } as const };
    if (standing !== undefined) {
      const [writes, fact] = reopened(shut, target, standing.by, at);
      return { writes, facts: [fact], actor: by, at, result: { state: 'reopened' } };
    }
    const expiresAt = secondsAfter(at, PROPOSAL_SECONDS).toISOString();
    const proposal: Proposal = { reopening: target, by, at: at.toISOString(), expiresAt };
    return {
      writes: putClosures(shut, {
        ...shut,
        proposals: [...withoutProposal(shut, target, at), proposal],
      }),
      facts: [
        {
          type: 'reopening-proposed',
          data: { collection: target.kind === 'collection' ? target.collection : null },
        },
      ],
      actor: by,
      at,
      result: { state: 'proposed', expiresAt },
    };
  });
}
