import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { type IncomingHttpHeaders, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { brotliCompressSync, brotliDecompressSync, gunzipSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { encodingFor } from '../../server/transport/graphql/encoded-answers.ts';
import { type Person, startTestApp, type TestApp } from '../support/app.ts';

const folder = mkdtempSync(join(tmpdir(), 'tierline-page-'));
const HTML = '<!doctype html><title>Tierline</title>';
let app: TestApp;
let manager: Person;

beforeAll(async () => {
  mkdirSync(join(folder, 'assets'));
  for (const name of ['index.html', 'assets/index-a1.js']) {
    writeFileSync(join(folder, name), HTML);
    writeFileSync(join(folder, `${name}.br`), brotliCompressSync(HTML));
    writeFileSync(join(folder, `${name}.gz`), gzipSync(HTML));
  }
  writeFileSync(join(folder, 'secret.txt'), 'secret');
  const people = async () => [{ number: 'P-1', name: 'Lin', title: { en: 'officer', zh: '值班员' } }];
  const token = async (number: string | null) => (number === 'P-1' || number === null ? 'a.b.c' : null);
  app = await startTestApp({
    now: '2026-03-02T08:00:00+08:00',
    database: 'MEMORY',
    settings: { board: () => ({ folder: pathToFileURL(`${folder}/`), demo: { people, token } }) },
  });
  manager = app.as('BB-A/CUSTOMER_MANAGER');
});
afterAll(async () => {
  await app[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true });
});

interface Sent {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** As bytes: fetch would unpack them, and names the host by itself. */
function send(path: string, { method = 'GET', headers = {}, body }: Sent = {}) {
  return new Promise<{ status: number; headers: IncomingHttpHeaders; body: Buffer }>((resolve, reject) => {
    const sent = request(new URL(path, app.url), { method, headers }, (response) => {
      const parts: Buffer[] = [];
      response.on('data', (part: Buffer) => parts.push(part));
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(parts) }),
      );
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

const JSON_TYPE = { 'content-type': 'application/json' };

describe('the page at /', () => {
  test('runs nothing but its own scripts, and is in no frame', async () => {
    const { status, headers, body } = await send('/');
    expect({ status, body: body.toString() }).toEqual({ status: 200, body: HTML });
    const policy = headers['content-security-policy'];
    expect(policy).toContain("default-src 'none'; script-src 'self'");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toContain('unsafe');
    expect(headers['content-type']).toBe('text/html; charset=utf-8');
  });

  test.each([
    { accepts: 'gzip, deflate, br', encoding: 'br', unpack: brotliDecompressSync },
    { accepts: 'gzip', encoding: 'gzip', unpack: gunzipSync },
  ])('comes packed to who takes $accepts', async ({ accepts, encoding, unpack }) => {
    const { headers, body } = await send('/assets/index-a1.js', { headers: { 'accept-encoding': accepts } });
    expect(headers['content-encoding']).toBe(encoding);
    expect(headers.vary).toContain('accept-encoding');
    expect(unpack(body).toString()).toBe(HTML);
  });

  test('is asked for again, its parts are not, and what is known is not sent twice', async () => {
    const page = await send('/');
    expect(page.headers['cache-control']).toBe('no-cache');
    const again = await send('/', { headers: { 'if-none-match': String(page.headers.etag) } });
    expect({ status: again.status, bytes: again.body.length }).toEqual({ status: 304, bytes: 0 });
    const part = await send('/assets/index-a1.js');
    expect(part.headers['cache-control']).toBe('public, max-age=31536000, immutable');
  });

  test.each(['/secret.txt', '/assets/../secret.txt', '/assets/%2e%2e/secret.txt', '/assets/index-b2.js', '/assets/'])(
    'shows no other file: %s',
    async (path) => expect((await send(path)).status).toBe(404),
  );
});

describe('who looks', () => {
  test('picks one of the people of the demo', async () => {
    const settings = JSON.parse((await send('/board/settings.json')).body.toString());
    expect(settings).toEqual({ demo: { people: [expect.objectContaining({ number: 'P-1' })] }, signIn: null });
    const body = JSON.stringify({ number: 'P-1' });
    const { body: answer } = await send('/board/token', { method: 'POST', headers: JSON_TYPE, body });
    expect(JSON.parse(answer.toString())).toEqual({ token: 'a.b.c' });
  });

  test.each([
    { it: 'nobody of this number', status: 404, body: '{"number":"P-2"}', headers: JSON_TYPE },
    { it: 'no number', status: 404, body: '{"number":1}', headers: JSON_TYPE },
    { it: 'no JSON', status: 404, body: '{', headers: JSON_TYPE },
    { it: 'a form of another page', status: 415, body: 'number=P-1', headers: { 'content-type': 'text/plain' } },
    {
      it: 'a page of another site',
      status: 403,
      body: '{"number":"P-1"}',
      headers: { ...JSON_TYPE, origin: 'https://evil.example' },
    },
    {
      it: 'another name for this machine',
      status: 404,
      body: '{"number":"P-1"}',
      headers: { ...JSON_TYPE, host: 'evil.example' },
    },
  ])('gets no token with $it', async ({ status, body, headers }) => {
    expect((await send('/board/token', { method: 'POST', headers, body })).status).toBe(status);
  });
});

describe('answers', () => {
  const ask = (query: string, headers: Readonly<Record<string, string>>) =>
    send('/graphql', {
      method: 'POST',
      headers: { ...JSON_TYPE, authorization: `Bearer ${manager.token}`, ...headers },
      body: JSON.stringify({ query }),
    });
  const LARGE = '{ policies { id parameters { key description } } }';

  test.each([
    { accepts: 'br', unpack: brotliDecompressSync },
    { accepts: 'gzip', unpack: gunzipSync },
  ])('of over 1 kB come packed as $accepts', async ({ accepts, unpack }) => {
    const plain = await ask(LARGE, {});
    expect(plain.headers['content-encoding']).toBeUndefined();
    const packed = await ask(LARGE, { 'accept-encoding': accepts });
    expect(packed.headers['content-encoding']).toBe(accepts);
    expect(packed.body.length).toBeLessThan(plain.body.length / 2);
    expect(unpack(packed.body).toString()).toBe(plain.body.toString());
  });

  test('that are small go as they are', async () => {
    const { headers, body } = await ask('{ viewer { id } }', { 'accept-encoding': 'br, gzip' });
    expect(headers['content-encoding']).toBeUndefined();
    expect(JSON.parse(body.toString()).data.viewer.id).toBeTruthy();
  });

  test.each([
    { accepts: 'gzip, deflate, br', encoding: 'br' },
    { accepts: 'GZIP;q=0.5', encoding: 'gzip' },
    { accepts: 'br;q=0, gzip', encoding: 'gzip' },
    { accepts: 'br;q=0, gzip;q=0.0', encoding: null },
    { accepts: '*', encoding: 'br' },
    { accepts: 'deflate', encoding: null },
    { accepts: undefined, encoding: null },
  ])('to who takes $accepts are packed as $encoding', ({ accepts, encoding }) => {
    expect(encodingFor(accepts)).toBe(encoding);
  });

  test('GraphiQL has a tour of six to eight tabs, signed in once, and is not sent twice', async () => {
    const headers = { accept: 'text/html', 'accept-encoding': 'gzip' };
    const { headers: got, body } = await send('/graphql?as=P-1', { headers });
    const page = gunzipSync(body).toString();
    expect(body.length).toBeLessThan(page.length / 2);
    const tabs = page.match(/"defaultTabs":\[.*?\}\]/s)?.[0] ?? '';
    expect(tabs.match(/"query":/g)?.length).toBeGreaterThanOrEqual(6);
    expect(tabs.match(/"query":/g)?.length).toBeLessThanOrEqual(8);
    expect(tabs).toContain('Bearer a.b.c');
    const again = await send('/graphql?as=P-1', { headers: { ...headers, 'if-none-match': String(got.etag) } });
    expect(again.status).toBe(304);
    const elsewhere = await send('/graphql', { headers: { ...headers, host: 'evil.example' } });
    expect(gunzipSync(elsewhere.body).toString()).not.toContain('Bearer a.b.c');
  });
});
