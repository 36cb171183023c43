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
import { withdrawalRoutes as routes } from './withdrawal-routes.contract';

export type WithdrawalApiPorts = CreateWithdrawalPorts & SteerWithdrawalPorts;

/** Adds the routes of withdrawals to `api`. */
export function addWithdrawalRoutes(api: HttpApi, ports: WithdrawalApiPorts): void {
  api.serve(routes.createWithdrawal, async ({ person, body }) => {
    const { created, ...withdrawal } = await createWithdrawal(ports, person, body);
    return { status: created ? 201 : 200, body: withdrawal };
  });
  api.serve(routes.listWithdrawals, async ({ person, query }) => ({
    body: await listWithdrawals(ports, person, query.next),
  }));
  api.serve(routes.showWithdrawal, async ({ person, params: { id } }) => ({
    body: await showWithdrawal(ports, person, id),
  }));
  api.serve(routes.prepareWithdrawal, async ({ person, params: { id } }) => ({
    body: await prepare(ports, person, id),
  }));
  api.serve(routes.confirmWithdrawal, async ({ person, params: { id } }) => ({
    body: await confirm(ports, person, id),
  }));
  api.serve(routes.linkCertificate, async ({ person, params: { id } }) => ({
    body: await linkCertificate(ports, person, id),
  }));
}
