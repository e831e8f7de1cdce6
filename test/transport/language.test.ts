import { createClient } from 'graphql-ws';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import WebSocket from 'ws';
import { inLanguage } from '../../server/platform/values/in-language.ts';
import { localeOf } from '../../server/transport/graphql/reader-language.ts';
import { type Person, startTestApp, type TestApp } from '../support/app.ts';
import { givenCustomer, givenTicket } from '../support/given.ts';
import type { List } from '../support/read.ts';

// What speaks against a mutation is said in the reader's language, over every transport; codes and paths are the same.

const HAN = /\p{Script=Han}/u;
const ERROR =
  '__typename ... on Error { code message } ... on InvalidInput { issues { path message } } ... on Refused { reasons { code message } }';

let app: TestApp;
let manager: Person;
beforeAll(async () => {
  app = await startTestApp({ now: '2026-03-02T08:00:00+08:00' });
  manager = app.as('BB-A/CUSTOMER_MANAGER');
});
afterAll(() => app[Symbol.asyncDispose]());

interface Refusal {
  readonly code: string;
  readonly message: string;
  readonly issues: List<{ readonly path: string; readonly message: string }>;
  readonly reasons: List<{ readonly code: string; readonly message: string }>;
}
interface Answer {
  readonly data?: Readonly<Record<string, Refusal>>;
  readonly errors: List<{ readonly message: string; readonly extensions: Pick<Refusal, 'code' | 'issues'> }>;
}

async function overHttp(language: string, query: string, variables: object): Promise<Answer> {
  const response = await fetch(app.url, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      authorization: `Bearer ${manager.token}`,
      'accept-language': language,
    },
    body: JSON.stringify({ query, variables }),
  });
  return (await response.json()) as Answer;
}

async function overSocket(language: string, query: string, variables: Record<string, unknown>): Promise<Answer> {
  const client = createClient({
    url: app.url.replace('http', 'ws'),
    webSocketImpl: WebSocket,
    connectionParams: { Authorization: `Bearer ${manager.token}`, 'Accept-Language': language },
  });
  try {
    for await (const answer of client.iterate({ query, variables })) return answer as Answer;
    throw new Error('no answer');
  } finally {
    await client.dispose();
  }
}

const TRANSPORTS = [
  { over: 'HTTP', ask: overHttp },
  { over: 'a socket', ask: overSocket },
];

describe.each(TRANSPORTS)('over $over', ({ ask }) => {
  const both = async (query: string, variables: Record<string, unknown>) => {
    const [english, chinese] = [
      await ask('en-US,en;q=0.9', query, variables),
      await ask('zh-CN,zh;q=0.9', query, variables),
    ];
    const root = (answer: Answer) => Object.values(answer.data ?? {})[0] as Refusal;
    return { english: root(english), chinese: root(chinese), errors: [english.errors, chinese.errors] };
  };

  test('issues of an input', async () => {
    const input = { policyId: 'broadband-key-account', branchCode: 'BB-A', kind: 'INDIVIDUAL', number: '-', name: ' ' };
    const { english, chinese } = await both(
      `mutation ($input: CreateCustomerInput!) { createCustomer(input: $input) { ${ERROR} } }`,
      { input },
    );
    expect(english.issues.map(({ path }) => path)).toEqual(chinese.issues.map(({ path }) => path));
    expect(english).toMatchObject({ code: 'INVALID_INPUT', message: expect.not.stringMatching(HAN) });
    expect(chinese.code).toBe('INVALID_INPUT');
    for (const { message } of [chinese, ...chinese.issues]) expect(message).toMatch(HAN);
  });

  test('a refusal of the platform', async () => {
    const { id: customerId } = await givenCustomer(manager, { policyId: 'broadband-key-account', branchCode: 'BB-A' });
    const ticket = await givenTicket(manager, { customerId, level: 1 });
    const { english, chinese } = await both(
      `mutation ($id: ID!) { closeTicket(id: $id, customerConfirmed: true) { ${ERROR} } }`,
      { id: ticket.id },
    );
    expect(english.reasons[0].code).toBe(chinese.reasons[0].code);
    expect(english.message).not.toMatch(HAN);
    expect(chinese.message).toMatch(HAN);
    expect(chinese.reasons[0].message).toMatch(HAN);
  });

  test('what is not there', async () => {
    const id = Buffer.from('Ticket:01a22000-0000-7000-8000-000000000000').toString('base64');
    const { english, chinese } = await both(`mutation ($id: ID!) { resumeTicket(id: $id) { ${ERROR} } }`, { id });
    expect(english).toMatchObject({ code: 'NOT_FOUND', message: 'There is no such Ticket.' });
    expect(chinese).toMatchObject({ code: 'NOT_FOUND', message: '没有该工单。' });
  });
});

