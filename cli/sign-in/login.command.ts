import { Command } from 'commander';
import { me } from '../../lambda/register/person.contract';
import { signInService } from '../../lambda/register/sign-in.contract';
import { ApiClient, getPublic } from '../api/api-client';
import { CommandError, exitCode } from '../terminal/exit-code';
import { type Output, type OutputOptions, runCommand } from '../terminal/output';
import { authorizationCodeFlow } from './authorization-code';
import { deviceAuthorizationFlow } from './device-authorization';
import { discoverIssuer, type IssuerMetadata, requireSecureAddress } from './oidc-discovery';
import { openBrowser } from './open-browser';
import { readSession, type Session, writeSession } from './session-store';
import { sessionFromTokens } from './token-response';

interface LoginOptions extends OutputOptions {
  readonly api?: string;
  readonly issuer?: string;
  readonly clientId?: string;
  readonly device?: boolean;
  readonly browser: boolean;
}

/** Public client of the command at the issuer. */
const defaultClientId = 'nmip-cli';

async function apiAddress(options: LoginOptions): Promise<string> {
  const address = options.api ?? process.env.NMIP_API ?? (await readSession())?.api;
  if (address === undefined)
    throw new CommandError('Which platform?', exitCode.usage, {
      code: 'API_MISSING',
      fix: 'Give the address of its API: `nmip login --api https://…`, or set NMIP_API.',
    });
  return requireSecureAddress(address, 'The address of the API').toString().replace(/\/+$/, '');
}

/** Asks for what the issuer says it can give: an identity, and a token that can be renewed. */
function scopeFor(metadata: IssuerMetadata): string {
  const wanted = ['openid', 'profile', 'email', 'offline_access'];
  const known = metadata.scopes_supported;
  return (known.length === 0 ? wanted.slice(0, 3) : wanted.filter((scope) => known.includes(scope))).join(
    ' ',
  );
}

async function signIn(output: Output, options: LoginOptions): Promise<Session> {
  const api = await apiAddress(options);
  const service = options.issuer
    ? { issuer: options.issuer }
    : await getPublic(api, '/v1/sign-in', signInService);
  const clientId = options.clientId ?? defaultClientId;
  const metadata = await discoverIssuer(service.issuer);
  const scope = scopeFor(metadata);
  if (options.device) {
    const tokens = await deviceAuthorizationFlow(metadata, clientId, scope, (address, userCode) =>
      output.notice(`Open ${address} and enter code  ${userCode}`),
    );
    return sessionFromTokens(tokens, metadata, { api, clientId, nonce: null });
  }
  const { tokens, nonce } = await authorizationCodeFlow(metadata, clientId, scope, (url) => {
    output.notice(`Open this address to sign in:\n${url}`);
    if (options.browser) openBrowser(url);
  });
  return sessionFromTokens(tokens, metadata, { api, clientId, nonce });
}

async function login(output: Output, options: LoginOptions): Promise<undefined> {
  const session = await signIn(output, options);
  await writeSession(session);
  const person = await (await ApiClient.signedIn()).get('/v1/me', me);
  const place = person.trustConfiguration
    ? ` for ${person.trustConfiguration.name} (${person.trustConfiguration.odsCode})`
    : '';
  const remark = person.known ? '' : '\nThe platform does not know you yet: ask an officer for a role.';
  output.result(`Signed in as ${session.displayName}${place}.${remark}`, {
    subject: session.subject,
    name: session.displayName,
    roles: person.roles,
    trust: person.trust ?? null,
  });
}

export function loginCommand(): Command {
  return new Command('login')
    .description('Sign in with the browser. Tokens stay in the state folder and are never printed.')
    .option('--api <url>', 'address of the platform’s API (or NMIP_API; default: the last one used)')
    .option('--issuer <url>', 'OpenID Connect issuer (default: the one that the API names)')
    .option('--client-id <id>', 'public client of the issuer (default: nmip-cli)')
    .option('--device', 'sign in on another device, by a code')
    .option('--no-browser', 'print the address without opening a browser')
    .option('--json', 'result as JSON')
    .action((options: LoginOptions) => runCommand(options, (output) => login(output, options)));
}
