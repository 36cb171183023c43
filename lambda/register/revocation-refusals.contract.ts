/** Refusals of revocations and reopenings. */
export const revocationRefusals = {
  PROJECT_NOT_FOUND: {
    status: 404,
    title: 'There is no such project, or it is not yours to see.',
    fix: 'Check the id against GET /v1/projects.',
  },
  NOT_THE_APPLICANT: {
    status: 403,
    title: 'Only officers and the applicant of the project may do this.',
    fix: 'Ask the applicant of the project, or an officer.',
  },
  MEMBER_NOT_FOUND: {
    status: 404,
    title: 'The person is no member of the project.',
    fix: 'Check the subject against the members of GET /v1/projects/{id}.',
  },
  GRANT_NOT_FOUND: {
    status: 404,
    title: 'The project has no such grant.',
    fix: 'Check the id against the grants of GET /v1/projects/{id}.',
  },
  COLLECTION_NOT_FOUND: {
    status: 404,
    title: 'There is no such collection.',
    fix: 'Use the id of a collection in the configuration.',
  },
  CANARY_NOT_FOUND: {
    status: 404,
    title: 'There is no such canary, or it is more than an hour old.',
    fix: 'Make one with POST /v1/canaries and use it at once.',
  },
  ALREADY_REVOKED: {
    status: 409,
    title: 'This access has been revoked or has ended already.',
    fix: 'Nothing needs to be done.',
  },
  ALREADY_CLOSED: {
    status: 409,
    title: 'It is shut already.',
    fix: 'Nothing needs to be done; GET /v1/closures shows what is shut.',
  },
  NOT_CLOSED: {
    status: 409,
    title: 'It is not shut.',
    fix: 'Nothing needs to be done; GET /v1/closures shows what is shut.',
  },
} as const;
