import { type Canary, openCanary } from '../credentials/canary';
import type { SessionDenier } from '../credentials/session-denier';
import type { HttpApi } from '../platform/http-api';
import { type Closers, closeAccess, reopenAccess } from './close-access';
import { readClosures } from './closures';
import { readActor } from './people';
import type { Recorded } from './revocation-record';
import { revocationRoutes as routes } from './revocation-routes.contract';
import { revokeFromProject } from './revoke-access';
import type { RevocationAnswer } from './revoke-access.contract';

export interface RevocationPorts {
  readonly closers: Closers;
  readonly denier: SessionDenier;
  readonly canary: Canary;
}

/** Adds the routes of revocations. Running sessions are denied once the revocation stands in the register, never before. */
export function serveRevocations(api: HttpApi, { closers, denier, canary }: RevocationPorts): void {
  const denied = async (recorded: Recorded): Promise<{ body: RevocationAnswer }> => ({
    body: { ...recorded, sessionsDenied: await denier.deny() },
  });
  api.serve(routes.revokeFromProject, async ({ person, params, body, version, idempotencyKey }) =>
    denied(await revokeFromProject(closers, person, params.id, body, version, idempotencyKey)),
  );
  api.serve(routes.showClosures, async () => ({ body: await readClosures(closers.table) }));
  api.serve(routes.closeAccess, async ({ person, body, idempotencyKey }) =>
    denied(await closeAccess(closers, person, body, idempotencyKey)),
  );
  api.serve(routes.reopenAccess, async ({ person, body }) => ({
    body: await reopenAccess(closers, person, body),
  }));
  api.serve(routes.openCanary, async ({ person }) => {
    await readActor(closers, person, ['officer']);
    return { body: await openCanary(canary) };
  });
}