/** Over Server-Sent Events. */
async function overEvents(language: string, query: string, variables: object): Promise<Answer> {
  const response = await fetch(app.url, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      accept: 'text/event-stream',
      authorization: `Bearer ${manager.token}`,
      'accept-language': language,
    },
    body: JSON.stringify({ query, variables }),
  });
  const text = await response.text();
  return JSON.parse(/data: (\{.*\})/.exec(text)?.[1] ?? text);
}

/** A ticket that there is not, a document of too many levels, a malformed string. */
const UNANSWERED = [
  {
    it: 'a ticket that there is not',
    query: 'subscription ($id: ID!) { ticketChanged(id: $id) { id } }',
    variables: { id: Buffer.from('Ticket:01a22000-0000-7000-8000-000000000000').toString('base64') },
    code: 'NOT_FOUND',
  },
  { it: 'too many levels', query: `{ ${'a { '.repeat(60)} a ${'}'.repeat(60)} }`, code: 'TOO_COSTLY' },
  {
    it: 'a string that is none',
    query: 'query ($search: String) { customers(filter: { search: $search }) { totalCount } }',
    variables: { search: 'a\u0000b' },
    code: 'INVALID_INPUT',
  },
];

describe.each([...TRANSPORTS, { over: 'events', ask: overEvents }])(
  'what is not carried out, over $over',
  ({ ask }) => {
    test.each(UNANSWERED)('$it', async ({ query, variables = {}, code }) => {
      const told = async (language: string) => {
        const answer = await ask(language, query, variables).catch((errors: Answer['errors']) => ({ errors }));
        return answer.errors[0];
      };
      const [english, chinese] = [await told('en'), await told('zh')];
      expect([english.extensions.code, chinese.extensions.code]).toEqual([code, code]);
      expect(english.message).not.toMatch(HAN);
      expect(chinese.message).toMatch(HAN);
      if (code === 'INVALID_INPUT') expect(chinese.extensions.issues[0].message).toMatch(HAN);
    });
  },
);

