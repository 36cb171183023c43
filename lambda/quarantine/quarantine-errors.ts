import { refusals } from '../platform/platform-error';
import { namedFileLimit } from './quarantine.contract';

/** Every refusal of the quarantine routes. */
export const quarantineRefusals = {
  NO_TRUST: {
    status: 403,
    title: 'Your account is not linked to a trust.',
    fix: 'Ask an officer of the platform to link your account to your trust.',
  },
  OTHER_TRUST: {
    status: 403,
    title: 'You see the quarantined files of your own trust only.',
    fix: 'Leave the trust out.',
  },
  FILE_NOT_FOUND: {
    status: 404,
    title: 'There is no such quarantined file.',
    fix: 'Check submission and ordinal; `nmip quarantine list` shows what is kept.',
  },
  FILES_REPEATED: {
    status: 422,
    title: 'A file is named twice.',
    fix: `Name each file once, at most ${namedFileLimit} in one request.`,
  },
  NEVER_RELEASED: {
    status: 409,
    title: 'Files with this code are never released.',
    fix: 'The trust sends the file again, put right. `nmip quarantine show` says why.',
  },
  RULES_NOT_CHANGED: {
    status: 409,
    title: 'The rules have not changed since these files were quarantined: they would end the same way.',
    fix: 'Change the collection or the policy first, or release them all the same with `--again`.',
  },
  NOTHING_TO_RELEASE: {
    status: 409,
    title: 'None of these files waits for a decision.',
    fix: '`nmip quarantine list` shows which files wait, are being replayed, or have come to their end.',
  },
  COLLECTION_ENDED: {
    status: 409,
    title: 'The legal basis of the collection has ended, or it is configured no more; it takes no images.',
    fix: 'Reject the files, or let them come to their end.',
  },
  TRUST_NOT_CONFIGURED: {
    status: 409,
    title: 'The platform takes no images from this trust any more.',
    fix: 'Reject the files, or let them come to their end.',
  },
  NOT_WAITING: {
    status: 409,
    title: 'The file is in a replay, or has come to its end.',
    fix: '`nmip quarantine show` says what became of it.',
  },
  RELEASE_NOT_FOUND: {
    status: 404,
    title: 'There is no such release.',
    fix: 'Check the id that `nmip quarantine release` gave.',
  },
  IDEMPOTENCY_KEY_REUSED: {
    status: 409,
    title: 'The Idempotency-Key came before with another request.',
    fix: 'Use a new key for a new request.',
  },
} as const;

export const refuseQuarantine = refusals(quarantineRefusals);
