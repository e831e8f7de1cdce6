import { Buffer } from 'node:buffer';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { piecesOf } from '../../server/domain/files/rules.ts';
import { idOf } from '../../server/platform/values/ids.ts';
import { type Person, startTestApp, type TestApp } from '../support/app.ts';
import { get, givenFile, pdf, send, streamOf } from '../support/files.ts';
import { givenCustomer, givenTicket } from '../support/given.ts';

// Who may send, see, get and remove files, and when they go by themselves.

const NOW = '2026-03-02T08:00:00+08:00';
const BANK = { policyId: 'bank-vip', branchCode: 'BK-A' };

let app: TestApp;
let manager: Person;
let supervisor: Person;
let customerId: string;
let ticketId: string;

beforeAll(async () => {
  app = await startTestApp({ now: NOW });
  manager = app.as('BK-A/CUSTOMER_MANAGER');
  supervisor = app.as('BK-A/SUPERVISOR');
  customerId = (await givenCustomer(manager, BANK)).id;
  ticketId = (await givenTicket(manager, { customerId })).id;
});
afterAll(() => app[Symbol.asyncDispose]());

const sent = async (person: Person) => (await send(app, person.token, new Uint8Array(pdf()))).answer.id as string;
const count = async (table: string): Promise<number> =>
  (await app.app.services.database.pool.query(`select count(*)::int as n from ${table}`)).rows[0].n;

test('a file that one may not see is not there: as with an id that there is not', async () => {
  const file = await givenFile(app, manager, ticketId);
  const nowhere = `/files/${encodeURIComponent(Buffer.from('Attachment:0198a0a0-0000-7000-8000-000000000000').toString('base64'))}`;
  for (const who of ['BK-B/CUSTOMER_MANAGER', 'BK-B/DIRECTOR', 'TL-HQ/DIRECTOR', 'SYS/ADMIN']) {
    const [there, missing] = [await get(app, app.as(who).token, file.path), await get(app, app.as(who).token, nowhere)];
    expect(there.status, who).toBe(404);
    expect(await there.text(), who).toBe(await missing.text());
    const node = await app.as(who).ask('query ($id: ID!) { node(id: $id) { id } }', { id: file.id });
    expect(node.data.node, who).toBeNull();
    const { data } = await app
      .as(who)
      .ask('mutation ($input: RemoveFileInput!) { removeFile(input: $input) { ... on Error { code } } }', {
        input: { id: file.id, reason: 'not mine' },
      });
    expect(data.removeFile.code, who).toMatch(/NOT_FOUND|FORBIDDEN/);
  }
  expect((await get(app, null, file.path)).status).toBe(401);
  expect((await send(app, null, new Uint8Array(pdf()))).status).toBe(401);
  expect((await send(app, app.as('SYS/ADMIN').token, new Uint8Array(pdf()))).status).toBe(403);
});

test('whoever leaves gets nothing more', async () => {
  const file = await givenFile(app, manager, ticketId);
  const leaver = app.as('BK-A/COMMAND_CENTER');
  expect((await get(app, leaver.token, file.path)).status).toBe(200);
  const { prisma } = app.app.services.database;
  const where = { id: idOf('Staff', leaver.id) };
  await prisma.staff.update({ where, data: { active: false } });
  await expect.poll(async () => (await get(app, leaver.token, file.path)).status, { timeout: 10_000 }).toBe(401);
  expect((await send(app, leaver.token, new Uint8Array(pdf()))).status).toBe(401);
  await prisma.staff.update({ where, data: { active: true } });
});

test('a file of an archived contract is opened by who opens the contract', async () => {
  const contract = await manager.does('FileContract', { input: { customerId, name: '2026-0002-LOAN', content: '-' } });
  const file = await givenFile(app, manager, contract.id, 'signed.pdf');
  expect((await get(app, manager.token, file.path)).status).toBe(200);
  // Finance signs for it, and opens no contracts.
  expect((await get(app, app.as('BK-A/FINANCE').token, file.path)).status).toBe(403);
  await manager.does('ArchiveContract', { id: contract.id, expectedVersion: 1 });
  const refused = await get(app, manager.token, file.path);
  expect(refused.status).toBe(409);
  expect((await get(app, app.as('BK-A/DIRECTOR').token, file.path)).status).toBe(200);
  const input = { to: contract.id, uploadId: await sent(manager), name: 'late.pdf' };
  expect(await manager.does('AttachFile', { input })).toMatchObject({ __typename: 'Refused' });
  const removing = await manager.does('RemoveFile', { input: { id: file.id, reason: 'a mistake' } });
  expect(removing).toMatchObject({ __typename: 'Refused' });
  const trail = { action: 'REFUSED_OPEN_CONTRACT', subjectId: idOf('Contract', contract.id) };
  expect(await app.app.services.database.prisma.auditEntry.count({ where: trail })).toBe(1);
});

