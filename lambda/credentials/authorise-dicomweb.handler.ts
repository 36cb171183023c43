import { systemClock } from '../platform/clock';
import { createDocumentClient, DocumentTable } from '../platform/document-table';
import { readEnvironment } from '../platform/environment';
import { createLog } from '../platform/log';
import { createTokenVerifier } from '../register/token-verifier';
import { authoriseDicomwebEnvironment } from './authorise-dicomweb.environment';
import { authoriseDicomweb, type DicomwebAnswer, type DicomwebAuthority } from './dicomweb-authorisation';

/** HealthImaging waits one second for the answer; discovery and keys are asked one after the other. */
const ISSUER_TIMEOUT_MILLISECONDS = 350;

const environment = readEnvironment(authoriseDicomwebEnvironment);

const authority: DicomwebAuthority = {
  verifier: createTokenVerifier({
    issuer: environment.OIDC_ISSUER,
    audience: environment.OIDC_AUDIENCE,
    accessTokens: environment.OIDC_ACCESS_TOKENS,
    clock: systemClock,
    timeoutMilliseconds: ISSUER_TIMEOUT_MILLISECONDS,
  }),
  table: new DocumentTable(createDocumentClient(), environment.REGISTER_TABLE),
  clock: systemClock,
  collections: environment.configuration.collections,
  roleOf: environment.VIEWER_ROLE,
  log: createLog('authorise-dicomweb'),
};

export const handler = (event: unknown): Promise<DicomwebAnswer> => authoriseDicomweb(authority, event);
