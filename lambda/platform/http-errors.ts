import { refusals } from './platform-error';

/** Refusals that any route may give. */
export const httpRefusals = {
  NOT_SIGNED_IN: {
    status: 401,
    title: 'The request carries no valid access token.',
    fix: 'Sign in (`nmip login`) and send the request again.',
  },
  ROLE_REQUIRED: {
    status: 403,
    title: 'Your account does not have the role that this needs.',
    fix: 'Ask an officer of the platform for the role.',
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
  INTERNAL_ERROR: {
    status: 500,
    title: 'Something went wrong on our side.',
    fix: 'Try again; if it happens again, tell the platform team the `ref`.',
  },
} as const;

export const refuseRequest = refusals(httpRefusals);