test('a file is removed with a reason, by who attached it or a supervisor, and its content is gone at once', async () => {
  const file = await givenFile(app, manager, ticketId, 'wrong.pdf');
  const remove = (person: Person, reason: string) => person.does('RemoveFile', { input: { id: file.id, reason } });
  expect(await remove(manager, ' ')).toMatchObject({ __typename: 'InvalidInput', issues: [{ path: 'input.reason' }] });
  const others = await givenFile(app, supervisor, ticketId, 'others.pdf');
  expect(await manager.does('RemoveFile', { input: { id: others.id, reason: 'not mine' } })).toMatchObject({
    __typename: 'Forbidden',
  });
  const pieces = await count('stored_file_piece');
  const removed = await remove(supervisor, 'of another customer');
  expect(removed).toMatchObject({
    name: 'wrong.pdf',
    path: null,
    removalReason: 'of another customer',
    removedBy: { name: expect.any(String) },
  });
  expect(await count('stored_file_piece')).toBe(pieces - 1);
  expect((await get(app, manager.token, file.path)).status).toBe(404);
  expect(await remove(manager, 'once more')).toMatchObject({ __typename: 'Conflict' });
  const trail = await app.app.services.database.prisma.auditEntry.findFirst({ where: { action: 'REMOVE_FILE' } });
  expect(trail).toMatchObject({ reason: 'of another customer', subjectId: idOf('Ticket', ticketId) });
});

test('what somebody else sent, and what is attached already, is attached by nobody', async () => {
  const uploadId = await sent(supervisor);
  const attach = (person: Person) => person.does('AttachFile', { input: { to: ticketId, uploadId, name: 'a.pdf' } });
  const isNone = { __typename: 'InvalidInput', issues: [{ path: 'input.uploadId' }] };
  expect(await attach(manager)).toMatchObject(isNone);
  const both = await Promise.all([attach(supervisor), attach(supervisor)]);
  // The other one came too late for the file, or for the ticket as it was.
  expect(both.filter(({ __typename }) => __typename === 'Attachment')).toHaveLength(1);
  expect(await attach(supervisor)).toMatchObject(isNone);
});

test('what nobody attaches is gone after an hour, and so many wait at most', async () => {
  const person = app.as('BK-A/DIRECTOR');
  for (let index = 0; index < 20; index += 1) await sent(person);
  const { status, answer } = await send(app, person.token, new Uint8Array(pdf()));
  expect({ status, answer }).toMatchObject({ status: 409, answer: { errors: [{ extensions: { code: 'REFUSED' } }] } });
  const attached = await count('attachment');
  await app.advance('2026-03-02T09:00:01+08:00');
  expect(await count('stored_file')).toBe(attached);
  expect((await send(app, person.token, new Uint8Array(pdf()))).status).toBe(201);
});

test('an upload that breaks off leaves nothing', async () => {
  const before = await count('stored_file');
  const leaving = new AbortController();
  const parts = async function* () {
    yield new Uint8Array(pdf('a', 300_000));
    await expect.poll(() => count('stored_file')).toBe(before + 1);
    leaving.abort();
    await new Promise(() => undefined);
  };
  const request = fetch(new URL('/files', app.url), {
    method: 'POST',
    headers: { 'content-type': 'application/octet-stream', authorization: `Bearer ${manager.token}` },
    body: streamOf(parts()),
    duplex: 'half',
    signal: leaving.signal,
  } as RequestInit);
  await expect(request).rejects.toThrow();
  await expect.poll(() => count('stored_file')).toBe(before);
});

test('no more of a file is read than the piece at hand needs', async () => {
  let read = 0;
  const source = async function* () {
    for (let part = 0; part < 100; part += 1) {
      read += 1_000;
      yield new Uint8Array(1_000);
    }
  };
  let given = 0;
  for await (const { bytes, position, isLast } of piecesOf(source(), 2_500)) {
    given += bytes.length;
    expect(read - given).toBeLessThanOrEqual(1_000);
    expect({ position, isLast }).toEqual({
      position: given === 100_000 ? 39 : given / 2_500 - 1,
      isLast: given === 100_000,
    });
  }
  expect(given).toBe(100_000);
});
