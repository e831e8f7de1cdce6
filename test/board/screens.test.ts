import axe from 'axe-core';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { toGlobalId } from '../../server/platform/values/ids.ts';
import { browserPath, launch, openPage, signIn } from './browser.ts';
import { DemoServer } from './demo-server.ts';

/** What axe finds on a page against WCAG 2.2 AA. */
async function faultsOf(page: Page): Promise<string[]> {
  await page.evaluate(axe.source);
  return page.evaluate(`axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'] }).then(({ violations }) =>
    violations.flatMap(({ id, nodes }) => nodes.map(({ target }) => id + ' ' + target.join(' '))))`);
}

describe.skipIf(browserPath === null)('the screens of the board', () => {
  const server = new DemoServer();
  let browser: Browser;
  /** Each screen by its address, with what it shows once it is there. */
  let screens: Readonly<Record<string, string>>;
  beforeAll(async () => {
    [browser] = await Promise.all([launch(), server.start()]);
    const { prisma } = server.app.services.database;
    const ticket = await prisma.ticket.findFirstOrThrow({
      where: { slaState: 'BREACHED', policyId: 'broadband-key-account', branch: { code: 'BB-A' } },
    });
    const plan = await prisma.maintenancePlan.findFirstOrThrow({
      where: { policyId: 'broadband-key-account', status: 'APPROVED' },
    });
    screens = {
      '#/board': '.card',
      [`#/ticket/${toGlobalId('Ticket', ticket.id)}`]: '.clock .proof .counted',
      [`#/customer/${toGlobalId('Customer', plan.customerId)}`]: 'h2',
      '#/day': '.row',
      '#/policies/broadband-key-account': 'table',
      '#/find?search=BB1000': '.row',
      '#/wall': '.card',
    };
  });
  afterAll(async () => {
    await browser?.close();
    await server[Symbol.asyncDispose]();
  });

  test.each(['light', 'dark'] as const)('axe finds nothing on any of them when it is %s', async (colorScheme) => {
    // Its own policy would keep axe out.
    await using opened = await openPage(browser, { colorScheme, bypassCSP: true });
    const { page } = opened;
    await page.goto(server.url);
    await page.waitForSelector('[data-person]');
    const faults: Record<string, string[]> = { 'sign in': await faultsOf(page) };
    await signIn(page, server.url, 'BB-A-SUP1');
    for (const [hash, shows] of Object.entries(screens)) {
      await page.goto(`${server.url}${hash}`);
      await page.waitForSelector(shows);
      faults[hash] = await faultsOf(page);
    }
    expect(Object.entries(faults).filter(([, some]) => some.length > 0)).toEqual([]);
  });

  test.each([{ width: 360 }, { width: 3_840 }])(
    'nothing has to be scrolled sideways at $width px',
    async ({ width }) => {
      await using opened = await openPage(browser, { viewport: { width, height: 760 } });
      const { page, problems } = opened;
      await signIn(page, server.url, 'BB-A-SUP1');
      for (const [hash, shows] of Object.entries(screens)) {
        await page.goto(`${server.url}${hash}`);
        await page.waitForSelector(shows);
        const wide = await page.evaluate('document.documentElement.scrollWidth');
        expect({ hash, wide: Number(wide) <= width }).toEqual({ hash, wide: true });
      }
      expect(problems).toEqual([]);
    },
  );

  test('in Chinese all of it is Chinese, what the server says too', async () => {
    await using opened = await openPage(browser, { locale: 'zh-CN' });
    const { page } = opened;
    await signIn(page, server.url, 'BB-A-SUP1');
    await page.waitForSelector('.card');
    expect(await page.locator('html').getAttribute('lang')).toBe('zh-CN');
    expect(await page.locator('header nav').textContent()).toBe('看板我的一天策略');
    expect(await page.locator('.card p').first().textContent()).toMatch(/\p{Script=Han}/u);
    await page.click('text=English');
    await page.waitForSelector('text=My day');
  });

  test('a ticket shows its moves, and why one is not to be made; a comment is written', async () => {
    await using opened = await openPage(browser);
    const { page, problems } = opened;
    const [, ticket = ''] = Object.keys(screens);
    await signIn(page, server.url, 'BB-A-SUP1', ticket);
    await page.waitForSelector('.moves');
    const refused = page.locator('.moves button[aria-disabled="true"]').first();
    const why = await refused.getAttribute('aria-describedby');
    expect(await page.locator(`#${why}`).textContent()).not.toBe('');
    await page.click('.moves button:has-text("Comment")');
    await page.fill('dialog textarea', 'Looked at it from the board');
    await page.click('dialog .take');
    await page.waitForSelector('.timeline li:has-text("Looked at it from the board")');
    expect(problems).toEqual([]);
  });

  test('a day is worked through from the keyboard', async () => {
    await using opened = await openPage(browser);
    const { page } = opened;
    await signIn(page, server.url, 'BB-A-SUP1', '#/day');
    await page.waitForSelector('.row');
    const waiting = async () => Number(await page.locator('section:first-of-type .count').textContent());
    const before = await waiting();
    expect(before).toBeGreaterThan(0);
    await page.keyboard.press('j');
    await page.keyboard.press('k');
    await page.keyboard.press('a');
    await page.waitForSelector('dialog[open]');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await expect.poll(waiting, { timeout: 20_000 }).toBe(before - 1);
  });

  test('a parameter is previewed before it is put in force', async () => {
    await using opened = await openPage(browser);
    const { page } = opened;
    await signIn(page, server.url, 'BB-HQ-DIR1', '#/policies/broadband-key-account');
    await page.waitForSelector('table');
    await page.fill('input[aria-labelledby="parameter-warnAtPercent"]', '50');
    await page.click('text=Preview the impact');
    await page.waitForSelector('.impact dd');
    expect(await page.locator('.impact').textContent()).toContain('Deadlines moved');
  });
});
