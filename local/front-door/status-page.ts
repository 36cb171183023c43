import { type Html, html, page } from './page';
import type { PlatformStatus } from './status';

function table(
  caption: string,
  headings: readonly string[],
  rows: readonly (readonly (string | number | Html)[])[],
): Html {
  if (rows.length === 0) return html`<p>${caption}: none.</p>`;
  const kind = (column: number): string => (typeof rows[0]?.[column] === 'number' ? ' class="number"' : '');
  const head = headings.map((text, column) => html`<th scope="col"${attribute(kind(column))}>${text}</th>`);
  const body = rows.map((cells) => {
    const [first, ...others] = cells;
    const rest = others.map((cell, index) => html`<td${attribute(kind(index + 1))}>${cell}</td>`);
    return html`<tr><th scope="row">${first}</th>${rest}</tr>`;
  });
  return html`<div class="scroll" tabindex="0" role="region" aria-label="${caption}"><table><caption>${caption}</caption>
<thead><tr>${head}</tr></thead><tbody>${body}</tbody></table></div>`;
}

/** An attribute that is markup of our own, not a value. */
function attribute(text: string): Html {
  return text === '' ? html`` : html` class="number"`;
}

/** The status page: complete without a script, and true at the moment it was asked for. */
export function statusPage(status: PlatformStatus): string {
  const addresses = status.addresses.map(
    ({ name, url, browsable }) =>
      [name, browsable ? html`<a href="${url}">${url}</a>` : html`<code>${url}</code>`] as const,
  );
  const states = ['open', 'processing', 'done', 'stopped'];
  const submissions = states.map((state) => [state, status.submissions[state] ?? 0] as const);
  const functions = status.functions.map(
    ({ name, invocations, errors, running, warm }) => [name, invocations, errors, running, warm] as const,
  );
  return page(
    'Status',
    html`<p class="notice">Everything here runs on this machine: nothing leaves it, and nobody outside it can reach it.
Running since ${status.startedAt}. The same as JSON: <a href="/status.json">status.json</a>.</p>
<h2>Addresses</h2>${table('Where to reach what', ['What', 'Address'], addresses)}
<h2>Submissions</h2>${table('Submissions by state', ['State', 'Number'], submissions)}
<h2>Functions</h2>${table('Functions and their processes', ['Function', 'Invocations', 'Errors', 'Running', 'Warm'], functions)}
<h2>Queues</h2>${table(
      'What could not be delivered',
      ['Queue', 'Messages'],
      status.queues.map(({ name, messages }) => [name, messages]),
    )}
<h2>Where the data stands</h2>${table(
      'Folders',
      ['What', 'Folder'],
      status.folders.map(({ name, path }) => [name, html`<code>${path}</code>`]),
    )}
<h2>Stacks</h2>${table(
      'Stacks of the synthesized app',
      ['Stack', 'Resources'],
      status.stacks.map(({ name, resources }) => [name, resources]),
    )}`,
  );
}
