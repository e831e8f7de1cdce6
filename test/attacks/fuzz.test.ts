import {
  type GraphQLField,
  type GraphQLInputType,
  type GraphQLOutputType,
  getNamedType,
  isEnumType,
  isInputObjectType,
  isLeafType,
  isListType,
  isNonNullType,
  isUnionType,
} from 'graphql';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Person, startTestApp, type TestApp } from '../support/app.ts';
import { givenCustomer, givenTicket } from '../support/given.ts';

// Every field of Query and Mutation is sent values that other systems fall over, in every argument, beside such as let it get
// far. Whatever comes back is a 4xx or an answer: no defect, no word of the inside, none of the secrets that were planted.

const NOW = '2026-03-02T08:00:00+08:00';
const ROUNDS = Number(process.env.FUZZ_ROUNDS ?? 12);

const SECRETS = ['13988771234', 'planted@secret.example', '110101198805054321', 'Hidden Lane 77'];

const NASTY: readonly string[] = [
  "' or '1'='1",
  "'; drop table customer; --",
  '" or ""="',
  '1); select pg_sleep(10); --',
  "\\'; --",
  '$1',
  `${'$'}{7*7}`,
  '{{7*7}}',
  '%00',
  '%s%s%n',
  '../../etc/passwd',
  '<script>alert(1)</script>',
  '{"$ne":null}',
  '[]',
  '__proto__',
  'constructor',
  'a\0b',
  'a\ud800b',
  '\u202eabc',
  '𠮷😀',
  '',
  ' ',
  '\n\r\t',
  '%',
  '_',
  '*',
  '-1',
  '0',
  '1e309',
  'NaN',
  'null',
  'undefined',
  'x'.repeat(20_000),
  '=cmd|calc!A1',
  '0x41',
  'Q3VzdG9tZXI6MQ==',
  Buffer.from("Customer:' or 1=1").toString('base64'),
  Buffer.from('Customer:00000000-0000-0000-0000-000000000000').toString('base64'),
];
const INTS = [0, 1, -1, 2, 100, 101, 2_147_483_647, -2_147_483_648];
const DECIMALS = [
  '0',
  '1',
  '-1',
  '0.1',
  '99999999999999999999999999',
  '1e400',
  '-0',
  '00.1',
  '',
  'NaN',
  '1.0000000000000000001',
];
const DATES = ['2026-03-01', '2024-02-29', '0001-01-01', '9999-12-31', '2026-02-30', '-000001-01-01', '20260301', ''];
const INSTANTS = [
  '2026-03-02T08:00:00+08:00',
  '0001-01-01T00:00:00Z',
  '9999-12-31T23:59:59Z',
  '2026-03-02',
  '275760-09-13T00:00:00Z',
  '',
];
const JSONS: readonly unknown[] = [
  {},
  [],
  null,
  'x',
  1e308,
  { __proto__: { admin: true } },
  JSON.parse('{"__proto__":{"admin":true},"constructor":{"prototype":{"x":1}}}'),
  { sealed: 'v1.k1.x.y.z' },
  { address: { sealed: 'v1' } },
  { a: { b: { c: { d: { e: {} } } } } },
  { address: "'; drop table customer; --" },
];

/** Deterministic, so that a failure comes again. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

let app: TestApp;
let known: string[];
/** What an id of the name has to be to get far. */
let fitting: Record<string, string>;
let people: Person[];

beforeAll(async () => {
  app = await startTestApp({ now: NOW, database: 'MEMORY' });
  const manager = app.as('BK-A/CUSTOMER_MANAGER');
  const customer = await givenCustomer(manager, {
    policyId: 'bank-vip',
    branchCode: 'BK-A',
    phone: SECRETS[0],
    email: SECRETS[1],
    idNumber: SECRETS[2],
    profile: { address: SECRETS[3] },
  });
  const ticket = await givenTicket(manager, { customerId: customer.id });
  const { id: interaction } = await manager.does('RecordInteraction', {
    input: { customerId: customer.id, channel: 'PHONE', purpose: 'CARE', summary: 'called' },
  });
  await app.advance('2026-03-05T08:00:00+08:00');
  const { data } = await manager.ask('{ tasks { nodes { id } } alerts { nodes { id } } viewer { id branch { id } } }');
  const ids = (connection: { nodes: { id: string }[] }) => connection.nodes.map(({ id }) => id);
  known = [
    customer.id,
    ticket.id,
    interaction,
    ticket.clocks[0].id,
    data.viewer.id,
    data.viewer.branch.id,
    ...ids(data.tasks).slice(0, 1),
    ...ids(data.alerts).slice(0, 1),
    'bank-vip',
    'core',
    'rural-credit',
  ];
  fitting = {
    customerId: customer.id,
    ticketId: ticket.id,
    clockId: ticket.clocks[0].id,
    policyId: 'bank-vip',
    schemeId: 'rural-credit',
    ...Object.fromEntries(['staffId', 'ownerId', 'assigneeId', 'managerId'].map((name) => [name, data.viewer.id])),
  };
  people = [
    'BK-A/CUSTOMER_MANAGER',
    'BK-A/SUPERVISOR',
    'BK-HQ/DIRECTOR',
    'BK-B/DIRECTOR',
    'SYS/ADMIN',
    'BK-HQ/AUDITOR',
    'BK-A/SERVICE',
  ].map((who) => app.as(who));
});
afterAll(() => app[Symbol.asyncDispose]());

