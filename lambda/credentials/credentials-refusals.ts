import { refusals } from '../platform/platform-error';

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
  GRANT_AMBIGUOUS: {
    status: 409,
    title: 'The project has several grants and the request does not say which.',
    fix: 'List the studies you want to read.',
  },
  LEGAL_BASIS_ENDED: {
    status: 403,
    title: 'The legal basis of the collection has ended.',
    fix: 'Nothing opens it again but a new legal basis; ask the data access committee.',
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
  SESSION_NOT_MADE: {
    status: 502,
    title: 'The session could not be made.',
    fix: 'Try again; if it happens again, tell the platform team the `ref`.',
  },
} as const;

export type CredentialsRefusalCode = keyof typeof credentialsRefusals;

export const refuseCredentials = refusals(credentialsRefusals);
