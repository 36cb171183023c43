/** Pages of the embedded platform: plain HTML that needs neither script nor font nor anything from elsewhere. */

/** Text that is HTML already. */
export class Html {
  constructor(readonly text: string) {}
}

function escaped(value: unknown): string {
  if (value instanceof Html) return value.text;
  if (Array.isArray(value)) return value.map(escaped).join('');
  return String(value)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}

/** HTML from a template; every value is escaped unless it is `Html` itself. */
export function html(strings: TemplateStringsArray, ...values: readonly unknown[]): Html {
  return new Html(strings.reduce((text, part, index) => text + escaped(values[index - 1]) + part));
}

const style = `
:root { color-scheme: light; }
body { font: 1.0625rem/1.5 system-ui, sans-serif; color: #212b32; background: #f0f4f5; margin: 0; }
main, header > p { max-width: 60rem; margin: 0 auto; padding: 1rem; }
header { background: #005eb8; color: #fff; }
header > p { font-weight: 600; margin: 0 auto; }
h1 { font-size: 2rem; line-height: 1.2; } h2 { font-size: 1.375rem; margin-top: 2rem; }
table { border-collapse: collapse; width: 100%; background: #fff; }
caption { text-align: left; padding: .25rem 0; } th, td { text-align: left; padding: .4rem .6rem; border-bottom: 1px solid #d8dde0; vertical-align: top; }
td.number, th.number { text-align: right; font-variant-numeric: tabular-nums; }
.scroll { overflow-x: auto; } code { overflow-wrap: anywhere; }
button { font: inherit; font-weight: 600; text-align: left; width: 100%; padding: .75rem 1rem; margin: 0; border: 0; border-bottom: 4px solid #00401e; background: #007f3b; color: #fff; cursor: pointer; }
button small { display: block; font-weight: 400; } ul.plain { list-style: none; padding: 0; } ul.plain li { margin: 0 0 .75rem; }
a { color: #005eb8; } a:focus, button:focus, input:focus { outline: 4px solid #ffeb3b; outline-offset: 0; box-shadow: 0 0 0 8px #212b32; }
input { font: inherit; padding: .5rem; border: 2px solid #4c6272; max-width: 100%; }
.notice { border-left: 8px solid #005eb8; background: #fff; padding: .75rem 1rem; }
`;

/** A whole page with one main heading. */
export function page(title: string, body: Html): string {
  return `<!DOCTYPE html>
<html lang="en-GB">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped(title)} – NMIP, embedded platform</title><style>${style}</style></head>
<body><header><p>National Medical Imaging Platform, embedded on this machine</p></header>
<main><h1>${escaped(title)}</h1>
${body.text}
</main></body></html>
`;
}

/** Headers of every page: no script, nothing from elsewhere, not in a frame. */
export const pageHeaders = {
  'content-type': 'text/html; charset=utf-8',
  'cache-control': 'no-store',
  'content-security-policy':
    "default-src 'none'; style-src 'unsafe-inline'; form-action *; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
} as const;
