import { withFileLock } from '../state/file-lock';
import { CommandError, exitCode } from '../terminal/exit-code';
import { issuerRequest } from './oidc-discovery';
import { readSession, type Session, sessionFilePath, writeSession } from './session-store';
import { readTokenResponse } from './token-response';

/** A token is renewed this long before it expires, so that none expires on its way. */
const earlyMs = 60_000;

const expired = () =>
  new CommandError('Your sign-in has expired.', exitCode.notAllowed, {
    code: 'SIGN_IN_EXPIRED',
    fix: 'Run `nmip login` again.',
  });

/**
 * A valid access token, renewed by the refresh token where needed; one process of the machine renews at a time.
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
    if (latest.refreshToken === null) throw expired();
    const { status, json } = await issuerRequest(latest.tokenEndpoint, {
      grant_type: 'refresh_token',
      refresh_token: latest.refreshToken,
      client_id: latest.clientId,
    });
    if (status === 400 || status === 401) throw expired();
    const tokens = readTokenResponse(status, json);
    await writeSession({
      ...latest,
      accessToken: tokens.access_token,
      accessTokenExpiresAt: Date.now() + tokens.expires_in * 1000,
      refreshToken: tokens.refresh_token ?? latest.refreshToken,
    });
    return tokens.access_token;
  });
}
