declare module 'oidc-provider/lib/helpers/als.js' {
  import type { AsyncLocalStorage } from 'node:async_hooks';

  /** Where the provider keeps the request that it answers. */
  const requestContext: AsyncLocalStorage<unknown>;
  export default requestContext;
}
