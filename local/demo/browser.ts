/** Redirects and pages that a sign-in takes at most. */
const mostSteps = 15;

/**
 * Plays the browser of a demo person: follows the sign-in pages of the embedded issuer from the address that the
 * command printed, uses the security key, presses the person's button, and brings the code to the command's loopback address.
 * @throws Error where a page has no form, or the sign-in goes on redirecting
 */
export async function signInWithBrowser(address: string, subject: string): Promise<void> {
  const cookies = new Map<string, string>();
  let url = address;
  let form: URLSearchParams | undefined;
  for (let step = 0; step < mostSteps; step++) {
    const response = await fetch(url, {
      redirect: 'manual',
      headers: { cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; ') },
      ...(form ? { method: 'POST', body: form } : {}),
    });
    for (const cookie of response.headers.getSetCookie()) {
      const pair = cookie.split(';')[0] ?? '';
      const at = pair.indexOf('=');
      cookies.set(pair.slice(0, at), pair.slice(at + 1));
    }
    form = undefined;
    const location = response.headers.get('location');
    const text = await response.text();
    if (location !== null) {
      url = new URL(location, url).toString();
      continue;
    }
    if (new URL(url).pathname === '/callback') return;
    const action = /<form method="post" action="([^"]+)"/.exec(text)?.[1];
    if (action === undefined) throw new Error(`The sign-in page answered ${response.status} without a form.`);
    url = new URL(action, url).toString();
    form = new URLSearchParams({ subject, 'second-factor': 'security-key' });
  }
  throw new Error('The sign-in went on redirecting.');
}
