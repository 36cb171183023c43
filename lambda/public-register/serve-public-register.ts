import type { HttpApi } from '../platform/http-api';
import { KEPT_SECONDS, type PublicRegister } from './list-register';
import { publicRegisterRoutes } from './public-register-routes.contract';
import { registerCsv } from './register-csv.contract';

/** Whoever wants to show the register on a page of their own may fetch it from there. */
const headers = { 'cache-control': `public, max-age=${KEPT_SECONDS}`, 'access-control-allow-origin': '*' };

/** The routes of the public register. */
export function servePublicRegister(api: HttpApi, register: PublicRegister): void {
  const { listRegister, listRegisterAsCsv, showRegisterEntry } = publicRegisterRoutes;

  api.serve(listRegister, async ({ query }) => ({ body: await register.page(query), headers }));

  api.serve(listRegisterAsCsv, async ({ query }) => {
    const { projects, next } = await register.page(query);
    const rest = next === undefined ? undefined : new URLSearchParams({ limit: String(query.limit), next });
    return {
      body: registerCsv(projects, query.next === undefined),
      headers: {
        ...headers,
        'content-type': 'text/csv; charset=utf-8; header=present',
        'content-disposition': 'attachment; filename="nmip-register.csv"',
        ...(rest && { link: `<${listRegisterAsCsv.path}?${rest}>; rel="next"` }),
      },
    };
  });

  api.serve(showRegisterEntry, async ({ params }) => ({
    body: await register.entry(params.project),
    headers,
  }));
}
