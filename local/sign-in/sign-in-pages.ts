import { Html, html, page } from '../front-door/page';
import { demoPeople } from './demo-people';
import type { SecondFactor } from './second-factor';

/**
 * The page on which somebody says who they are: a button for each of the demo people, and whether they have their
 * security key with them.
 * @param offered the factor that is chosen unless somebody chooses the other
 */
export function loginPage(action: string, offered: SecondFactor): string {
  const factor = (value: SecondFactor, label: string) =>
    html`<p><input type="radio" name="second-factor" id="factor-${value}" value="${value}"${new Html(value === offered ? ' checked' : '')}>
<label for="factor-${value}">${label}</label></p>`;
  const buttons = demoPeople.map(
    (person) =>
      html`<li><button name="subject" value="${person.subject}">${person.name}<small>${person.subject}</small></button></li>`,
  );
  return page(
    'Sign in',
    html`<p class="notice">These people are made up and have no passwords: whoever can reach this page may be any of
them. It is served to this machine only.</p>
<form method="post" action="${action}">
<fieldset><legend>How do they sign in?</legend>
${factor('none', 'With a password only. Reviewers, officers and auditors cannot work like that.')}
${factor('security-key', 'With a password and a security key')}</fieldset>
<ul class="plain">${buttons}</ul></form>`,
  );
}

/** The page on which the code of a device is typed in. `form` comes from the provider, with its hidden fields. */
export function deviceCodePage(form: Html, problem: string | undefined): string {
  return page(
    'Connect a device',
    html`${problem === undefined ? html`` : html`<p class="notice" role="alert">${problem}</p>`}
<p>Type the code that the command shows.</p>${form}`,
  );
}

/** The page that asks whether the code shown is the one on the device. */
export function deviceConfirmPage(form: Html, userCode: string): string {
  return page(
    'Is this the code on your device?',
    html`<p><strong>${userCode}</strong></p>${form}
<button type="submit" form="op.deviceConfirmForm">Yes, go on</button>`,
  );
}

export function deviceConnectedPage(): string {
  return page('You are signed in', html`<p>Go back to the command; you can close this page.</p>`);
}

export function signedOutPage(): string {
  return page('You are signed out', html`<p>You can close this page.</p>`);
}

export function signInErrorPage(code: string, description: string): string {
  return page(
    'The sign-in did not work',
    html`<p class="notice" role="alert">${description}</p><p>Code: <code>${code}</code></p>`,
  );
}
