import { Buffer } from 'node:buffer';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { idOf } from '../../server/platform/values/ids.ts';
import { type Person, startTestApp, type TestApp } from '../support/app.ts';
import { get, givenFile, PNG, pdf, send, streamOf } from '../support/files.ts';
import { givenCustomer, givenTicket } from '../support/given.ts';
import { givenPlan } from '../support/plans.ts';

// A scan of a letter comes with a ticket: who sees the ticket sees the scan, and nobody else; what is in it is read by nobody who
// reads the database; and it goes when it has to.

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

const listed = async (person: Person, id: string) =>
  (await person.does('FilesOf', { id, first: 10 }))?.files.nodes as { id: string; name: string; path: string | null }[];

const bytesOf = async (response: Response) => Buffer.from(await response.arrayBuffer());

test('a file comes as it was sent, to who sees the ticket, as something to be saved and not to be run', async () => {
  const content = pdf('Complaint of March', 700_000);
  const file = await givenFile(app, manager, ticketId, '投诉信 March.pdf', content);
  expect(file).toMatchObject({
    name: '投诉信 March.pdf',
    mediaType: 'application/pdf',
    size: 700_000,
    removedAt: null,
  });
  expect(await listed(supervisor, ticketId)).toMatchObject([{ id: file.id, name: '投诉信 March.pdf' }]);
  const response = await get(app, supervisor.token, file.path);
  expect(response.status).toBe(200);
  expect((await bytesOf(response)).equals(content)).toBe(true);
  const header = (name: string) => response.headers.get(name);
  expect(header('content-type')).toBe('application/pdf');
  expect(header('content-disposition')).toMatch(/^attachment; .*filename\*=UTF-8''/);
  expect(header('x-content-type-options')).toBe('nosniff');
  expect(header('content-security-policy')).toMatch(/default-src 'none'.*sandbox/);
  expect(header('cache-control')).toBe('no-store');
  expect(header('content-length')).toBe('700000');
  const { data } = await supervisor.ask(
    'query ($id: ID!) { ticket(id: $id) { timeline(last: 1) { nodes { kind text from to by { id } isPublic } } } }',
    { id: ticketId },
  );
  const event = { kind: 'UPDATED', text: 'file', from: null, to: '投诉信 March.pdf', isPublic: false };
  expect(data.ticket.timeline.nodes).toMatchObject([{ ...event, by: { id: manager.id } }]);
  const trail = await app.app.services.database.prisma.auditEntry.findMany({
    where: { action: { in: ['ATTACH_FILE', 'OPEN_FILE'] } },
    orderBy: { id: 'asc' },
    select: { action: true, actorId: true, customerId: true },
  });
  const about = { customerId: idOf('Customer', customerId) };
  expect(trail).toEqual([
    { action: 'ATTACH_FILE', actorId: idOf('Staff', manager.id), ...about },
    { action: 'OPEN_FILE', actorId: idOf('Staff', supervisor.id), ...about },
  ]);
});

test('what is stored says nothing, and pieces that were moved or cut off do not open', async () => {
  const file = await givenFile(app, manager, ticketId, 'secret.pdf', pdf('Zyxqwvu', 400_000));
  const { pool } = app.app.services.database;
  const { rows } = await pool.query<{ position: number; sealed: Buffer }>(
    'select position, sealed from stored_file_piece where file_id = $1 order by position',
    [idOf('Attachment', file.id)],
  );
  expect(rows.length).toBeGreaterThan(2);
  expect(rows.some(({ sealed }) => sealed.includes('Zyxqwvu'))).toBe(false);
  const [first, second] = [rows[0]?.sealed, rows[1]?.sealed];
  const put = (sealed: Buffer | undefined) =>
    pool.query('update stored_file_piece set sealed = $1 where file_id = $2 and position = 0', [
      sealed,
      idOf('Attachment', file.id),
    ]);
  await put(second);
  await expect(get(app, manager.token, file.path).then(bytesOf)).rejects.toThrow();
  await put(first);
  expect(await get(app, manager.token, file.path).then(bytesOf)).toHaveLength(400_000);
  // Without its end, and with a size that would be right.
  const cut = 'update stored_file set piece_count = 2 where id = $1';
  await pool.query(cut, [idOf('Attachment', file.id)]);
  await expect(get(app, manager.token, file.path).then(bytesOf)).rejects.toThrow();
});

