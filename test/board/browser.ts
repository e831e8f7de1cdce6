import { existsSync } from 'node:fs';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';

/** Where browsers that a person or a package installed are. */
const PLACES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome', '/snap/bin/chromium'];

/** The browser of this machine; null where there is none, and the tests of the board are left out. */
export const browserPath = [process.env.TEST_BROWSER ?? '', ...PLACES].find((path) => path && existsSync(path)) ?? null;

if (browserPath === null)
  console.warn(
    'No browser was found (chromium, or what TEST_BROWSER names): the tests of test/board are left out, all others run.',
  );

export function launch(): Promise<Browser> {
  return chromium.launch({
    executablePath: browserPath ?? '',
    args: ['--no-sandbox', '--disable-background-networking', '--disable-gpu'],
  });
}

/** A page whose console must stay clean: a policy that is broken, or a script that fails, is told there. */
export async function openPage(browser: Browser, options: BrowserContextOptions = {}) {
  const context = await browser.newContext({ locale: 'en-GB', viewport: { width: 1280, height: 900 }, ...options });
  const page = await context.newPage();
  const problems: string[] = [];
  page.on('pageerror', ({ message }) => problems.push(message));
  page.on('console', (line) => {
    // A connection that is cut is what some tests are about.
    const isNetwork = /net::ERR_|WebSocket connection|status of (?:4|5)\d\d/.test(line.text());
    if (line.type() === 'error' && !isNetwork) problems.push(line.text());
  });
  return { page, problems, [Symbol.asyncDispose]: () => context.close() };
}

/** Signs in as a person of the demo. */
export async function signIn(page: Page, url: string, number: string, hash = ''): Promise<void> {
  await page.goto(`${url}${hash}`);
  await page.click(`[data-person="${number}"]`);
  await page.waitForSelector('header nav');
}

/** Ids of the alerts that are shown, each as often as it is. */
export function shownAlerts(page: Page): Promise<string[]> {
  return page
    .locator('[data-alert]')
    .evaluateAll((cards) => cards.map((card) => card.getAttribute('data-alert') ?? ''));
}
