/** Keys of a role session. */
export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
  readonly expiration?: Date;
}

function readCredentials(): Credentials {
  const { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN } = process.env;
  if (AWS_ACCESS_KEY_ID === undefined || AWS_SECRET_ACCESS_KEY === undefined)
    throw new Error('no credentials in the environment of this function');
  return {
    accessKeyId: AWS_ACCESS_KEY_ID,
    secretAccessKey: AWS_SECRET_ACCESS_KEY,
    ...(AWS_SESSION_TOKEN === undefined ? {} : { sessionToken: AWS_SESSION_TOKEN }),
  };
}

let source: (() => Promise<Credentials>) | undefined;

/** Names another source than the environment, for a process that is no function. */
export function takeCredentialsFrom(other: () => Promise<Credentials>): void {
  source = other;
}

/**
 * Takes the place of `@aws-sdk/credential-provider-node` in the bundles: Lambda puts the credentials of the role into the
 * environment before a process starts and never changes them in it, so none of the SDK's other sources (profiles,
 * single sign-on, web identity, instance metadata) is ever asked. A container says where its credentials come from
 * (`container-credentials.ts`).
 */
export function defaultProvider(): () => Promise<Credentials> {
  let credentials: Credentials | undefined;
  return async () => {
    if (source !== undefined) return source();
    credentials ??= readCredentials();
    return credentials;
  };
}
