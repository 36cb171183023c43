import { canonicalDigest } from '../platform/canonical-json';
import type { Clock } from '../platform/clock';
import { exchangeKeys, withdrawalKeys } from '../platform/object-keys';
import { type ObjectStore, writeJson } from '../platform/object-store';
import type { UrlSigner } from '../platform/presigned-urls';
import type { RequestPerson } from '../platform/request-person';
import {
  type NewWithdrawal,
  reasonsOfPatient,
  type WithdrawalRecord,
  type WithdrawalState,
} from './withdrawal.contract';
import { refuseWithdrawal } from './withdrawal-errors';
import type { WithdrawalStore } from './withdrawal-store';

export interface CreateWithdrawalPorts {
  readonly withdrawals: Pick<WithdrawalStore, 'create' | 'get'>;
  readonly objects: Pick<ObjectStore, 'put'>;
  readonly signer: Pick<UrlSigner, 'signUpload'>;
  /** Ids of the configuration. */
  readonly collections: ReadonlySet<string>;
  readonly trusts: ReadonlySet<string>;
  readonly exchangeBucket: string;
  readonly workBucket: string;
  readonly clock: Clock;
  readonly newId: () => string;
}

export interface CreatedWithdrawal {
  readonly id: string;
  readonly state: WithdrawalState;
  readonly upload?: { readonly url: string; readonly headers: Readonly<Record<string, string>> };
}

export function isOfficer(person: RequestPerson): boolean {
  return person.roles.includes('officer');
}

/**
 * The trust for which a person who is no officer acts, null for an officer.
 * @throws PlatformError NO_TRUST
 */
export function askingTrust(person: RequestPerson): string | null {
  if (isOfficer(person)) return null;
  if (person.trust === null) throw refuseWithdrawal('NO_TRUST');
  return person.trust;
}

/**
 * What may be withdrawn by whom: an uploader names patients; by NHS number, which reaches what other trusts sent, only for
 * a reason of the patients; and Patient IDs of the own trust only.
 */
function permitted(
  ports: CreateWithdrawalPorts,
  person: RequestPerson,
  request: NewWithdrawal,
): NewWithdrawal {
  const asking = askingTrust(person);
  if (asking !== null && request.kind !== 'patients') throw refuseWithdrawal('OFFICER_REQUIRED');
  if (request.kind === 'studies' && !ports.collections.has(request.collection))
    throw refuseWithdrawal('UNKNOWN_COLLECTION');
  if (request.kind === 'studies') return request;
  const trust = asking ?? request.trust;
  if (request.kind === 'patients' && request.identifiers === 'nhs-number') {
    if (asking !== null && !reasonsOfPatient.includes(request.reason))
      throw refuseWithdrawal('REASON_OF_ONE_TRUST');
    const { trust: _, ...withoutTrust } = request;
    return withoutTrust;
  }
  if (trust === undefined) throw refuseWithdrawal('TRUST_REQUIRED');
  if (!ports.trusts.has(trust)) throw refuseWithdrawal('TRUST_NOT_CONFIGURED');
  return { ...request, trust };
}

/** A list of one number could be found again by its digest, so that is kept nowhere. */
function withoutList(request: Omit<NewWithdrawal, 'idempotencyKey'>): object {
  const { subjects: _, ...rest } = { subjects: undefined, ...request };
  return rest;
}

/**
 * Makes a withdrawal, or gives the one made before under the same idempotency key; nothing is looked for or deleted yet.
 * @throws PlatformError of withdrawal-errors.ts
 */
export async function createWithdrawal(
  ports: CreateWithdrawalPorts,
  person: RequestPerson,
  asked: NewWithdrawal,
): Promise<CreatedWithdrawal & { created: boolean }> {
  const { idempotencyKey, ...request } = permitted(ports, person, asked);
  const askedByTrust = askingTrust(person);
  const requestDigest = canonicalDigest(withoutList(request));
  const now = ports.clock.now().toISOString();
  const { kind, reason, confirm } = request;
  const record: WithdrawalRecord = {
    id: ports.newId(),
    kind,
    state: 'open',
    reason,
    createdAt: now,
    createdBy: person.subject,
    actor: person.pseudonym,
    askedByTrust,
    confirmed: confirm,
    ...(confirm ? { confirmedAt: now } : {}),
    ...(request.kind === 'studies' ? { collection: request.collection } : {}),
    ...(request.kind === 'patients' ? { identifiers: request.identifiers } : {}),
    ...('trust' in request && request.trust !== undefined ? { trust: request.trust } : {}),
  };
  const asker = askedByTrust ?? person.subject;
  const result = await ports.withdrawals.create(record, asker, idempotencyKey, requestDigest);
  if (result.requestDigest !== requestDigest) throw refuseWithdrawal('IDEMPOTENCY_KEY_REUSED');
  const known = result.created ? record : await ports.withdrawals.get(result.id);
  if (known === null) throw new Error('an idempotency key names a withdrawal that does not exist');
  const { id, state } = known;
  const output = { id, state, created: result.created };
  if (state !== 'open') return output;
  if (request.kind === 'studies')
    await writeJson(
      ports.objects,
      { bucket: ports.workBucket, key: withdrawalKeys.request(id) },
      { studies: request.studies },
    );
  if (request.kind !== 'patients') return output;
  const upload = await ports.signer.signUpload({
    place: { bucket: ports.exchangeBucket, key: exchangeKeys.withdrawal(id) },
    ...request.subjects,
    contentType: 'text/plain',
  });
  return { ...output, upload };
}
