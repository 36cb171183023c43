import type { AsyncLocalStorage } from 'node:async_hooks';
import { randomBytes } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import type { Configuration, KoaContextWithOIDC, Provider } from 'oidc-provider';
import { Html, pageHeaders } from '../front-door/page';
import { demoPeople } from './demo-people';
import { machineClients } from './machine-clients';
import { MemoryAdapter } from './memory-adapter';
import {
  acrValues,
  secondFactorAskedFor,
  secondFactorOf,
  secondFactors,
  signInClaims,
} from './second-factor';
import {
  deviceCodePage,
  deviceConfirmPage,
  deviceConnectedPage,
  loginPage,
  signedOutPage,
  signInErrorPage,
} from './sign-in-pages';
import { signingKeys } from './signing-keys';

export interface SignInOptions {
  readonly dataFolder: string;
  /** As the configuration spells it: `http://127.0.0.1:8080/sign-in`. */
  readonly issuer: string;
  /** `aud` of the access tokens. */
  readonly audience: string;
  /** Where the web pages come from. */
  readonly portalOrigin: string;
}

/** Resource indicator (RFC 8707) that stands for the API; it must be a URI, which an audience need not be. */
const apiResource = 'urn:nmip:api';

/** Public client of the command. */
const commandClient = 'nmip-cli';

/** Public client of the web pages. */
const portalClient = 'nmip-portal';

const hour = 3600;

function sendPage(context: KoaContextWithOIDC, body: string): void {
  context.set({ ...pageHeaders });
  context.body = body;
}

async function configuration(options: SignInOptions): Promise<Configuration> {
  return {
    clients: [
      {
        client_id: commandClient,
        client_name: 'nmip command',
        // A native client may redirect to any port of the loopback address (RFC 8252 §7.3).
        application_type: 'native',
        token_endpoint_auth_method: 'none',
        grant_types: ['authorization_code', 'refresh_token', 'urn:ietf:params:oauth:grant-type:device_code'],
        response_types: ['code'],
        redirect_uris: ['http://127.0.0.1/callback'],
        id_token_signed_response_alg: 'ES256',
      },
      {
        client_id: portalClient,
        client_name: 'NMIP web pages',
        application_type: 'web',
        token_endpoint_auth_method: 'none',
        grant_types: ['authorization_code', 'refresh_token'],
        response_types: ['code'],
        redirect_uris: [`${options.portalOrigin}/signed-in`],
        post_logout_redirect_uris: [`${options.portalOrigin}/`],
        id_token_signed_response_alg: 'ES256',
      },
      ...machineClients(options.dataFolder).map(({ id, jwk }) => ({
        client_id: id,
        client_name: `Unattended delivery (${id})`,
        token_endpoint_auth_method: 'private_key_jwt' as const,
        token_endpoint_auth_signing_alg: 'ES256' as const,
        grant_types: ['client_credentials'],
        response_types: [],
        redirect_uris: [],
        id_token_signed_response_alg: 'ES256' as const,
        jwks: { keys: [jwk] },
      })),
    ],
    acrValues: [...acrValues],
    extraTokenClaims: (context) => signInClaims(context),
    // Also for clients with a key: each refresh token is good for one use, and a second use ends the grant.
    rotateRefreshToken: true,
    responseTypes: ['code'],
    // A page of the portal calls the token endpoint from its own origin.
    clientBasedCORS: (_context, origin) => origin === options.portalOrigin,
    adapter: MemoryAdapter,
    jwks: await signingKeys(options.dataFolder),
    cookies: { keys: [randomBytes(32).toString('hex')] },
    scopes: ['openid', 'profile', 'email', 'offline_access'],
    claims: { openid: ['sub'], acr: null, amr: null, profile: ['name'], email: ['email'] },
    conformIdTokenClaims: false,
    enabledJWA: { idTokenSigningAlgValues: ['ES256'] },
    pkce: { required: () => true },
    ttl: {
      AccessToken: hour,
      AuthorizationCode: 60,
      ClientCredentials: 600,
      DeviceCode: 600,
      Grant: 12 * hour,
      IdToken: hour,
      Interaction: hour,
      RefreshToken: 12 * hour,
      Session: hour,
    },
    findAccount: (_context, subject) => {
      const person = demoPeople.find((candidate) => candidate.subject === subject);
      if (!person) return undefined;
      return {
        accountId: subject,
        claims: () => ({ sub: subject, name: person.name, email: person.email }),
      };
    },
    interactions: {
      url: (_context, interaction) => `${new URL(options.issuer).pathname}/interaction/${interaction.uid}`,
    },
    renderError: (context, { error, error_description }) => {
      sendPage(context, signInErrorPage(error, error_description ?? ''));
    },
    features: {
      clientCredentials: { enabled: true },
      devInteractions: { enabled: false },
      deviceFlow: {
        enabled: true,
        userCodeInputSource: (context, form, _out, error) => {
          const problem =
            error && ('userCode' in error || error.name === 'NoCodeError')
              ? 'That code is not right or too old. Try again.'
              : undefined;
          const button = '<button type="submit" form="op.deviceInputForm">Go on</button>';
          sendPage(context, deviceCodePage(new Html(form + button), problem));
        },
        userCodeConfirmSource: (context, form, _client, _device, userCode) => {
          sendPage(context, deviceConfirmPage(new Html(form), userCode));
        },
        successSource: (context) => sendPage(context, deviceConnectedPage()),
      },
      resourceIndicators: {
        enabled: true,
        defaultResource: () => apiResource,
        useGrantedResource: () => true,
        getResourceServerInfo: () => ({
          scope: '',
          audience: options.audience,
          accessTokenFormat: 'jwt',
          accessTokenTTL: hour,
          jwt: { sign: { alg: 'ES256' } },
        }),
      },
      rpInitiatedLogout: {
        logoutSource: (context, form) => {
          const button =
            '<button type="submit" form="op.logoutForm" name="logout" value="yes">Sign out</button>';
          sendPage(context, deviceCodePage(new Html(form + button), undefined));
        },
        postLogoutSuccessSource: (context) => sendPage(context, signedOutPage()),
      },
    },
  };
}

