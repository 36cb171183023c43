/**
 * Settings that every AWS client shares. Endpoints, region and credentials come only from the standard AWS
 * environment variables.
 */
export const awsClientSettings = {
  /** Five attempts with the SDK's back-off (at most about 20 s) ride out throttling and a failing node. */
  maxAttempts: 5,
  retryMode: 'standard',
  requestHandler: {
    /** In the Region a connection takes milliseconds; three seconds mean that it will not come. */
    connectionTimeout: 3_000,
    /** Silence on the wire, not length of the transfer: no service is silent for a minute. */
    socketTimeout: 60_000,
  },
  /** Some operations put a prefix before the host name, which a custom endpoint on an address cannot carry. */
  disableHostPrefix: process.env.AWS_ENDPOINT_URL !== undefined,
} as const;

interface WithMiddlewareStack {
  readonly middlewareStack: { remove(name: string): boolean };
}

/**
 * Takes the SDK's logging step out of a client. Nobody gives clients a logger, and the step walks through every input and
 * output all the same: a fifth of the work around a transaction of a hundred items.
 */
export function withoutRequestLog<Client extends WithMiddlewareStack>(client: Client): Client {
  client.middlewareStack.remove('loggerMiddleware');
  return client;
}
