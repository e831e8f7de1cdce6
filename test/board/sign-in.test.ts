import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startTestApp, type TestApp } from '../support/app.ts';
import { browserPath, launch, openPage } from './browser.ts';

const ROOT = new URL('../../', import.meta.url);
const CLIENT_ID = 'tierline-board';

/** An identity provider as OpenID Connect has it, as far as the page needs one: it lets everybody in as one person. */
class Provider {
  readonly #codes = new Map<string, string>();
  readonly asked: Record<string, string>[] = [];
  token = '';
  readonly server: Server = createServer(
    (request, response) =>
      void this.#answer(request).then(({ status, headers, body }) => {
        response.writeHead(status, { 'access-control-allow-origin': '*', ...headers });
        response.end(body);
      }),
  );

  get issuer(): string {
    const address = this.server.address();
    return `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`;
  }

  async #answer(request: IncomingMessage): Promise<{ status: number; headers: Record<string, string>; body: string }> {
    const url = new URL(request.url ?? '/', this.issuer);
    const json = (value: unknown) => ({
      status: 200,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(value),
    });
    if (url.pathname === '/.well-known/openid-configuration')
      return json({ authorization_endpoint: `${this.issuer}/authorize`, token_endpoint: `${this.issuer}/token` });
    if (url.pathname === '/authorize') {
      const query = Object.fromEntries(url.searchParams);
      this.asked.push(query);
      const code = `code-${this.#codes.size}`;
      this.#codes.set(code, query.code_challenge ?? '');
      const back = new URL(query.redirect_uri ?? '');
      back.searchParams.set('code', code);
      back.searchParams.set('state', query.state ?? '');
      return { status: 302, headers: { location: back.href }, body: '' };
    }
    let text = '';
    for await (const part of request) text += String(part);
    const form = new URLSearchParams(text);
    const digest = createHash('sha256')
      .update(form.get('code_verifier') ?? '')
      .digest('base64url');
    const isHis = this.#codes.get(form.get('code') ?? '') === digest && form.get('client_id') === CLIENT_ID;
    return isHis ? json({ access_token: this.token }) : { status: 400, headers: {}, body: '{}' };
  }
}

describe.skipIf(browserPath === null)('signing in to the board with a provider', () => {
  const provider = new Provider();
  let app: TestApp;
  let browser: Browser;
  beforeAll(async () => {
    execFileSync(process.execPath, [fileURLToPath(new URL('tools/board.mjs', ROOT)), 'build', '--if-stale'], {
      timeout: 150_000,
    });
    await new Promise<void>((resolve) => provider.server.listen(0, '127.0.0.1', resolve));
    const folder = new URL('dist/board/', pathToFileURL(`${fileURLToPath(ROOT)}/`));
    const signIn = { issuer: provider.issuer, clientId: CLIENT_ID, scope: 'openid' };
    [browser, app] = await Promise.all([
      launch(),
      startTestApp({
        now: '2026-03-02T08:00:00+08:00',
        database: 'MEMORY',
        settings: { board: () => ({ folder, signIn }) },
      }),
    ]);
    provider.token = app.as('BB-A/SUPERVISOR').token;
  });
  afterAll(async () => {
    await browser?.close();
    await app?.[Symbol.asyncDispose]();
    provider.server.closeAllConnections();
    await new Promise((resolve) => provider.server.close(resolve));
  });

  test('one comes back signed in, where one wanted to go, with a proof that nobody else has', async () => {
    await using opened = await openPage(browser);
    const { page, problems } = opened;
    await page.goto(`${new URL('/', app.url).href}#/day`);
    await page.click('.sign-in .take');
    await page.waitForSelector('h1:has-text("My day")');
    expect(new URL(page.url())).toMatchObject({ search: '', hash: '#/day' });
    const [asked] = provider.asked;
    expect(asked).toMatchObject({
      response_type: 'code',
      client_id: CLIENT_ID,
      scope: 'openid',
      code_challenge_method: 'S256',
    });
    expect(asked?.code_challenge?.length).toBe(43);
    await page.goto(`${new URL('/', app.url).href}#/board`);
    await page.waitForSelector('.stream.live');
    expect(problems).toEqual([]);
  });

  test('a code that the page did not ask for is not taken', async () => {
    await using opened = await openPage(browser);
    const { page } = opened;
    await page.goto(new URL('/?code=code-0&state=stolen', app.url).href);
    await page.waitForSelector('.sign-in .take');
    expect(await page.locator('header nav').count()).toBe(0);
  });

  test('nobody is handed a token as in the demo', async () => {
    const response = await fetch(new URL('/board/token', app.url), {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"number":"BB-A-SUP1"}',
    });
    expect(response.status).toBe(404);
  });
});
