import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { CommandError, exitCode } from '../terminal/exit-code';
import { type IssuerMetadata, issuerRequest } from './oidc-discovery';
import { readTokenResponse, type TokenResponse } from './token-response';

/** A person may need a while to find their smartcard. */
const signInLimitMs = 10 * 60_000;

const page = (heading: string, text: string) =>
  `<!doctype html><html lang="en"><meta charset="utf-8"><title>${heading}</title><h1>${heading}</h1><p>${text}</p></html>`;

interface Callback {
  readonly code: string;
  readonly redirectUri: string;
}

function sameText(a: string | null, b: string): boolean {
  if (a === null) return false;
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return left.length === right.length && timingSafeEqual(left, right);
}

function refusal(code: string, detail?: string): CommandError {
  return new CommandError('The sign-in did not finish.', exitCode.notAllowed, {
    code,
    detail,
    fix: 'Run `nmip login` again.',
  });
}

/** Reads the authorisation response (RFC 6749 §4.1.2, RFC 9207 §2.4). */
function readCallback(query: URLSearchParams, state: string, metadata: IssuerMetadata): string {
  if (!sameText(query.get('state'), state))
    throw refusal('STATE_MISMATCH', 'The answer belongs to another sign-in.');
  const issuer = query.get('iss');
  if (issuer === null ? metadata.authorization_response_iss_parameter_supported : issuer !== metadata.issuer)
    throw refusal('ISSUER_MISMATCH', 'The answer comes from another sign-in service.');
  const error = query.get('error');
  if (error !== null) throw refusal(error);
  const code = query.get('code');
  if (code === null) throw refusal('NO_CODE');
  return code;
}

async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  return (server.address() as AddressInfo).port;
}

/** Waits on the loopback interface (RFC 8252 §7.3) for the browser to bring the code. */
async function receiveCode(
  metadata: IssuerMetadata,
  state: string,
  open: (redirectUri: string) => void,
): Promise<Callback> {
  const server = createServer();
  const port = await listen(server);
  const redirectUri = `http://127.0.0.1:${port}/callback`;
  let limit: NodeJS.Timeout | undefined;
  try {
    const code = await new Promise<string>((resolve, reject) => {
      limit = setTimeout(
        () => reject(refusal('TIMED_OUT', 'Nobody signed in within ten minutes.')),
        signInLimitMs,
      );
      server.on('request', (request, response) => {
        const url = new URL(request.url ?? '/', redirectUri);
        response.setHeader('content-type', 'text/html; charset=utf-8');
        response.setHeader('content-security-policy', "default-src 'none'");
        response.setHeader('connection', 'close');
        if (request.method !== 'GET' || url.pathname !== '/callback') {
          response
            .writeHead(404)
            .end(page('Not here', 'This address only serves the sign-in of the nmip command.'));
          return;
        }
        try {
          const received = readCallback(url.searchParams, state, metadata);
          response.end(page('Signed in', 'You can close this window and go back to the terminal.'));
          resolve(received);
        } catch (error) {
          response.writeHead(400).end(page('Not signed in', 'Go back to the terminal and try again.'));
          // An answer with another state may be a stray window: the right one may still come.
          if (!(error instanceof CommandError && error.hints.code === 'STATE_MISMATCH')) reject(error);
        }
      });
      open(redirectUri);
    });
    return { code, redirectUri };
  } finally {
    clearTimeout(limit);
    server.close();
    server.closeIdleConnections();
  }
}

/**
 * Signs in by authorisation code with PKCE (RFC 7636, S256) over a loopback redirect (RFC 8252).
 * @param acrValues levels of which one is asked for, the preferred one first; empty: any sign-in will do
 * @param showAddress called with the address that the person must open
 * @returns tokens, and the nonce that the ID token must carry
 */
export async function authorizationCodeFlow(
  metadata: IssuerMetadata,
  clientId: string,
  scope: string,
  acrValues: readonly string[],
  showAddress: (url: string) => void,
): Promise<{ tokens: TokenResponse; nonce: string }> {
  const verifier = randomBytes(32).toString('base64url');
  const state = randomBytes(16).toString('base64url');
  const nonce = randomBytes(16).toString('base64url');
  const callback = await receiveCode(metadata, state, (redirectUri) => {
    const url = new URL(metadata.authorization_endpoint);
    const parameters = {
      response_type: 'code',
      client_id: clientId,
      redirect_uri: redirectUri,
      scope,
      state,
      nonce,
      code_challenge: createHash('sha256').update(verifier).digest('base64url'),
      code_challenge_method: 'S256',
      // OpenID Connect Core §11: offline access is only given with consent.
      // Signing in is for choosing who one is: on a shared machine the browser may remember somebody else.
      prompt: scope.split(' ').includes('offline_access') ? 'login consent' : 'login',
      ...(acrValues.length === 0 ? {} : { acr_values: acrValues.join(' ') }),
    };
    for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
    showAddress(url.toString());
  });
  const { status, json } = await issuerRequest(metadata.token_endpoint, {
    grant_type: 'authorization_code',
    client_id: clientId,
    code: callback.code,
    redirect_uri: callback.redirectUri,
    code_verifier: verifier,
  });
  return { tokens: readTokenResponse(status, json), nonce };
}
