import { z } from 'zod';
import { nameVariable } from '../platform/environment';
import {
  collectionsVariable,
  datastoresVariable,
  researcherRolesVariable,
} from '../platform/environment-variables';

/** Environment of `credentials/credentials-api`. */
export const credentialsApiEnvironment = z.object({
  REGISTER_TABLE: nameVariable,
  RESEARCHER_ROLES: researcherRolesVariable,
  DICOMWEB_ENDPOINT: nameVariable,
  DATASTORES: datastoresVariable,
  UID_ROOT: nameVariable,
  COLLECTIONS: collectionsVariable,
  PSEUDONYM_KEY_ID: nameVariable,
  LEDGER_TABLE: nameVariable,
});
