import { fromHttp } from '@aws-sdk/credential-provider-http';
import { type Credentials, takeCredentialsFrom } from './environment-credentials';

/** Credentials of a task last hours; new ones are fetched this long before the end, as the SDK does. */
const renewBeforeMilliseconds = 300_000;

/** Asks a source again only when what it gave is about to end. */
export function remembered(
  source: () => Promise<Credentials>,
  now: () => number = Date.now,
): () => Promise<Credentials> {
  let known: Promise<Credentials> | undefined;
  let renewAt = 0;
  const ask = async (): Promise<Credentials> => {
    const credentials = await source();
    renewAt = (credentials.expiration?.getTime() ?? Number.POSITIVE_INFINITY) - renewBeforeMilliseconds;
    return credentials;
  };
  return () => {
    if (known === undefined || now() >= renewAt) {
      // whoever comes meanwhile waits for the same answer
      renewAt = Number.POSITIVE_INFINITY;
      known = ask();
      known.catch(() => {
        known = undefined;
      });
    }
    return known;
  };
}

/**
 * From now on the process takes the credentials of its task from the address that the container agent gives in the
 * environment (AWS_CONTAINER_CREDENTIALS_RELATIVE_URI, or …_FULL_URI). To be called before a client is made.
 */
export function useContainerCredentials(): void {
  takeCredentialsFrom(remembered(fromHttp()));
}
