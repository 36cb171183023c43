import { refusals } from '../platform/platform-error';

/** Every refusal of the quality routes. */
export const qualityRefusals = {
  NO_TRUST: {
    status: 403,
    title: 'Your account is not linked to a trust.',
    fix: 'Ask an officer of the platform to link your account to your trust.',
  },
  OTHER_TRUST: {
    status: 403,
    title: 'You see the scorecards of your own trust only.',
    fix: 'Name your own trust; `nmip whoami` says which it is.',
  },
  SCORECARD_NOT_FOUND: {
    status: 404,
    title: 'There is no scorecard of this trust and week.',
    fix: 'Leave the week out to see which there are: they are made on Mondays, for the week before.',
  },
  COLLECTION_NOT_FOUND: {
    status: 404,
    title: 'There is no such collection.',
    fix: 'Check the id of the collection.',
  },
} as const;

export const refuseQuality = refusals(qualityRefusals);