describe('what is sent is looked at, not what is said of it', () => {
  const exe = Buffer.concat([
    Buffer.from('MZ\x90\x00\x03\x00\x00\x00\x04\x00\x00\x00\xff\xff', 'latin1'),
    Buffer.alloc(600),
  ]);
  const zip = Buffer.from('504b0304140000000000000021000000000003000000030000000500000061', 'hex');
  interface Sent {
    readonly it: string;
    readonly body: Buffer;
    readonly headers?: Readonly<Record<string, string>>;
    readonly status: number;
    readonly code: string;
  }
  test.each<Sent>([
    { it: 'a program', body: exe, status: 400, code: 'INVALID_INPUT' },
    { it: 'an archive', body: zip, status: 400, code: 'INVALID_INPUT' },
    { it: 'nothing', body: Buffer.alloc(0), status: 400, code: 'INVALID_INPUT' },
    { it: 'bytes of nobody knows what', body: Buffer.alloc(5_000, 1), status: 400, code: 'INVALID_INPUT' },
    {
      it: 'a text that goes on as something else',
      body: Buffer.concat([Buffer.alloc(300_000, 'a'), Buffer.alloc(10)]),
      status: 400,
      code: 'INVALID_INPUT',
    },
    { it: 'more than a file has', body: pdf('a', 11 * 1024 * 1024), status: 413, code: 'BODY_TOO_LARGE' },
    {
      it: 'what a form of another page sends',
      body: pdf(),
      headers: { 'content-type': 'multipart/form-data; boundary=x' },
      status: 415,
      code: 'UNSUPPORTED_MEDIA_TYPE',
    },
    {
      it: "another site's page",
      body: pdf(),
      headers: { origin: 'https://elsewhere.example' },
      status: 403,
      code: 'FORBIDDEN',
    },
  ])('$it is refused, and nothing of it is kept', async ({ body, headers = {}, status, code }) => {
    const { prisma } = app.app.services.database;
    const before = await prisma.storedFile.count();
    const { status: answered, answer } = await send(app, manager.token, new Uint8Array(body), headers);
    expect({ answered, answer }).toMatchObject({ answered: status, answer: { errors: [{ extensions: { code } }] } });
    expect(await prisma.storedFile.count()).toBe(before);
  });

  test('more than a file has is refused, too, where nobody said how much comes', async () => {
    const parts = async function* () {
      for (let sent = 0; sent < 44; sent += 1) yield new Uint8Array(pdf('a', 256 * 1024));
    };
    const sent = fetch(new URL('/files', app.url), {
      method: 'POST',
      headers: { 'content-type': 'application/octet-stream', authorization: `Bearer ${manager.token}` },
      body: streamOf(parts()),
      duplex: 'half',
    } as RequestInit);
    expect((await sent).status).toBe(413);
  });

  test.each([
    { it: 'a picture', content: PNG, name: 'scan.PNG', is: 'image/png' },
    { it: 'a text in Chinese', content: Buffer.from('编号,姓名\n1,王芳\n'), name: 'list.csv', is: 'text/plain' },
    { it: 'a folder before the name', content: pdf(), name: 'C:\\Users\\wang\\letter.pdf', is: 'application/pdf' },
  ])('$it is taken', async ({ content, name, is }) => {
    const file = await givenFile(app, manager, ticketId, name, content);
    expect(file).toMatchObject({ mediaType: is, name: name.split('\\').at(-1) });
    expect(await get(app, manager.token, file.path).then(bytesOf)).toEqual(content);
  });

  test.each(['letter.exe', 'letter', 'letter.pdf.html', ' ', 'letter.png'])(
    'a PDF is not called "%s"',
    async (name) => {
      const { answer } = await send(app, manager.token, new Uint8Array(pdf()));
      const refused = await manager.does('AttachFile', { input: { to: ticketId, uploadId: answer.id, name } });
      expect(refused).toMatchObject({ __typename: 'InvalidInput', issues: [{ path: 'input.name' }] });
      // Under its right name it still comes.
      const kept = await manager.does('AttachFile', { input: { to: ticketId, uploadId: answer.id, name: 'b.pdf' } });
      expect(kept.__typename).toBe('Attachment');
    },
  );
});

test('a file belongs to a ticket, a plan, a record or a contract, and to nothing else', async () => {
  const plan = await givenPlan(manager, { customerId });
  const contract = await manager.does('FileContract', { input: { customerId, name: '2026-0001-LOAN', content: '-' } });
  const credit = { bankVipCreditRequest: { amount: '1000', purpose: 'Plant' } };
  const { record } = await manager.does('StartRecord', { input: { about: customerId, record: credit } });
  for (const { id } of [plan, contract, record]) {
    const file = await givenFile(app, manager, id);
    expect(await listed(supervisor, id)).toMatchObject([{ id: file.id }]);
    expect((await get(app, supervisor.token, file.path)).status).toBe(200);
    expect((await get(app, app.as('BK-B/SUPERVISOR').token, file.path)).status).toBe(404);
  }
  const { answer } = await send(app, manager.token, new Uint8Array(pdf()));
  const input = { to: customerId, uploadId: answer.id, name: 'a.pdf' };
  expect(await manager.does('AttachFile', { input })).toMatchObject({ __typename: 'NotFound' });
});