/**
 * Loads the provider without its remark that it would rather have a later Node.js: it runs on version 20, and whoever
 * starts the platform could do nothing about it.
 */
async function loadProvider() {
  const { warn } = console;
  console.warn = () => undefined;
  try {
    const { Provider } = await import('oidc-provider');
    // biome-ignore lint/style/noRestrictedImports: a part of the provider, and not of the room lib
    const { default: requestContext } = await import('oidc-provider/lib/helpers/als.js');
    return { Provider, requestContext };
  } finally {
    console.warn = warn;
  }
}

/** The OIDC issuer of the embedded platform: authorisation code with PKCE, device flow, keys of machines, JWT access tokens. */
export class SignIn {
  private readonly respond: (request: IncomingMessage, response: ServerResponse) => Promise<void>;
  private readonly mount: string;
  private underWay = 0;

  private constructor(
    private readonly provider: Provider,
    private readonly requestContext: AsyncLocalStorage<unknown>,
    issuer: string,
  ) {
    this.respond = provider.callback();
    this.mount = new URL(issuer).pathname;
  }

  static async create(options: SignInOptions): Promise<SignIn> {
    const { Provider: ProviderClass, requestContext } = await loadProvider();
    const provider = new ProviderClass(options.issuer, await configuration(options));
    return new SignIn(provider, requestContext, options.issuer);
  }

  /** Serves everything below the issuer's path. */
  async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    this.underWay += 1;
    try {
      await this.serve(request, response);
    } finally {
      this.underWay -= 1;
      // Once used, the provider's context would have Node.js follow every promise of the whole process.
      if (this.underWay === 0) this.requestContext.disable();
    }
  }

  private async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = request.url ?? '/';
    const interaction = /^\/interaction\/([\w-]+)(\/login)?(?:\?|$)/.exec(url.slice(this.mount.length));
    if (interaction?.[1] !== undefined) {
      await this.interact(request, response, interaction[1], interaction[2] !== undefined);
      return;
    }
    // The provider learns from the two addresses below which path it stands.
    Object.assign(request, { originalUrl: url, url: url.slice(this.mount.length) || '/' });
    await this.respond(request, response);
  }

  private async interact(
    request: IncomingMessage,
    response: ServerResponse,
    uid: string,
    posted: boolean,
  ): Promise<void> {
    const details = await this.provider.interactionDetails(request, response).catch(() => undefined);
    if (details?.uid !== uid) {
      response.writeHead(400, pageHeaders);
      response.end(
        signInErrorPage('session_not_found', 'This sign-in is too old or was begun elsewhere. Begin again.'),
      );
      return;
    }
    if (details.prompt.name === 'consent') {
      await this.provider.interactionFinished(
        request,
        response,
        { consent: { grantId: await this.grant(details) } },
        { mergeWithLastSubmission: true },
      );
      return;
    }
    const form = new URLSearchParams(posted ? await text(request) : '');
    const subject = form.get('subject');
    if (subject === null || !demoPeople.some((person) => person.subject === subject)) {
      response.writeHead(posted ? 400 : 200, pageHeaders);
      response.end(
        loginPage(`${this.mount}/interaction/${uid}/login`, secondFactorAskedFor(details.params.acr_values)),
      );
      return;
    }
    const { acr, amr } = secondFactors[secondFactorOf(form.get('second-factor'))];
    await this.provider.interactionFinished(request, response, {
      login: { accountId: subject, acr, amr: [...amr] },
    });
  }

  /** Grants what the command asks for: choosing a person on the page is all the consent that there is to give. */
  private async grant(details: Awaited<ReturnType<Provider['interactionDetails']>>): Promise<string> {
    const { grantId, session, params, prompt } = details;
    const known = grantId === undefined ? undefined : await this.provider.Grant.find(grantId);
    const grant =
      known ?? new this.provider.Grant({ accountId: session?.accountId, clientId: String(params.client_id) });
    const scopes = prompt.details.missingOIDCScope;
    if (Array.isArray(scopes)) grant.addOIDCScope(scopes.join(' '));
    if (Array.isArray(prompt.details.missingOIDCClaims))
      grant.addOIDCClaims(prompt.details.missingOIDCClaims);
    const resources = prompt.details.missingResourceScopes;
    if (typeof resources === 'object' && resources !== null) {
      for (const [resource, wanted] of Object.entries(resources))
        grant.addResourceScope(resource, wanted.join(' '));
    }
    return grant.save();
  }
}
