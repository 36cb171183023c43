import type { ProjectCredentials } from './credential-cache';

/** What AWS SDKs read from a `credential_process` (Version 1). */
export function processFormat(credentials: ProjectCredentials): string {
  return JSON.stringify({
    Version: 1,
    AccessKeyId: credentials.accessKeyId,
    SecretAccessKey: credentials.secretAccessKey,
    SessionToken: credentials.sessionToken,
    Expiration: credentials.expiration,
  });
}