function givenFor(type: GraphQLInputType, name: string, next: () => number, depth = 0): unknown {
  const pick = <Value>(list: readonly Value[]): Value => list[Math.floor(next() * list.length)] as Value;
  if (isNonNullType(type))
    return givenFor(type.ofType, name, next, depth) ?? givenFor(type.ofType, name, () => next() / 2, depth);
  if (next() < 0.05) return null;
  if (isListType(type))
    return Array.from({ length: pick([0, 1, 1, 2, 3]) }, () => givenFor(type.ofType, name, next, depth));
  if (isInputObjectType(type)) {
    return Object.fromEntries(
      Object.values(type.getFields()).flatMap((field) =>
        isNonNullType(field.type) || next() < (depth > 2 ? 0.2 : 0.6)
          ? [[field.name, givenFor(field.type, field.name, next, depth + 1)]]
          : [],
      ),
    );
  }
  if (isEnumType(type)) return pick(type.getValues()).name;
  switch (getNamedType(type).name) {
    case 'ID':
      return next() < 0.75 ? (fitting[name] ?? pick(known)) : pick(NASTY);
    case 'Int':
      return next() < 0.5 ? pick([1, 2, 20]) : pick(INTS);
    case 'Float':
      return pick([0, 1.5, -1, 1e308]);
    case 'Boolean':
      return next() < 0.5;
    case 'Decimal':
      return pick(DECIMALS);
    case 'Date':
      return pick(DATES);
    case 'DateTime':
      return pick(INSTANTS);
    case 'Duration':
      return pick(['PT1H', 'P1000Y', '']);
    case 'JSON':
      return pick(JSONS);
    default:
      return next() < 0.3 ? pick(['bank-vip', 'BK-A', 'COMPLAINT', 'because', 'N-1', '2026-0042-LOAN']) : pick(NASTY);
  }
}

/** The shortest selection that says what came back. */
function selectionOf(type: GraphQLOutputType): string {
  const named = getNamedType(type);
  if (isLeafType(named)) return '';
  if (isUnionType(named))
    return '{ __typename ... on Error { code message } ... on InvalidInput { issues { path message } } }';
  const fields = named.getFields();
  if (fields.totalCount) return '{ totalCount nodes { __typename } }';
  return fields.id ? '{ __typename id }' : '{ __typename }';
}

function documentOf(kind: 'query' | 'mutation', field: GraphQLField<unknown, unknown>): string {
  const head = field.args.map(({ name, type }) => `$${name}: ${type}`).join(', ');
  const pass = field.args.map(({ name }) => `${name}: $${name}`).join(', ');
  return `${kind}${head && ` (${head})`} { ${field.name}${pass && `(${pass})`} ${selectionOf(field.type)} }`;
}

const INSIDE =
  /prisma|node_modules|\bat .+\.ts:\d|select .+ from|insert into|relation "|column "|syntax error at|pg_|ECONN|stack|undefined is not|cannot read|is not a function|ZodError|invalid input syntax|violates/i;

test('no argument of any field brings the inside out', async () => {
  const { schema } = app.app;
  const fields = (['query', 'mutation'] as const).flatMap((kind) =>
    Object.values((kind === 'query' ? schema.getQueryType() : schema.getMutationType())?.getFields() ?? {})
      .filter(({ name }) => name !== 'advanceClock')
      .map((field) => ({ kind, field })),
  );
  expect(fields.length).toBeGreaterThan(50);
  const next = random(20_260_302);
  const bad: unknown[] = [];
  const codes = new Map<string, number>();
  let sent = 0;
  for (const { kind, field } of fields) {
    const document = documentOf(kind, field);
    for (let round = 0; round < ROUNDS; round++) {
      const variables = Object.fromEntries(field.args.map(({ name, type }) => [name, givenFor(type, name, next)]));
      const person = people[Math.floor(next() * people.length)] as Person;
      const started = performance.now();
      const answer = await person.ask(document, variables);
      const took = performance.now() - started;
      sent += 1;
      const { data, errors, status } = answer;
      const text = JSON.stringify({ data, errors });
      const code =
        errors?.[0]?.extensions?.code ??
        Object.values(data ?? {}).map((one) => (one as { code?: string })?.code)[0] ??
        'ANSWERED';
      codes.set(String(code), (codes.get(String(code)) ?? 0) + 1);
      // Messages repeat what was sent; that is not the inside.
      const said = text.replaceAll(/drop table customer|select pg_sleep\(10\)/g, '');
      const isBad =
        status >= 500 ||
        code === 'INTERNAL' ||
        code === 'POLICY_FAILURE' ||
        INSIDE.test(said) ||
        (field.name !== 'revealCustomer' &&
          field.name !== 'exportCustomer' &&
          SECRETS.some((secret) => text.includes(secret))) ||
        took > 10_000;
      if (isBad) bad.push({ document, variables, status, answer: text.slice(0, 600), took });
    }
  }
  console.log(`${sent} requests over ${fields.length} fields: ${JSON.stringify(Object.fromEntries(codes))}`);
  expect(bad.slice(0, 5), `${bad.length} bad answers`).toEqual([]);
  const { rows } = await app.app.services.database.pool.query('select count(*)::int as count from customer');
  expect(rows[0].count).toBeGreaterThan(0);
}, 240_000);
