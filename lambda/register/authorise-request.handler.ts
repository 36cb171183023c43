import type { APIGatewayAuthorizerResult, APIGatewayRequestAuthorizerEvent } from 'aws-lambda';
import { systemClock } from '../platform/clock';
import { createDocumentClient, DocumentTable } from '../platform/document-table';
import { readEnvironment } from '../platform/environment';
import { createLog } from '../platform/log';
import { authoriseRequestEnvironment } from './authorise-request.environment';
import { authoriseRequest, type RequestAuthority } from './request-authorisation';
import { createTokenVerifier } from './token-verifier';

/** An issuer that takes longer is down: the caller had better try again. */
const ISSUER_TIMEOUT_MILLISECONDS = 3_000;

const environment = readEnvironment(authoriseRequestEnvironment);

const authority: RequestAuthority = {
  verifier: createTokenVerifier({
    issuer: environment.OIDC_ISSUER,
    audience: environment.OIDC_AUDIENCE,
    accessTokens: environment.OIDC_ACCESS_TOKENS,
    clock: systemClock,
    timeoutMilliseconds: ISSUER_TIMEOUT_MILLISECONDS,
  }),
  table: new DocumentTable(createDocumentClient(), environment.REGISTER_TABLE),
  assurance: environment.OIDC_ASSURANCE,
  firstOfficers: environment.FIRST_OFFICERS,
  log: createLog('authorise-request'),
};

export const handler = (event: APIGatewayRequestAuthorizerEvent): Promise<APIGatewayAuthorizerResult> =>
  authoriseRequest(authority, event);
