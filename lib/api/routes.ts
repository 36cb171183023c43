import { catalogueRoutes } from '../../lambda/catalogue/catalogue-routes.contract';
import { cohortRoutes } from '../../lambda/cohorts/cohort-routes.contract';
import { credentialsRoutes } from '../../lambda/credentials/credentials-routes.contract';
import { demographicsRoutes } from '../../lambda/demographics/demographics-routes.contract';
import { historyRoutes } from '../../lambda/history/history-routes.contract';
import type { Method, RouteContract, RouteContracts } from '../../lambda/platform/route.contract';
import { publicRegisterRoutes } from '../../lambda/public-register/public-register-routes.contract';
import { qualityRoutes } from '../../lambda/quality/quality-routes.contract';
import { quarantineRoutes } from '../../lambda/quarantine/quarantine-routes.contract';
import { applicationRoutes } from '../../lambda/register/application-routes.contract';
import { assessmentRoutes } from '../../lambda/register/assessment-routes.contract';
import { attachmentRoutes } from '../../lambda/register/attachment-routes.contract';
import { peopleRoutes } from '../../lambda/register/people-routes.contract';
import { projectRoutes } from '../../lambda/register/project-routes.contract';
import { revocationRoutes } from '../../lambda/register/revocation-routes.contract';
import { publicReleasesRoutes, releasesRoutes } from '../../lambda/releases/releases-routes.contract';
import { commitmentRoutes } from '../../lambda/splits/commitment.contract';
import { splitsRoutes } from '../../lambda/splits/splits-routes.contract';
import { submissionRoutes } from '../../lambda/submission/submission-routes.contract';
import { withdrawalRoutes } from '../../lambda/withdrawal/withdrawal-routes.contract';

/** The contracts of each function behind the REST API. */
export const contractsOf = {
  submission: submissionRoutes,
  demographics: demographicsRoutes,
  quarantine: quarantineRoutes,
  quality: qualityRoutes,
  withdrawal: withdrawalRoutes,
  catalogue: catalogueRoutes,
  publicRegister: { ...publicRegisterRoutes, ...commitmentRoutes },
  releases: releasesRoutes,
  publicReleases: publicReleasesRoutes,
  cohorts: cohortRoutes,
  register: {
    ...peopleRoutes,
    ...applicationRoutes,
    ...assessmentRoutes,
    ...attachmentRoutes,
    ...projectRoutes,
  },
  credentials: credentialsRoutes,
  history: historyRoutes,
  revocation: revocationRoutes,
  splits: splitsRoutes,
} as const satisfies Readonly<Record<string, RouteContracts>>;

/** A function behind the REST API. */
export type ApiHandler = keyof typeof contractsOf;

/** A method of the REST API and the function that answers it. */
export interface Route {
  readonly method: Method;
  readonly path: string;
  readonly handler: ApiHandler;
  /** Why it answers without a token. */
  readonly open?: string;
  readonly rateLimit?: RouteContract['rateLimit'];
}

const handlers = Object.keys(contractsOf) as ApiHandler[];

/** Every route, as docs/architecture.md, "HTTP API", lists them. */
export const routes: readonly Route[] = handlers.flatMap((handler) => {
  const contracts: RouteContracts = contractsOf[handler];
  return Object.values(contracts).map(({ method, path, open, rateLimit }) => ({
    method,
    path,
    handler,
    ...(open !== undefined && { open }),
    ...(rateLimit !== undefined && { rateLimit }),
  }));
});
