import { refusals } from '../platform/platform-error';

/** Every refusal of the demographics routes but those of submissions. */
export const demographicsRefusals = {
  DEMOGRAPHICS_TOO_LARGE: {
    status: 422,
    title: 'A demographics table has at most 5 MB.',
    fix: 'Send the images in several submissions, each with the rows of its own subjects.',
  },
  DEMOGRAPHICS_TOO_LATE: {
    status: 409,
    title: 'The submission is too old to take demographics.',
    fix: 'Send the images again in a new submission with their demographics; they end as duplicates.',
  },
  DEMOGRAPHICS_NOT_RECEIVED: {
    status: 409,
    title: 'No table has arrived under this upload.',
    fix: 'Ask for a URL, put the table to it, then hand it in.',
  },
  DEMOGRAPHICS_SUPERSEDED: {
    status: 409,
    title: 'A later table has been taken in the meantime.',
    fix: 'Nothing to do; to replace that one, send this table again.',
  },
  DEMOGRAPHICS_INVALID: {
    status: 422,
    title: 'The demographics table has faults; nothing of it was kept.',
    fix: 'Correct what `errors` lists and send the table again. `nmip demographics check FILE` checks it without sending.',
  },
} as const;

export const refuseDemographics = refusals(demographicsRefusals);
