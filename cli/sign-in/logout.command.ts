import { Command } from 'commander';
import { removeFile, statePath } from '../state/state-folder';
import { type Output, type OutputOptions, runCommand } from '../terminal/output';
import { issuerRequest } from './oidc-discovery';
import { readSession, removeSession } from './session-store';

/** Forgets tokens and cached credentials first; telling the issuer (RFC 7009) may fail without consequence here. */
async function logout(output: Output): Promise<undefined> {
  const session = await readSession();
  await removeSession();
  await removeFile(statePath('credentials'));
  if (session?.revocationEndpoint && session.refreshToken) {
    const form = {
      token: session.refreshToken,
      token_type_hint: 'refresh_token',
      client_id: session.clientId,
    };
    await issuerRequest(session.revocationEndpoint, form).catch(() =>
      output.remark('The sign-in service could not be told; the tokens are forgotten here.'),
    );
  }
  output.result(session ? 'Signed out.' : 'Nobody was signed in.', { signedOut: session !== null });
}

export function logoutCommand(): Command {
  return new Command('logout')
    .description('Sign out: revoke and forget the tokens and all cached credentials.')
    .option('--json', 'result as JSON')
    .action((options: OutputOptions) => runCommand(options, logout));
}
