import { refusals } from '../platform/platform-error';

/** Every refusal of the routes of releases. */
export const releaseRefusals = {
  RELEASE_NOT_FOUND: {
    status: 404,
    title: 'There is no such release.',
    fix: 'Check the version against GET /v1/releases; `nmip release list` shows it.',
  },
  RELEASE_EXISTS: {
    status: 409,
    title: 'This version was used before; a version is never used twice.',
    fix: 'Take the next number of the year.',
  },
  RELEASE_NOT_NEWER: {
    status: 409,
    title: 'A later release has been published.',
    fix: 'Take a version after the last one published.',
  },
  RELEASE_UNDER_WAY: {
    status: 409,
    title: 'Another release is being made; there is one at a time.',
    fix: 'Wait until it is published, or abandon it: `nmip release show VERSION` says how it stands.',
  },
  UNKNOWN_COLLECTION: {
    status: 404,
    title: 'There is no such collection.',
    fix: 'Check the names of the collections with the platform team.',
  },
  COLLECTION_NOT_IN_RELEASE: {
    status: 404,
    title: 'The release has no such collection, or no report on it.',
    fix: 'Check the name against the collections of the release: `nmip release show VERSION` lists them.',
  },
  RELEASE_NOT_STOPPED: {
    status: 409,
    title: 'The release does not wait for anybody.',
    fix: 'Look at its state: `nmip release show VERSION`.',
  },
  REASON_NOT_ASKED: {
    status: 409,
    title: 'No reason for this is asked.',
    fix: 'Give the reason for what the release has stopped at.',
  },
  FINDINGS_CHANGED: {
    status: 409,
    title: 'The findings are others than those that the reason is about.',
    fix: 'Read the findings again and give a reason for them.',
  },
  RELEASE_FINISHED: {
    status: 409,
    title: 'The release is published or abandoned and never changes.',
    fix: 'Make another release.',
  },
  FILE_NOT_FOUND: {
    status: 404,
    title: 'The release has no such file for everybody.',
    fix: 'GET /v1/releases/{version} names its files.',
  },
} as const;

export const refuseRelease = refusals(releaseRefusals);
