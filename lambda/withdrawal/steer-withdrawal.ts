import * as z from 'zod';
import { type Clock, secondsAfter } from '../platform/clock';
import { withdrawalKeys } from '../platform/object-keys';
import { decodePageToken, encodePageToken } from '../platform/page-token';
import type { UrlSigner } from '../platform/presigned-urls';
import { urlLifetimeSeconds } from '../platform/presigned-urls.contract';
import type { RequestPerson } from '../platform/request-person';
import { askingTrust, isOfficer } from './create-withdrawal';
import type { WithdrawalRecord, WithdrawalView } from './withdrawal.contract';
import { refuseWithdrawal } from './withdrawal-errors';
import type { WithdrawalStarter } from './withdrawal-starter';
import { type WithdrawalStore, withdrawalsPartition } from './withdrawal-store';

const withdrawalsAPage = 50;

/** Where a listing of a partition goes on: a token of another one is none. */
const positionIn = (pk: string) =>
  z.strictObject({ pk: z.literal(pk), sk: z.string().startsWith('WITHDRAWAL#') });

export interface SteerWithdrawalPorts {
  readonly withdrawals: Pick<WithdrawalStore, 'get' | 'list' | 'move'>;
  readonly starter: WithdrawalStarter;
  readonly signer: Pick<UrlSigner, 'signDownload'>;
  readonly workBucket: string;
  readonly clock: Clock;
}

/**
 * A withdrawal as a person may see it. Counts are for officers: they would tell a trust whether others sent images of its
 * patient.
 */
export function viewWithdrawal(person: RequestPerson, record: WithdrawalRecord): WithdrawalView {
  const { id, kind, state, reason, createdAt, received, unreadable, confirmedAt, finishedAt } = record;
  const view: WithdrawalView = {
    id,
    kind,
    state,
    reason,
    createdAt,
    received,
    unreadable,
    confirmedAt,
    finishedAt,
  };
  if (!isOfficer(person)) return view;
  const { failedStep, collection, trust, counts, progress } = record;
  return { ...view, stoppedAt: failedStep, collection, trust, counts, progress };
}

/**
 * A withdrawal that the person may see: all for officers, those of their trust for uploaders.
 * @throws PlatformError NO_TRUST, WITHDRAWAL_NOT_FOUND
 */
async function ownWithdrawal(
  { withdrawals }: SteerWithdrawalPorts,
  person: RequestPerson,
  id: string,
): Promise<WithdrawalRecord> {
  const trust = askingTrust(person);
  const record = await withdrawals.get(id);
  if (record === null || (trust !== null && record.askedByTrust !== trust))
    throw refuseWithdrawal('WITHDRAWAL_NOT_FOUND');
  return record;
}

export async function showWithdrawal(
  ports: SteerWithdrawalPorts,
  person: RequestPerson,
  id: string,
): Promise<WithdrawalView> {
  return viewWithdrawal(person, await ownWithdrawal(ports, person, id));
}

/**
 * Withdrawals that the person may see, newest first.
 * @throws PlatformError NO_TRUST, INVALID_PAGE_TOKEN
 */
export async function listWithdrawals(
  ports: SteerWithdrawalPorts,
  person: RequestPerson,
  next: string | undefined,
): Promise<{ withdrawals: WithdrawalView[]; next?: string }> {
  const trust = askingTrust(person);
  const after = next === undefined ? null : decodePageToken(next, positionIn(withdrawalsPartition(trust)));
  const page = await ports.withdrawals.list(trust, withdrawalsAPage, after);
  return {
    withdrawals: page.withdrawals.map((record) => viewWithdrawal(person, record)),
    ...(page.next === null ? {} : { next: encodePageToken(page.next) }),
  };
}

/** Starts the preparation, which goes on to the deletion where the withdrawal is confirmed. Again: a no-op. */
export async function prepare(
  ports: SteerWithdrawalPorts,
  person: RequestPerson,
  id: string,
): Promise<WithdrawalView> {
  const record = await ownWithdrawal(ports, person, id);
  if (record.state !== 'open' && record.state !== 'preparing') return viewWithdrawal(person, record);
  await ports.withdrawals.move(id, ['open'], 'preparing');
  await (record.confirmed ? ports.starter.withdraw(id) : ports.starter.prepare(id));
  return viewWithdrawal(person, { ...record, state: 'preparing' });
}

/**
 * Starts the deletion of what was counted. Again: a no-op.
 * @throws PlatformError WITHDRAWAL_NOT_PREPARED
 */
export async function confirm(
  ports: SteerWithdrawalPorts,
  person: RequestPerson,
  id: string,
): Promise<WithdrawalView> {
  const record = await ownWithdrawal(ports, person, id);
  if (record.state === 'done' || record.state === 'stopped') return viewWithdrawal(person, record);
  if (record.state === 'open' || record.state === 'preparing')
    throw refuseWithdrawal('WITHDRAWAL_NOT_PREPARED');
  const confirmedAt = record.confirmedAt ?? ports.clock.now().toISOString();
  const change = { confirmed: true, confirmedAt };
  await ports.withdrawals.move(id, ['prepared'], 'withdrawing', change);
  await ports.starter.withdraw(id);
  return viewWithdrawal(person, { ...record, ...change, state: 'withdrawing' });
}

/**
 * A presigned GET of the certificate.
 * @throws PlatformError CERTIFICATE_NOT_READY
 */
export async function linkCertificate(
  ports: SteerWithdrawalPorts,
  person: RequestPerson,
  id: string,
): Promise<{ url: string; expiresAt: string }> {
  const record = await ownWithdrawal(ports, person, id);
  if (record.state !== 'done') throw refuseWithdrawal('CERTIFICATE_NOT_READY');
  const expiresAt = secondsAfter(ports.clock.now(), urlLifetimeSeconds).toISOString();
  const place = { bucket: ports.workBucket, key: withdrawalKeys.certificate(id) };
  return { url: await ports.signer.signDownload(place, 'application/json'), expiresAt };
}
