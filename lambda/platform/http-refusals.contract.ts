import type { RefusalTable } from './platform-error';

/** Refusals that do not belong to a capability: of the functions' common part, and of API Gateway itself. */
export const httpRefusals = {
  NOT_SIGNED_IN: {
    status: 401,
    title: 'The request carries no valid access token.',
    fix: 'Sign in (`nmip login`) and send the request again.',
  },
  ACCESS_DENIED: {
    status: 403,
    title: 'The access token is not accepted here.',
    fix: 'Sign in again; if that does not help, ask an officer of the platform.',
  },
  ROLE_REQUIRED: {
    status: 403,
    title: 'Your account does not have the role that this needs.',
    fix: 'Ask an officer of the platform for the role.',
  },
  SIGN_IN_TOO_WEAK: {
    status: 403,
    title: 'Your role needs a sign-in with a second factor.',
    fix: 'Sign in again with your security key, smartcard or authenticator: `nmip login --strong`.',
  },
  REQUEST_BLOCKED: {
    status: 403,
    title: 'The firewall of the API has blocked the request.',
    fix: 'Send the request as the API description has it; if it is blocked all the same, tell the platform team the `ref`.',
  },
  ROUTE_NOT_FOUND: {
    status: 404,
    title: 'There is no such address in this API.',
    fix: 'Check the method and the path against the API description.',
  },
  BODY_NOT_JSON: {
    status: 400,
    title: 'The body of the request is not JSON.',
    fix: 'Send a JSON object with content type application/json.',
  },
  BODY_NOT_PLAIN: {
    status: 400,
    title: 'The body of the request is nested too deeply, or holds a name or a text that no request has.',
    fix: 'Send plain members only: no `__proto__`, no unpaired surrogates, no more levels than the API description shows.',
  },
  BODY_TOO_LARGE: {
    status: 413,
    title: 'The body of the request is larger than this address takes.',
    fix: 'Send less at once: the API description gives the limit of each address.',
  },
  UNSUPPORTED_MEDIA_TYPE: {
    status: 415,
    title: 'The body of the request is not announced as plain JSON in UTF-8.',
    fix: 'Send it once as `Content-Type: application/json`, without Content-Encoding.',
  },
  INVALID_REQUEST: {
    status: 400,
    title: 'The request does not have the expected shape.',
    fix: 'Correct the fields listed in `errors` and send the request again.',
  },
  INVALID_PAGE_TOKEN: {
    status: 400,
    title: 'The page token is not one that this address gave.',
    fix: 'Start again without `next`.',
  },
  IDEMPOTENCY_KEY_INVALID: {
    status: 400,
    title: 'The Idempotency-Key has no valid form.',
    fix: 'Use 1 to 64 letters, digits, hyphens or underscores, e.g. a UUID.',
  },
  PRECONDITION_REQUIRED: {
    status: 428,
    title: 'A change must name the version that it changes.',
    fix: 'Read it first and send the `ETag` of that answer as `If-Match`.',
  },
  VERSION_DIFFERS: {
    status: 412,
    title: 'Somebody has changed this since you read it.',
    fix: 'Read it again and repeat the change.',
  },
  TOO_MANY_REQUESTS: {
    status: 429,
    title: 'There are too many requests at the moment.',
    fix: 'Wait a little and send the request again.',
  },
  INTERNAL_ERROR: {
    status: 500,
    title: 'Something went wrong on our side.',
    fix: 'Try again; if it happens again, tell the platform team the `ref`.',
  },
} as const satisfies RefusalTable;
