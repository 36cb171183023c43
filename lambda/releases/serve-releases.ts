import type { HttpApi } from '../platform/http-api';
import { askForRelease, type ReleaseMakers } from './ask-for-release';
import { publicReleasesRoutes, releasesRoutes as routes } from './releases-routes.contract';
import {
  linkFile,
  linkManifest,
  listProgress,
  listPublished,
  type PublicReleasesPorts,
  progressOf,
  type ReleaseFindingsPorts,
  showCollectionRepresentativeness,
  showFindings,
  showProgress,
  showPublished,
  showRepresentativeness,
} from './show-releases';
import { abandonRelease, giveReason, resumeRelease } from './steer-release';

export interface ReleasesPorts {
  readonly makers: ReleaseMakers;
  readonly findings: ReleaseFindingsPorts;
  readonly published: PublicReleasesPorts;
}

/** Adds the routes of the making of releases. */
export function serveReleases(api: HttpApi, { makers, findings, published }: ReleasesPorts): void {
  api.serve(routes.createRelease, async ({ person, body, idempotencyKey }) => {
    const { record, created } = await askForRelease(makers, person, body, idempotencyKey);
    return { status: created ? 201 : 200, body: progressOf(record) };
  });
  api.serve(routes.listReleaseProgress, async () => ({ body: await listProgress(makers) }));
  api.serve(routes.showReleaseProgress, async ({ params: { version } }) => ({
    body: await showProgress(makers, version),
  }));
  api.serve(routes.showReleaseFindings, async ({ params: { version } }) => ({
    body: await showFindings(findings, version),
  }));
  api.serve(routes.giveReleaseReason, async ({ person, params: { version }, body }) => ({
    body: progressOf(await giveReason(makers, person, version, body)),
  }));
  api.serve(routes.resumeRelease, async ({ person, params: { version } }) => ({
    body: progressOf(await resumeRelease(makers, person, version)),
  }));
  api.serve(routes.abandonRelease, async ({ person, params: { version } }) => ({
    body: progressOf(await abandonRelease(makers, person, version)),
  }));
  api.serve(routes.linkReleaseManifest, async ({ params: { version } }) => ({
    body: await linkManifest(published, version),
  }));
}

/** Adds the routes of releases that answer everybody. */
export function servePublicReleases(api: HttpApi, ports: PublicReleasesPorts): void {
  api.serve(publicReleasesRoutes.listReleases, async () => ({ body: await listPublished(ports) }));
  api.serve(publicReleasesRoutes.showPublishedRelease, async ({ params: { version } }) => ({
    body: await showPublished(ports, version),
  }));
  api.serve(publicReleasesRoutes.showReleaseRepresentativeness, async ({ params: { version } }) => ({
    body: await showRepresentativeness(ports, version),
  }));
  api.serve(
    publicReleasesRoutes.showCollectionRepresentativeness,
    async ({ params: { version, collection } }) => ({
      body: await showCollectionRepresentativeness(ports, version, collection),
    }),
  );
  api.serve(publicReleasesRoutes.linkReleaseFile, async ({ params: { version, name } }) => ({
    body: await linkFile(ports, version, name),
  }));
}
