import type { RefusalTable } from '../platform/platform-error';

/** Refusals of credentials. */
export const credentialsRefusals = {
  PROJECT_NOT_FOUND: {
    status: 404,
    title: 'There is no such project.',
    fix: 'Check the id against GET /v1/projects.',
  },
  NOT_A_MEMBER: {
    status: 403,
    title: 'You are not a member of this project.',
    fix: 'Ask the applicant of the project to name you in a new application.',
  },
  MEMBERSHIP_REVOKED: {
    status: 403,
    title: 'You are no longer a member of this project.',
    fix: 'Ask the applicant of the project why; only a new approval of the committee names you again.',
  },
  PROJECT_NOT_ACTIVE: {
    status: 403,
    title: 'The project has ended or was revoked.',
    fix: 'Apply again if the work goes on.',
  },
  NO_ACTIVE_GRANT: {
    status: 403,
    title: 'The project has no grant that holds today.',
    fix: 'Apply again if the work goes on.',
  },
  LEGAL_BASIS_ENDED: {
    status: 403,
    title: 'The legal basis of the collection has ended.',
    fix: 'Nothing opens it again but a new legal basis; ask the data access committee.',
  },
  PLATFORM_CLOSED: {
    status: 403,
    title: 'All access is shut for now.',
    fix: 'Wait for word from the platform team; nothing is wrong with your project.',
  },
  COLLECTION_CLOSED: {
    status: 403,
    title: 'The collection is shut: its legal basis has ended.',
    fix: 'Nothing opens it again but a new legal basis; ask the data access committee.',
  },
  STUDIES_NOT_LISTED: {
    status: 422,
    title: 'The grant is for listed studies, so the request must list those to read, at most 20 at a time.',
    fix: 'Take studies from GET /v1/projects/{id}/studies and ask for up to 20 of them.',
  },
  STUDY_WITHDRAWN: {
    status: 403,
    title: 'A study in the list has been withdrawn.',
    fix: 'Take the list from GET /v1/projects/{id}/studies again; withdrawn studies have left it.',
  },
  GRANT_ENDS_TOO_SOON: {
    status: 403,
    title: 'Less than 16 minutes of access are left, and no session can be shorter.',
    fix: 'Apply again if the work goes on.',
  },
  STUDY_OUTSIDE_GRANT: {
    status: 403,
    title: 'A study in the list lies outside the grants of this project.',
    fix: 'Take studies from GET /v1/projects/{id}/studies.',
  },
  ROLE_NOT_CONFIGURED: {
    status: 503,
    title: 'The platform has no role for this collection and access mode.',
    fix: 'Tell the platform team the `ref`.',
  },
  CREDENTIAL_REQUEST_OLD: {
    status: 409,
    title: 'This request was answered before, and what it was given is not given out again.',
    fix: 'Ask anew, with a new Idempotency-Key.',
  },
  CLOCKS_DIFFER: {
    status: 503,
    title: 'The clock of this server is behind the history of the project.',
    fix: 'Try again in a minute; if it happens again, tell the platform team the `ref`.',
  },
  SESSION_NOT_MADE: {
    status: 502,
    title: 'The session could not be made.',
    fix: 'Try again; if it happens again, tell the platform team the `ref`.',
  },
} as const satisfies RefusalTable;

export type CredentialsRefusalCode = keyof typeof credentialsRefusals;
