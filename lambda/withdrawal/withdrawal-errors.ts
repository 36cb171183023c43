import { refusals } from '../platform/platform-error';

/** Every refusal of the withdrawal routes. */
export const withdrawalRefusals = {
  NO_TRUST: {
    status: 403,
    title: 'Your account is not linked to a trust.',
    fix: 'Ask an officer of the platform to link your account to your trust.',
  },
  OFFICER_REQUIRED: {
    status: 403,
    title: 'Only an officer withdraws studies or a whole trust.',
    fix: 'Send the NHS numbers of the patients, or ask an officer of the platform.',
  },
  REASON_OF_ONE_TRUST: {
    status: 403,
    title:
      'NHS numbers withdraw what every trust sent of these patients, and that is not yours to ask for this reason.',
    fix: 'Name a reason of the patients themselves, or the Patient IDs of your own images; else ask an officer.',
  },
  TRUST_REQUIRED: {
    status: 422,
    title: 'Patient IDs mean a patient only within one trust.',
    fix: 'Name the trust whose Patient IDs these are.',
  },
  TRUST_NOT_CONFIGURED: {
    status: 422,
    title: 'The platform knows no such trust.',
    fix: 'Check the ODS code.',
  },
  UNKNOWN_COLLECTION: {
    status: 404,
    title: 'There is no such collection.',
    fix: 'Check the name of the collection with the platform team.',
  },
  IDEMPOTENCY_KEY_REUSED: {
    status: 409,
    title: 'The idempotency key belongs to another withdrawal.',
    fix: 'Use a new key for a new withdrawal.',
  },
  WITHDRAWAL_NOT_FOUND: {
    status: 404,
    title: 'There is no such withdrawal of yours.',
    fix: 'Check the id; `nmip withdrawal` lists the withdrawals that you may see.',
  },
  WITHDRAWAL_NOT_PREPARED: {
    status: 409,
    title: 'The withdrawal has not been prepared yet.',
    fix: 'Wait until its state is `prepared`; `nmip withdrawal ID --watch` shows it.',
  },
  CERTIFICATE_NOT_READY: {
    status: 409,
    title: 'The withdrawal has not come to its end yet.',
    fix: 'Wait until its state is `done`; `nmip withdrawal ID --watch` shows it.',
  },
} as const;

export const refuseWithdrawal = refusals(withdrawalRefusals);
