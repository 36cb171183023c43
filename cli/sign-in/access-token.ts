import { withFileLock } from '../state/file-lock';
import { CommandError, exitCode } from '../terminal/exit-code';
import { clientCredentialsGrant } from './client-credentials';
import { issuerRequest } from './oidc-discovery';
import { readSession, type Session, sessionFilePath, writeSession } from './session-store';
import { readTokenResponse, type TokenResponse } from './token-response';

/** A token is renewed this long before it expires, so that none expires on its way. */
const earlyMs = 60_000;

const expired = () =>
  new CommandError('Your sign-in has expired.', exitCode.notAllowed, {
    code: 'SIGN_IN_EXPIRED',
    fix: 'Run `nmip login` again.',
  });

async function renewed(session: Session): Promise<TokenResponse> {
  if (session.machine !== undefined)
    return clientCredentialsGrant(session.tokenEndpoint, session.clientId, session.machine);
  if (session.refreshToken === null) throw expired();
  const { status, json } = await issuerRequest(session.tokenEndpoint, {
    grant_type: 'refresh_token',
    refresh_token: session.refreshToken,
    client_id: session.clientId,
  });
  if (status === 400 || status === 401) throw expired();
  return readTokenResponse(status, json);
}

/**
 * A valid access token, renewed by the refresh token or by a machine's key where needed; one process of the machine renews
 * at a time.
 * @param fresh true where the service has refused the token held in `session`
 * @throws CommandError (exit 3) where there is no way but to sign in again
 */
export async function accessToken(session: Session, fresh: boolean): Promise<string> {
  const current = (await readSession()) ?? session;
  const usable = (candidate: Session) =>
    candidate.accessTokenExpiresAt - Date.now() > earlyMs &&
    !(fresh && candidate.accessToken === session.accessToken);
  if (current.subject === session.subject && usable(current)) return current.accessToken;
  return withFileLock(sessionFilePath(), async () => {
    const latest = (await readSession()) ?? session;
    if (latest.subject !== session.subject || latest.api !== session.api) throw expired();
    if (usable(latest)) return latest.accessToken;
    const tokens = await renewed(latest);
    await writeSession({
      ...latest,
      accessToken: tokens.access_token,
      accessTokenExpiresAt: Date.now() + tokens.expires_in * 1000,
      refreshToken: tokens.refresh_token ?? latest.refreshToken,
    });
    return tokens.access_token;
  });
}
