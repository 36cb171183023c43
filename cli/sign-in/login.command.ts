import { Command } from 'commander';
import { type Me, me } from '../../lambda/register/person.contract';
import { type SignInService, signInService } from '../../lambda/register/sign-in.contract';
import { ApiClient } from '../api/api-client';
import { getPublic } from '../api/api-request';
import { CommandError, exitCode } from '../terminal/exit-code';
import { type Output, type OutputOptions, runCommand } from '../terminal/output';
import { apiAddress } from './api-address';
import { authorizationCodeFlow } from './authorization-code';
import { deviceAuthorizationFlow } from './device-authorization';
import { machineSession } from './machine-sign-in';
import { discoverIssuer, type IssuerMetadata } from './oidc-discovery';
import { openBrowser } from './open-browser';
import { type Session, writeSession } from './session-store';
import { sessionFromTokens } from './token-response';

interface LoginOptions extends OutputOptions {
  readonly api?: string;
  readonly issuer?: string;
  readonly clientId?: string;
  readonly key?: string;
  readonly device?: boolean;
  readonly strong?: boolean;
  readonly browser: boolean;
}

/** Public client of the command at the issuer. */
const defaultClientId = 'nmip-cli';

/** Asks for what the issuer says it can give: an identity, and a token for the API that can be renewed. */
function scopeFor(metadata: IssuerMetadata, service: SignInService): string {
  const wanted = ['openid', 'profile', 'email', 'offline_access'];
  const known = metadata.scopes_supported;
  const given = known.length === 0 ? wanted.slice(0, 3) : wanted.filter((scope) => known.includes(scope));
  return [...given, ...(service.scope === undefined ? [] : [service.scope])].join(' ');
}

function acrValuesFor(service: SignInService, options: LoginOptions): readonly string[] {
  if (!options.strong) return [];
  if (service.strong === undefined)
    throw new CommandError('This platform asks nobody for a second factor.', exitCode.usage, {
      code: 'NO_STRONG_SIGN_IN',
      fix: 'Run `nmip login` without --strong.',
    });
  return service.strong.acrValues;
}

async function machineLogin(api: string, options: LoginOptions): Promise<Session | null> {
  const keyFile = options.key ?? (options.clientId ? undefined : process.env.NMIP_CLIENT_KEY_FILE);
  if (keyFile === undefined) return null;
  const clientId = options.clientId ?? process.env.NMIP_CLIENT_ID;
  if (clientId === undefined || options.device || options.strong)
    throw new CommandError('A machine signs in by its client id and its key alone.', exitCode.usage, {
      code: 'MACHINE_INCOMPLETE',
      fix: 'Run `nmip login --client-id ID --key FILE`.',
    });
  return machineSession({ api, issuer: options.issuer, clientId, keyFile });
}

async function signIn(output: Output, options: LoginOptions): Promise<Session> {
  const api = await apiAddress(options.api, 'login');
  const machine = await machineLogin(api, options);
  if (machine !== null) return machine;
  const service: SignInService = {
    ...(await getPublic(api, '/v1/sign-in', signInService)),
    ...(options.issuer ? { issuer: options.issuer } : {}),
  };
  const acrValues = acrValuesFor(service, options);
  const clientId = options.clientId ?? defaultClientId;
  const metadata = await discoverIssuer(service.issuer);
  const scope = scopeFor(metadata, service);
  if (options.device) {
    const tokens = await deviceAuthorizationFlow(metadata, clientId, scope, acrValues, (address, userCode) =>
      output.notice(`Open ${address} and enter code  ${userCode}`),
    );
    return sessionFromTokens(tokens, metadata, { api, clientId, nonce: null });
  }
  const { tokens, nonce } = await authorizationCodeFlow(metadata, clientId, scope, acrValues, (url) => {
    output.notice(`Open this address to sign in:\n${url}`);
    if (options.browser) openBrowser(url);
  });
  return sessionFromTokens(tokens, metadata, { api, clientId, nonce });
}

/** What the person should know beside who they are. */
function remarkFor(person: Me): string {
  if (!person.known) return '\nThe platform does not know you yet: ask an officer for a role.';
  const { withheldRoles } = person.signIn;
  if (withheldRoles.length === 0) return '';
  return `\nTo work as ${withheldRoles.join(' or ')} you need a second factor: \`nmip login --strong\`.`;
}

async function login(output: Output, options: LoginOptions): Promise<undefined> {
  const session = await signIn(output, options);
  await writeSession(session);
  const person = await ApiClient.ofSession(session).get('/v1/me', me);
  if (options.strong && person.signIn.level === 'low')
    throw new CommandError('You are signed in, but without a second factor.', exitCode.notAllowed, {
      code: 'SIGN_IN_TOO_WEAK',
      fix: 'Run `nmip login --strong` again, and use your security key, smartcard or authenticator.',
    });
  const place = person.trustConfiguration
    ? ` for ${person.trustConfiguration.name} (${person.trustConfiguration.odsCode})`
    : '';
  output.result(`Signed in as ${session.displayName}${place}.${remarkFor(person)}`, {
    subject: session.subject,
    name: session.displayName,
    roles: person.roles,
    trust: person.trust ?? null,
    signIn: person.signIn,
  });
}

export function loginCommand(): Command {
  return new Command('login')
    .description('Sign in with the browser. Tokens stay in the state folder and are never printed.')
    .option('--api <url>', 'address of the platform’s API (or NMIP_API; default: the last one used)')
    .option('--issuer <url>', 'OpenID Connect issuer (default: the one that the API names)')
    .option('--client-id <id>', 'client of the issuer (default: nmip-cli; with --key: the machine’s)')
    .option('--key <file>', 'private key of a machine, PEM or JWK, that its owner alone can read')
    .option('--strong', 'ask for a second factor, which reviewers, officers and auditors need')
    .option('--device', 'sign in on another device, by a code')
    .option('--no-browser', 'print the address without opening a browser')
    .option('--json', 'result as JSON')
    .action((options: LoginOptions) => runCommand(options, (output) => login(output, options)));
}
