import * as z from 'zod';
import { selectRefusals } from '../platform/platform-error';
import type { RouteContracts } from '../platform/route.contract';
import {
  certificateLink,
  newWithdrawal,
  newWithdrawalByteLimit,
  withdrawalCreated,
  withdrawalId,
  withdrawalsPage,
  withdrawalsQuery,
  withdrawalView,
} from './withdrawal.contract';
import { withdrawalRefusals } from './withdrawal-errors';

const roles = ['officer', 'uploader'] as const;
const params = z.object({ id: withdrawalId });
const ofOwn = selectRefusals(withdrawalRefusals, 'NO_TRUST', 'WITHDRAWAL_NOT_FOUND');

/** The routes of withdrawal-api. */
export const withdrawalRoutes = {
  createWithdrawal: {
    id: 'createWithdrawal',
    method: 'POST',
    path: '/v1/withdrawals',
    summary: 'Asks for a withdrawal; the same key gives the same withdrawal. Nothing is deleted yet.',
    roles,
    body: newWithdrawal,
    bodyLimit: newWithdrawalByteLimit,
    answer: withdrawalCreated,
    status: [201, 200],
    refusals: selectRefusals(
      withdrawalRefusals,
      'NO_TRUST',
      'OFFICER_REQUIRED',
      'REASON_OF_ONE_TRUST',
      'TRUST_REQUIRED',
      'TRUST_NOT_CONFIGURED',
      'UNKNOWN_COLLECTION',
      'IDEMPOTENCY_KEY_REUSED',
    ),
  },
  listWithdrawals: {
    id: 'listWithdrawals',
    method: 'GET',
    path: '/v1/withdrawals',
    summary: 'Lists withdrawals, newest first: all for officers, those of the own trust for uploaders.',
    roles,
    query: withdrawalsQuery,
    answer: withdrawalsPage,
    refusals: selectRefusals(withdrawalRefusals, 'NO_TRUST'),
  },
  showWithdrawal: {
    id: 'showWithdrawal',
    method: 'GET',
    path: '/v1/withdrawals/{id}',
    summary: 'Shows the state of a withdrawal; officers see counts and progress.',
    roles,
    params,
    answer: withdrawalView,
    refusals: ofOwn,
  },
  prepareWithdrawal: {
    id: 'prepareWithdrawal',
    method: 'POST',
    path: '/v1/withdrawals/{id}/prepare',
    summary: 'Counts what would be deleted; goes on to the deletion where that was confirmed before.',
    roles,
    params,
    answer: withdrawalView,
    status: 202,
    refusals: ofOwn,
  },
  confirmWithdrawal: {
    id: 'confirmWithdrawal',
    method: 'POST',
    path: '/v1/withdrawals/{id}/confirm',
    summary: 'Deletes what was counted.',
    roles,
    params,
    answer: withdrawalView,
    status: 202,
    refusals: { ...ofOwn, ...selectRefusals(withdrawalRefusals, 'WITHDRAWAL_NOT_PREPARED') },
  },
  linkCertificate: {
    id: 'linkCertificate',
    method: 'GET',
    path: '/v1/withdrawals/{id}/certificate',
    summary: 'Gives a presigned GET of the signed certificate, which names studies of every trust.',
    roles: ['officer'],
    params,
    answer: certificateLink,
    refusals: {
      ...selectRefusals(withdrawalRefusals, 'WITHDRAWAL_NOT_FOUND', 'CERTIFICATE_NOT_READY'),
    },
  },
} as const satisfies RouteContracts;
