import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { DemoPeople } from '../../server/app/demo/demo-people.ts';
import { DemoPulse } from '../../server/app/demo/pulse.ts';
import { createTokenIssuer } from '../../server/platform/access/identity.ts';
import { parseGlobalId, toGlobalId } from '../../server/platform/values/ids.ts';
import { browserPath, launch, openPage, shownAlerts, signIn } from './browser.ts';
import { DemoServer } from './demo-server.ts';

const LIVE = '.stream.live';

describe.skipIf(browserPath === null)('the board in a browser, on the demo', () => {
  const server = new DemoServer();
  let browser: Browser;
  let startedAt: number;
  beforeAll(async () => {
    [browser] = await Promise.all([launch(), server.start()]);
    startedAt = Date.now();
  });
  afterAll(async () => {
    await browser?.close();
    await server[Symbol.asyncDispose]();
  });

  /** Tickets whose clocks fire within a second or two, of every line. */
  const raiseThree = async () => {
    const { services } = server.app;
    const before = new Date();
    const pulse = new DemoPulse(services, new DemoPeople(services), { firstMs: 300, everyMs: 1e6, slowMs: 1e6 });
    pulse.start();
    const raised = () =>
      services.database.prisma.alert.findMany({
        where: { kind: 'SLA_AT_RISK', raisedAt: { gt: before }, ticket: { externalNumber: { startsWith: 'PULSE-' } } },
        select: { id: true },
      });
    await expect.poll(async () => (await raised()).length, { timeout: 30_000 }).toBeGreaterThanOrEqual(3);
    await pulse.stop();
    return (await raised()).map(({ id }) => toGlobalId('Alert', id));
  };

  test('an alert comes before the eyes of a newcomer within half a minute of the start', async () => {
    await using opened = await openPage(browser);
    const { page, problems } = opened;
    await signIn(page, server.url, 'SYS-CC1');
    await page.waitForSelector('.card.fresh', { timeout: 60_000 });
    expect(Date.now() - startedAt).toBeLessThan(45_000);
    expect(await page.locator('.said').textContent()).toMatch(/^New alert: /);
    // Three lines, in the figures and in the filter.
    for (const line of ['Bank VIP', 'Telecom VIP', 'Broadband key accounts'])
      expect(await page.locator('.filters option', { hasText: line }).count()).toBe(1);
    expect(Number(await page.locator('.figures .openTickets dd').textContent())).toBeGreaterThan(20);
    expect(problems).toEqual([]);
  });

  test('of two who take an alert on one wins, and both see who has it', async () => {
    await using first = await openPage(browser);
    await using second = await openPage(browser);
    await signIn(first.page, server.url, 'SYS-CC1');
    await signIn(second.page, server.url, 'BB-A-SUP1');
    await second.page.waitForSelector('section.warning .card .take');
    const id = await second.page.locator('section.warning .card:has(.take)').first().getAttribute('data-alert');
    const card = `[data-alert="${id}"]`;
    await first.page.waitForSelector(`${card} .take`);
    await first.page.click(`${card} .take`);
    await second.page.click(`${card} .take`, { timeout: 5_000 }).catch(() => undefined);
    const owners = new Set<string | null>();
    for (const { page } of [first, second]) {
      await page.waitForSelector(`section.in-hand ${card} .has`, { timeout: 20_000 });
      owners.add(await page.locator(`${card} .has`).textContent());
      expect(await page.locator(card).count()).toBe(1);
    }
    // Whoever was faster: it is one, for both.
    expect([['韩雪 has it'], ['赵丽华 has it']]).toContainEqual([...owners]);
  });

  test('an alert that is put off says so to all, and one whose matter is over goes by itself', async () => {
    await using first = await openPage(browser);
    await using second = await openPage(browser);
    await signIn(first.page, server.url, 'SYS-CC1');
    await signIn(second.page, server.url, 'SYS-CC1');
    const [id = ''] = await raiseThree();
    const card = `section.warning [data-alert="${id}"]`;
    await second.page.click(`${card} button:has-text("Put off")`);
    await second.page.fill('dialog textarea', 'The courier is on the way');
    await second.page.click('dialog button[type=submit]');
    await first.page.waitForSelector(`${card} .snoozed`, { timeout: 10_000 });
    expect(await first.page.locator(`${card} .snoozed`).textContent()).toContain('The courier is on the way');
    await server.app.services.database.pool.query(
      `update sla_clock set state = 'FULFILLED', fulfilled_at = now() where id = (select clock_id from alert where id = $1)`,
      [parseGlobalId(id)?.id],
    );
    for (const { page } of [first, second])
      await page.waitForSelector(`[data-alert="${id}"]`, { state: 'detached', timeout: 10_000 });
  });

  test('a cut is told, and afterwards no alert is missing and none is there twice', async () => {
    await using opened = await openPage(browser);
    const { page } = opened;
    await signIn(page, server.url, 'SYS-CC1');
    await page.waitForSelector(LIVE);
    server.cut();
    await page.waitForSelector('.banner', { timeout: 40_000 });
    const shownBefore = await shownAlerts(page);
    expect(shownBefore.length).toBeGreaterThan(0);
    const missed = await raiseThree();
    server.mend();
    await page.click('.banner button');
    await page.waitForSelector(LIVE, { timeout: 40_000 });
    await expect.poll(() => shownAlerts(page), { timeout: 20_000 }).toEqual(expect.arrayContaining(missed));
    const shown = await shownAlerts(page);
    expect(shown.length).toBe(new Set(shown).size);
    // What is caught up with is silent.
    expect(await page.locator('.card.fresh').count()).toBe(0);
  });

  test('the end of a token is not noticed', async () => {
    await using opened = await openPage(browser);
    const { page, problems } = opened;
    const person = await server.app.services.database.prisma.staff.findFirstOrThrow({ where: { number: 'SYS-CC1' } });
    const issuer = createTokenIssuer(join(server.folder, 'keys'));
    let tokens = 0;
    await page.route('**/board/token', async (route) => {
      tokens += 1;
      await route.fulfill({ json: { token: await issuer.sign(person.id, { hours: 5 / 3_600 }) } });
    });
    await signIn(page, server.url, 'SYS-CC1');
    await page.waitForSelector(LIVE);
    await page.waitForTimeout(9_000);
    const raised = await raiseThree();
    await expect.poll(() => shownAlerts(page), { timeout: 20_000 }).toEqual(expect.arrayContaining(raised));
    expect(tokens).toBeGreaterThan(2);
    expect(await page.locator('.banner, .sign-in').count()).toBe(0);
    expect(problems).toEqual([]);
  });

  test('a restart of the server is waited for, and alerts go on', async () => {
    await using opened = await openPage(browser);
    const { page } = opened;
    await signIn(page, server.url, 'SYS-CC1');
    await page.waitForSelector(LIVE);
    await server.stopServer();
    await page.waitForSelector('.banner', { timeout: 40_000 });
    await server.startServer();
    await page.waitForSelector(LIVE, { timeout: 60_000 });
    await page.waitForSelector('.card.fresh', { timeout: 60_000 });
    const shown = await shownAlerts(page);
    expect(shown.length).toBe(new Set(shown).size);
  });
});
