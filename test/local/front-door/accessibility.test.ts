import { existsSync } from 'node:fs';
import { AxeBuilder } from '@axe-core/playwright';
import { type Browser, chromium, type Page } from 'playwright-core';
import { html, page } from '../../../local/front-door/page';
import type { PlatformStatus } from '../../../local/front-door/status';
import { statusPage } from '../../../local/front-door/status-page';
import {
  deviceCodePage,
  deviceConfirmPage,
  deviceConnectedPage,
  loginPage,
  signedOutPage,
  signInErrorPage,
} from '../../../local/sign-in/sign-in-pages';

const browserPath = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(
  (path) => existsSync(path),
);
const withBrowser = browserPath === undefined ? describe.skip : describe;

const busy: PlatformStatus = {
  startedAt: '2026-11-23T12:00:00.000Z',
  dataFolder: '/data',
  addresses: [
    { name: 'This page', url: 'http://127.0.0.1:8080', browsable: true },
    { name: 'AWS endpoint', url: 'http://127.0.0.1:8081', browsable: false },
  ],
  submissions: { open: 1, processing: 1, done: 2, stopped: 1 },
  functions: [
    { name: `nmip-local-${'long-name-'.repeat(12)}`, running: 1, warm: 1, invocations: 3, errors: 1 },
  ],
  queues: [{ name: 'undelivered', messages: 2 }],
  folders: [{ name: 'everything', path: `/${'a-long-folder/'.repeat(12)}` }],
  stacks: [{ name: 'stack', resources: 4 }],
};

const empty: PlatformStatus = {
  ...busy,
  submissions: {},
  functions: [],
  queues: [],
  folders: [],
  stacks: [],
};

const codeForm = html`<form method="post"><label>Code <input name="user_code"></label><button>Go on</button></form>`;

const pages: [string, string][] = [
  ['status of a busy platform', statusPage(busy)],
  ['status of an empty platform', statusPage(empty)],
  ['nothing found', page('Not found', html`<p><a href="/">Status of the platform</a></p>`)],
  ['sign-in', loginPage('/sign-in/interaction/1/login', 'none')],
  ['device code', deviceCodePage(codeForm, undefined)],
  ['device code refused', deviceCodePage(codeForm, 'The code is not known, or too old.')],
  [
    'device confirmation',
    deviceConfirmPage(html`<form method="post" id="op.deviceConfirmForm"></form>`, 'WDJB-MJHT'),
  ],
  ['device connected', deviceConnectedPage()],
  ['signed out', signedOutPage()],
  ['sign-in error', signInErrorPage('invalid_request', 'The request lacks a parameter.')],
];

withBrowser('pages of the embedded platform', () => {
  let browser: Browser;
  let tab: Page;

  beforeAll(async () => {
    browser = await chromium.launch({
      executablePath: browserPath ?? '',
      args: ['--no-sandbox', '--disable-gpu'],
    });
    tab = await (await browser.newContext()).newPage();
  }, 60_000);
  afterAll(() => browser?.close());

  it.each(pages)(
    '%s: axe finds nothing against WCAG 2.2 AA or its best practices',
    async (_name, content) => {
      await tab.setContent(content);
      const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
      const { violations } = await new AxeBuilder({ page: tab }).withTags(tags).analyze();
      expect(violations.map(({ id, nodes }) => [id, nodes.map((node) => node.html)])).toEqual([]);
    },
  );

  it.each(pages)('%s: fits a window of 320 CSS pixels', async (_name, content) => {
    await tab.setViewportSize({ width: 320, height: 640 });
    await tab.setContent(content);
    const overflow = await tab.evaluate('document.documentElement.scrollWidth - window.innerWidth');
    expect(overflow).toBeLessThanOrEqual(0);
  });

  it('reaches the factor and every button of the sign-in page by the tabulator key, with a visible focus', async () => {
    await tab.setContent(loginPage('/x', 'none'));
    // The choice of a factor is one stop, as radio buttons are.
    const stops = ['INPUT', ...Array.from({ length: await tab.locator('button').count() }, () => 'BUTTON')];
    for (const stop of stops) {
      await tab.keyboard.press('Tab');
      const focused = await tab.evaluate(
        '[document.activeElement.tagName, getComputedStyle(document.activeElement).outlineStyle]',
      );
      expect(focused).toEqual([stop, 'solid']);
    }
  });
});
