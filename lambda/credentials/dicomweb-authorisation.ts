import * as z from 'zod';
import type { Clock } from '../platform/clock';
import type { CollectionConfiguration } from '../platform/configuration.contract';
import type { Log } from '../platform/log';
import type { CollectionRoleOf } from '../platform/name-templates.contract';
import { readClosures } from '../register/closures';
import { findPerson } from '../register/people';
import { membership, project } from '../register/project.contract';
import { membershipKey, personPartition, projectKey, type RegisterTable } from '../register/register-table';
import { TokenRefused, type TokenVerifier } from '../register/token-verifier';
import { chooseViewerRole, viewerOperations } from './viewer-decision';

/** What HealthImaging sends (devguide, "Using AWS Lambda authorizers"). */
export const dicomwebRequest = z.object({
  datastoreId: z.string().regex(/^[0-9a-z]{32}$/),
  operation: z.string(),
  bearerToken: z.string(),
});

/** What HealthImaging takes for an answer; an empty role denies. */
export interface DicomwebAnswer {
  readonly isTokenValid: boolean;
  readonly roleArn: string;
}

export interface DicomwebAuthority {
  readonly verifier: TokenVerifier;
  readonly table: RegisterTable;
  readonly clock: Clock;
  readonly collections: readonly CollectionConfiguration[];
  readonly roleOf: CollectionRoleOf;
  readonly log: Log;
}

/** Projects read for one answer, which must come within a second; whoever has more names one in the token. */
const MOST_PROJECTS = 10;

/** Memberships read for one answer, of which most may have been revoked. */
const MOST_MEMBERSHIPS = 100;

const invalid: DicomwebAnswer = { isTokenValid: false, roleArn: '' };
const denied: DicomwebAnswer = { isTokenValid: true, roleArn: '' };

/** Ids of the projects in question; null where there are too many to read in time. */
async function projectsOf(
  table: RegisterTable,
  subject: string,
  named: string | null,
): Promise<string[] | null> {
  if (named !== null) {
    const member = await table.get(membershipKey(subject, named), membership);
    return member?.status === 'active' ? [named] : [];
  }
  const page = await table.query(
    { pk: personPartition(subject), skPrefix: 'PROJECT#', limit: MOST_MEMBERSHIPS },
    membership,
  );
  const active = page.items.filter(({ status }) => status === 'active');
  return page.next !== null || active.length > MOST_PROJECTS
    ? null
    : active.map(({ projectId }) => projectId);
}

/**
 * Answers HealthImaging whether a bearer token opens a DICOMweb read, and by which role. The register is asked at every
 * request. Only grants of a whole collection can be read so, since no session policy can narrow the role.
 *
 * @throws Error where issuer or register cannot be asked; HealthImaging then denies
 */
export async function authoriseDicomweb(
  authority: DicomwebAuthority,
  event: unknown,
): Promise<DicomwebAnswer> {
  const { table, clock, log } = authority;
  const request = dicomwebRequest.safeParse(event);
  if (!request.success) {
    log.warn('viewer refused', { code: 'REQUEST_MALFORMED' });
    return invalid;
  }
  const { operation, bearerToken } = request.data;
  try {
    const token = await authority.verifier.verify(bearerToken);
    if (!viewerOperations.some((each) => each === operation)) {
      log.info('viewer refused', { code: 'OPERATION_NOT_OPEN' });
      return denied;
    }
    const [person, projectIds] = await Promise.all([
      findPerson(table, token.subject),
      projectsOf(table, token.subject, token.project),
    ]);
    if (person === null || projectIds === null) {
      log.info('viewer refused', { code: person === null ? 'PERSON_NOT_FOUND' : 'GRANT_AMBIGUOUS' });
      return denied;
    }
    // A machine sends images and does nothing else, whoever holds its key.
    if (token.machine || person.kind === 'machine') {
      log.info('viewer refused', { code: 'MACHINE', person: person.pseudonym });
      return denied;
    }
    const [shut, ...projects] = await Promise.all([
      readClosures(table),
      ...projectIds.map((id) => table.get(projectKey(id), project)),
    ]);
    const decision = chooseViewerRole({
      now: clock.now(),
      closures: shut,
      projects: projects.filter((found) => found !== null),
      collections: authority.collections,
      roleOf: authority.roleOf,
    });
    if (decision.outcome === 'refuse') {
      log.info('viewer refused', { code: decision.code, person: person.pseudonym });
      return denied;
    }
    log.info('viewer admitted', {
      person: person.pseudonym,
      operation,
      grants: decision.grantIds.join(' '),
    });
    return { isTokenValid: true, roleArn: decision.roleArn };
  } catch (error) {
    if (!(error instanceof TokenRefused)) throw error;
    log.info('viewer refused', { code: error.code });
    return invalid;
  }
}
