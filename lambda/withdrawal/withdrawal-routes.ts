import * as z from 'zod';
import type { HttpApi } from '../platform/http-api';
import { type CreateWithdrawalPorts, createWithdrawal } from './create-withdrawal';
import {
  confirm,
  linkCertificate,
  listWithdrawals,
  prepare,
  type SteerWithdrawalPorts,
  showWithdrawal,
} from './steer-withdrawal';
import { newWithdrawal, withdrawalId, withdrawalsQuery } from './withdrawal.contract';

export type WithdrawalApiPorts = CreateWithdrawalPorts & SteerWithdrawalPorts;

const roles = ['officer', 'uploader'] as const;
const params = z.object({ id: withdrawalId });

/** Adds the routes of withdrawals to `api`. */
export function addWithdrawalRoutes(api: HttpApi, ports: WithdrawalApiPorts): void {
  api.route(
    { method: 'POST', path: '/v1/withdrawals', roles, body: newWithdrawal },
    async ({ person, body }) => {
      const { created, ...withdrawal } = await createWithdrawal(ports, person, body);
      return { status: created ? 201 : 200, body: withdrawal };
    },
  );
  api.route(
    { method: 'GET', path: '/v1/withdrawals', roles, query: withdrawalsQuery },
    async ({ person, query }) => ({ body: await listWithdrawals(ports, person, query.next) }),
  );
  api.route(
    { method: 'GET', path: '/v1/withdrawals/:id', roles, params },
    async ({ person, params: { id } }) => ({ body: await showWithdrawal(ports, person, id) }),
  );
  api.route(
    { method: 'POST', path: '/v1/withdrawals/:id/prepare', roles, params },
    async ({ person, params: { id } }) => ({ status: 202, body: await prepare(ports, person, id) }),
  );
  api.route(
    { method: 'POST', path: '/v1/withdrawals/:id/confirm', roles, params },
    async ({ person, params: { id } }) => ({ status: 202, body: await confirm(ports, person, id) }),
  );
  // It names studies and image sets of every trust.
  api.route(
    { method: 'GET', path: '/v1/withdrawals/:id/certificate', roles: ['officer'], params },
    async ({ person, params: { id } }) => ({ body: await linkCertificate(ports, person, id) }),
  );
}
