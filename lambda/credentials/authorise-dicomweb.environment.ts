import { z } from 'zod';
import { nameVariable } from '../platform/environment';
import { viewerRolesVariable } from '../platform/environment-variables';

/** Environment of `credentials/authorise-dicomweb`. */
export const authoriseDicomwebEnvironment = z.object({
  REGISTER_TABLE: nameVariable,
  OIDC_ISSUER: nameVariable,
  OIDC_AUDIENCE: nameVariable,
  VIEWER_ROLES: viewerRolesVariable,
});
