import { createHash, randomBytes } from 'node:crypto';
import { z } from 'zod';

const metadata = z.object({ authorization_endpoint: z.url(), token_endpoint: z.url() });
const tokens = z.object({
  access_token: z.string(),
  id_token: z.string().optional(),
  refresh_token: z.string().optional(),
});

export type Tokens = z.infer<typeof tokens>;

/** Redirects that a sign-in takes at most. */
const mostRedirects = 10;

/** A browser's cookies, as far as the sign-in needs them. */
class Cookies {
  private readonly values = new Map<string, string>();

  keep(response: Response): void {
    for (const cookie of response.headers.getSetCookie()) {
      const [pair = ''] = cookie.split(';');
      const [name = '', ...value] = pair.split('=');
      this.values.set(name, value.join('='));
    }
  }

  header(): string {
    return [...this.values].map(([name, value]) => `${name}=${value}`).join('; ');
  }
}

interface ScriptOptions {
  /** What the person uses on the page; `security-key` where not given. */
  readonly secondFactor?: 'none' | 'security-key';
  readonly scope?: string;
  readonly acrValues?: string;
}

/**
 * Takes one of the demo people through the sign-in as their browser would: authorisation request with PKCE, a press of the
 * person's button.
 * @returns the page with the buttons, and the form that exchanges the code for tokens
 */
export async function codeByScript(
  issuer: string,
  subject: string,
  { secondFactor = 'security-key', scope = 'openid profile email', acrValues }: ScriptOptions = {},
): Promise<{ page: string; exchange: Record<string, string> }> {
  const found = await fetch(`${issuer}/.well-known/openid-configuration`);
  const { authorization_endpoint } = metadata.parse(await found.json());
  const verifier = randomBytes(32).toString('base64url');
  // Nothing listens there: the redirect is read, not followed.
  const redirectUri = 'http://127.0.0.1:1/callback';
  const client = { client_id: 'nmip-cli', redirect_uri: redirectUri };
  const question = new URLSearchParams({
    ...client,
    response_type: 'code',
    scope,
    ...(scope.includes('offline_access') && { prompt: 'consent' }),
    ...(acrValues !== undefined && { acr_values: acrValues }),
    state: randomBytes(8).toString('base64url'),
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
  });
  const cookies = new Cookies();
  let url = `${authorization_endpoint}?${question}`;
  let page = '';
  let form: URLSearchParams | undefined;
  for (let step = 0; step < mostRedirects; step += 1) {
    const response = await fetch(url, {
      redirect: 'manual',
      headers: { cookie: cookies.header() },
      ...(form ? { method: 'POST', body: form } : {}),
    });
    cookies.keep(response);
    form = undefined;
    const location = response.headers.get('location');
    if (location?.startsWith(redirectUri)) {
      const code = new URL(location).searchParams.get('code');
      if (code === null)
        throw new Error(`The sign-in was refused: ${new URL(location).searchParams.get('error')}`);
      return {
        page,
        exchange: { ...client, grant_type: 'authorization_code', code, code_verifier: verifier },
      };
    }
    if (location !== null) url = new URL(location, url).toString();
    else {
      page = await response.text();
      const action = /<form method="post" action="([^"]+)"/.exec(page)?.[1];
      if (action === undefined)
        throw new Error(`The sign-in page answered ${response.status} without a form.`);
      url = new URL(action, url).toString();
      form = new URLSearchParams({ subject, 'second-factor': secondFactor });
    }
  }
  throw new Error('The sign-in went on redirecting.');
}

/** Signs one of the demo people in. For demonstrations and tests on the embedded platform. */
export async function signInByScript(
  issuer: string,
  subject: string,
  options: ScriptOptions = {},
): Promise<Tokens> {
  const { exchange } = await codeByScript(issuer, subject, options);
  const found = await fetch(`${issuer}/.well-known/openid-configuration`);
  const { token_endpoint } = metadata.parse(await found.json());
  const answer = await fetch(token_endpoint, { method: 'POST', body: new URLSearchParams(exchange) });
  return tokens.parse(await answer.json());
}