describe("variables that are no values of their types are told by field and rule, in the reader's language", () => {
  const input = {
    policyId: 'broadband-key-account',
    branchCode: 'BB-A',
    number: 'V-1',
    kind: 'INDIVIDUAL',
    name: '王芳',
  };
  const create = 'mutation ($input: CreateCustomerInput!) { createCustomer(input: $input) { __typename } }';
  const metrics = 'mutation ($of: RecordMetricsInput!) { recordMetrics(input: $of) { __typename } }';
  const figure = { customerNumber: 'V-1', key: 'A', value: '1', asOf: '2026-02-28' };
  test.each([
    { it: 'nothing', query: create, variables: {}, path: 'input', says: 'is missing', zh: '缺失' },
    { it: 'null', query: create, variables: { input: null }, path: 'input', says: 'is missing', zh: '缺失' },
    {
      it: 'a field left out',
      query: create,
      variables: { input: { ...input, name: undefined } },
      path: 'input.name',
      says: 'is missing',
      zh: '缺失',
    },
    {
      it: 'a value that an enum has not',
      query: create,
      variables: { input: { ...input, kind: 'PERSON' } },
      path: 'input.kind',
      says: 'is none of INDIVIDUAL, INSTITUTION, INTERNAL',
      zh: '不是以下之一：INDIVIDUAL, INSTITUTION, INTERNAL',
    },
    {
      it: 'a field that there is not, beside words that look like a place',
      query: create,
      variables: { input: { ...input, name: 'x at "input.kind"; y', nmae: '' } },
      path: 'input.nmae',
      says: 'is no field of CreateCustomerInput',
      zh: '不是 CreateCustomerInput 的字段',
    },
    {
      it: 'a number for a string',
      query: create,
      variables: { input: { ...input, branchCode: 5 } },
      path: 'input.branchCode',
      says: 'is no String',
      zh: '不是字符串',
    },
    {
      it: 'a day that no year has',
      query: metrics,
      variables: { of: { policyId: 'bank-vip', source: '-', metrics: [figure, { ...figure, asOf: '2026-02-30' }] } },
      path: 'of.metrics[1].asOf',
      says: 'is no Date: a day of the calendar, YYYY-MM-DD',
      zh: '不是日期：须为日历日 YYYY-MM-DD',
    },
    {
      it: 'a figure with a comma',
      query: metrics,
      variables: { of: { policyId: 'bank-vip', source: '-', metrics: [{ ...figure, value: '12,5' }] } },
      path: 'of.metrics[0].value',
      says: 'is no Decimal: a string of at most 18 digits before and 6 after the point',
      zh: '不是小数：须为字符串，小数点前最多 18 位、后最多 6 位',
    },
    {
      it: 'half a page',
      query: 'query ($first: Int) { customers(first: $first) { totalCount } }',
      variables: { first: 1.5 },
      path: 'first',
      says: 'is no Int',
      zh: '不是整数',
    },
  ])('$it', async ({ query, variables, path, says, zh }) => {
    for (const { ask } of TRANSPORTS) {
      const told = async (language: string) =>
        (await ask(language, query, variables).catch((errors: Answer['errors']) => ({ errors }))).errors[0];
      const [english, chinese] = [await told('en'), await told('zh')];
      expect(english).toMatchObject({
        message: `${path} ${says}`,
        extensions: { code: 'INVALID_INPUT', issues: [{ path, message: says }] },
      });
      expect(chinese).toMatchObject({
        message: `${path} ${zh}`,
        extensions: { code: 'INVALID_INPUT', issues: [{ path, message: zh }] },
      });
    }
  });
});

test('a refusal of a policy is said in its own Chinese', async () => {
  const { id: customerId } = await givenCustomer(manager, { policyId: 'broadband-key-account', branchCode: 'BB-A' });
  const ticket = await givenTicket(manager, { customerId, level: 1 });
  await manager.does('AcknowledgeTicket', { id: ticket.id });
  await manager.ask(
    'mutation ($id: ID!) { resolveTicket(id: $id, resolution: "done", rootCause: "cable") { __typename } }',
    {
      id: ticket.id,
    },
  );
  // a complaint that was not called back about is not closed.
  const close = `mutation ($id: ID!) { closeTicket(id: $id, customerConfirmed: true) { ${ERROR} } }`;
  const chinese = (await overHttp('zh', close, { id: ticket.id })).data?.closeTicket;
  expect(chinese).toMatchObject({ __typename: 'Refused', reasons: [{ message: expect.stringMatching(HAN) }] });
});

test.each([
  { header: 'zh', locale: 'ZH' },
  { header: 'zh-Hans-CN', locale: 'ZH' },
  { header: 'fr, zh;q=0.8, en;q=0.5', locale: 'ZH' },
  { header: 'en;q=0.5, zh-CN;q=0.9', locale: 'ZH' },
  { header: 'en, zh', locale: 'EN' },
  { header: 'zh;q=0', locale: 'EN' },
  { header: 'fr', locale: 'EN' },
  { header: null, locale: 'EN' },
])('accept-language $header reads $locale', ({ header, locale }) => {
  expect(localeOf(header)).toBe(locale);
});

test('facts of a sentence stay in it', () => {
  expect(inLanguage('is longer than 300 characters', 'ZH')).toBe('超过 300 个字符');
  expect(inLanguage('is "GLOD", one of GOLD, SILVER is asked', 'ZH')).toBe('为 "GLOD"，须为以下之一：GOLD, SILVER');
});
