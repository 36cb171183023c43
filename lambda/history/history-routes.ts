import type { HttpApi } from '../platform/http-api';
import type { Log } from '../platform/log';
import type { UrlSigner } from '../platform/presigned-urls';
import type { RegisterTable } from '../register/register-table';
import { historyRoutes } from './history-routes.contract';
import { type ListReadsPorts, listReads } from './list-reads';
import { listAccess, listIssues } from './show-access';
import { listChains, listCheckpoints, listWaiting, nameChainOfPerson, showChain } from './show-history';

export interface HistoryPorts extends Omit<ListReadsPorts, 'table'> {
  readonly table: RegisterTable;
  readonly urls: Pick<UrlSigner, 'signDownload'>;
  readonly auditBucket: string;
  readonly uidRoot: string;
  readonly log: Log;
}

/** Adds the routes of auditors to `api`. */
export function addHistoryRoutes(api: HttpApi, ports: HistoryPorts): void {
  const { table } = ports;
  api.serve(historyRoutes.listChains, async ({ query }) => ({ body: await listChains(table, query) }));
  api.serve(historyRoutes.showChain, async ({ params, query }) => ({
    body: await showChain(table, params.chain, query),
  }));
  api.serve(historyRoutes.listCheckpoints, async ({ query }) => ({
    body: await listCheckpoints(ports, query),
  }));
  api.serve(historyRoutes.listWaitingEvents, async ({ query }) => ({
    body: await listWaiting(table, query),
  }));
  api.serve(historyRoutes.nameChainOfPerson, async ({ params, person }) => {
    const named = await nameChainOfPerson(table, params.subject);
    ports.log.info('pseudonym asked for', { auditor: person.pseudonym, person: named.person });
    return { body: named };
  });
  api.serve(historyRoutes.listAccess, async ({ query }) => ({ body: await listAccess(ports, query) }));
  api.serve(historyRoutes.listIssues, async ({ query }) => ({ body: await listIssues(table, query) }));
  api.serve(historyRoutes.listReads, async ({ query }) => ({ body: await listReads(ports, query) }));
}
