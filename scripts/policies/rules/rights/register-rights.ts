import { books, type RoleRights } from './role-rights';

/** Functions of the register, its history and the credentials that it gives. */
export const registerRights: Readonly<Record<string, RoleRights>> = {
  'history/export-events': {
    may: [
      'get outbox',
      'query outbox',
      'remove outbox',
      'get copied-so-far',
      'query copied-so-far',
      'put copied-so-far',
      'read checkpoints',
      'write checkpoints',
      'list audit',
    ],
  },
  'history/history-api': { may: ['read register', 'read checkpoints', 'list audit'] },
  'public-register/public-register-api': { may: ['query published'] },
  'register/expire-grants': { may: books('register') },
  'register/register-api': {
    may: [...books('register'), 'read papers', 'write papers', 'delete papers', 'list applications'],
  },
  'register/authorise-request': { may: ['read register'] },
  // the path of researchers' roles holds the canary's too, which does not trust the issuer
  'credentials/credentials-api': {
    may: [...books('register'), 'assume researcher-roles', 'assume canary-roles'],
  },
  'credentials/deny-sessions': { may: ['query register', 'rewrite denials'] },
  'credentials/revocation-canary': {
    may: ['put outbox', 'assume canary-roles', 'invoke deny-sessions'],
  },
  'register/revocation-api': {
    may: [...books('register'), 'assume canary-roles', 'invoke deny-sessions'],
  },
  'credentials/authorise-dicomweb': { may: ['read register'] },
};
