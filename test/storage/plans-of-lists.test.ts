import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runsOfLines } from '../../server/domain/care/sql.ts';
import { type Person, startTestApp, type TestApp } from '../support/app.ts';
import { loadManyRows } from '../support/many-rows.ts';
import { planOf, type StatementPlan, statementsOf } from '../support/plans-of-statements.ts';

// Whatever a base grows to, a list reads little more than its page: no table from end to end, and few rows for nothing. What is
// explained is what was sent.

const ROLES = { manager: 'BK-A/CUSTOMER_MANAGER', director: 'BK-HQ/DIRECTOR', 'head office': 'SYS/AUDITOR' } as const;

const LARGE = ['customer', 'ticket', 'ticket_event', 'sla_clock', 'alert', 'task', 'approval', 'audit_entry'];

const PAGE = 30;

/** Rows that a statement may read, and those of them that it may throw away, for a row of the page. */
const MOST = { read: 40, removed: 10 };

let app: TestApp;
let client: pg.Client;
beforeAll(async () => {
  app = await startTestApp({ now: '2026-03-02T09:00:00Z' });
  client = new pg.Client({ connectionString: app.databaseUrl ?? '' });
  await client.connect();
  await loadManyRows(client);
});
afterAll(async () => {
  await client?.end();
  await app?.[Symbol.asyncDispose]();
});

const TYPES = {
  customers: 'Customer',
  tickets: 'Ticket',
  alerts: 'Alert',
  tasks: 'Task',
  approvals: 'Approval',
  auditTrail: 'Audit',
} as const;

interface Asked {
  readonly list: keyof typeof TYPES;
  readonly filter?: object;
  readonly order?: object;
  /** Of so many rows that an index has in order the filter finds one: as many are read, whatever there are. */
  readonly oneOf?: number;
}

interface Page {
  readonly nodes: readonly unknown[];
  readonly pageInfo: { readonly startCursor: string | null };
}

function documentOf({ list, order }: Asked): string {
  const declared = [`$filter: ${TYPES[list]}Filter`, ...(order ? [`$order: ${TYPES[list]}Order`] : [])];
  return `query (${declared.join(', ')}, $first: Int, $after: String, $last: Int, $before: String) {
    ${list}(filter: $filter, ${order ? 'orderBy: $order, ' : ''}first: $first, after: $after, last: $last, before: $before) {
      nodes { id } pageInfo { startCursor }
    }
  }`;
}

/** Plans of the statements that are sent for the first page, the last one, and pages before and behind a place far inside. */
async function plansOfPages(person: Person, asked: Asked) {
  const plans: (StatementPlan & { readonly page: string })[] = [];
  const read = async (page: string, args: object): Promise<Page> => {
    let found: Page | undefined;
    const sent = await statementsOf(async () => {
      found = await person
        .ask<Record<string, Page>>(documentOf(asked), { filter: asked.filter, order: asked.order, ...args })
        .then((answer) => {
          if (answer.errors) throw new Error(JSON.stringify(answer.errors));
          return answer.data[asked.list];
        });
    });
    for (const statement of sent) plans.push({ page, ...(await planOf(client, statement)) });
    return found as Page;
  };
  const { nodes } = await read('the first page', { first: PAGE });
  const { pageInfo } = await read('the last page', { last: PAGE });
  if (pageInfo.startCursor) {
    await read('a page behind', { first: PAGE, after: pageInfo.startCursor });
    await read('a page before', { last: PAGE, before: pageInfo.startCursor });
  }
  return { plans, rows: nodes.length };
}

const scansOf = ({ scanned }: StatementPlan) => scanned.filter((table) => LARGE.includes(table));

const BOTH = ['ASC', 'DESC'];
const sorted: Asked[] = [
  ...['NUMBER', 'NAME', 'TIER_RANK', 'CREATED_AT', 'REVIEW_DUE_ON'].flatMap((field) =>
    BOTH.map((direction): Asked => ({ list: 'customers', order: { field, direction } })),
  ),
  ...['NEXT_DUE_AT', 'OPENED_AT', 'TIER_RANK', 'LEVEL'].flatMap((field) =>
    BOTH.flatMap((direction): Asked[] => [
      { list: 'tickets', order: { field, direction } },
      { list: 'tickets', filter: { open: true }, order: { field, direction } },
    ]),
  ),
];
const filtered: Asked[] = [
  { list: 'customers', filter: { search: 'n0123' } },
  { list: 'customers', filter: { search: 'client 1234' } },
  { list: 'customers', filter: { search: '12345' }, order: { field: 'CREATED_AT' } },
  { list: 'customers', filter: { identifier: '13912349999' } },
  { list: 'customers', filter: { slaStates: ['BREACHED'] }, oneOf: 40 },
  {
    list: 'customers',
    filter: { policyId: 'bank-vip', minTierRank: 3 },
    order: { field: 'TIER_RANK', direction: 'DESC' },
  },
  { list: 'tickets', filter: { open: true, slaStates: ['BREACHED'] } },
  { list: 'tickets', filter: { open: true, slaStates: ['BREACHED'], minTierRank: 2 } },
  { list: 'tickets', filter: { open: true, slaStates: ['BREACHED', 'AT_RISK'] } },
  { list: 'tickets', filter: { slaStates: ['BREACHED'] } },
  { list: 'tasks' },
  { list: 'tasks', filter: { open: true } },
  { list: 'tasks', filter: { open: true, mine: true } },
  { list: 'tasks', filter: { mine: true } },
  { list: 'alerts' },
  { list: 'alerts', filter: { unacknowledged: true } },
  { list: 'alerts', filter: { mine: true }, oneOf: 100 },
  { list: 'alerts', filter: { mine: true, unacknowledged: true } },
  { list: 'approvals' },
  { list: 'approvals', filter: { awaitingMe: true } },
  { list: 'auditTrail' },
];
const named = [...sorted, ...filtered].map((asked) => ({
  it: [asked.list, ...[asked.filter, asked.order].filter(Boolean).map((part) => JSON.stringify(part))].join(' '),
  ...asked,
}));

test.each(named)('$it', async (asked) => {
  const wrong: string[] = [];
  for (const [role, who] of Object.entries(ROLES)) {
    if (asked.list === 'auditTrail' && role !== 'head office') continue;
    const { plans } = await plansOfPages(app.as(who), asked);
    expect(plans.length, role).toBeGreaterThan(0);
    const times = PAGE * (asked.oneOf ?? 1);
    for (const plan of plans) {
      const { page, removed, read } = plan;
      if (scansOf(plan).length > 0 || removed > times * MOST.removed || read > times * MOST.read)
        wrong.push(`${role}, ${page}: scans ${scansOf(plan)}, removed ${removed}, read ${read}`);
    }
  }
  expect(wrong).toEqual([]);
});

const LINE = { policyId: 'bank-vip' };
const PERIOD = { from: '2026-01-01', to: '2026-03-31' };
/** What adds up whatever is seen may read it: counts, which stop at their bound, and how promises were kept. */
const ADDS_UP = /count\(\*\).*limit|tickets\.outcomesByMetric/s;

/** The contract's queries of sets, as its screens send them. */
const CONTRACT: Readonly<Record<string, Record<string, unknown>>> = {
  CustomerList: {},
  MyTasks: { filter: { open: true } },
  TicketList: { filter: { open: true } },
  AlertHistory: {},
  Approvals: {},
  SlaSummary: {},
  Duties: { ...LINE, period: PERIOD },
  Meetings: LINE,
  Reports: { ...LINE, period: PERIOD },
  StaffTargets: { ...LINE, year: 2026 },
  ServiceSamples: LINE,
};

test.each(Object.entries(CONTRACT))('%s reads no large table from end to end', async (name, variables) => {
  for (const [role, who] of Object.entries(ROLES)) {
    const sent = await statementsOf(() => app.as(who).ask(name, variables));
    for (const statement of sent.filter(({ text }) => !ADDS_UP.test(text)))
      expect(scansOf(await planOf(client, statement)), `${role}: ${statement.text}`).toEqual([]);
  }
});

test('a count stops at its bound', async () => {
  const sent = await statementsOf(() => app.as(ROLES['head office']).ask('{ tickets { totalCount } }'));
  const count = sent.find(({ text }) => text.includes('count('));
  expect(count?.text).toContain('limit 100000');
});

test('the dashboard reads no clock unless it is asked how promises were kept', async () => {
  const clocks = async (document: string) =>
    (await statementsOf(() => app.as(ROLES['head office']).ask(document))).filter(({ text }) =>
      text.includes('from sla_clock'),
    );
  expect(await clocks('{ slaSummary { openTickets breached byTier { breached } } }')).toEqual([]);
  expect(await clocks('{ slaSummary { attainment { metric percent } } }')).toHaveLength(1);
});

test('whether a line has customers is known from its first one', async () => {
  const { database } = app.app.services;
  const days = [new Date('2025-01-01'), new Date('2020-01-01'), new Date('2025-01-01')];
  const lines = ['bank-vip', 'bank-vip', 'nobody'];
  let stand: Awaited<ReturnType<typeof runsOfLines>> = [];
  const sent = await statementsOf(async () => {
    stand = await runsOfLines(database.prisma, lines, days);
  });
  expect(stand.map(({ had, has }) => [had, has])).toEqual([
    [true, true],
    [false, true],
    [false, false],
  ]);
  const statement = sent.find(({ text }) => text.includes('care.runsOfLines'));
  const plan = await planOf(client, statement as (typeof sent)[number]);
  expect(scansOf(plan)).toEqual([]);
  expect(plan.read).toBeLessThan(50);
});

test.each(['CustomerList', 'TicketList', 'AlertHistory', 'MyTasks'])('%s reads no sealed column', async (name) => {
  const sent = await statementsOf(() => app.as(ROLES.manager).ask(name));
  expect(sent.some(({ text }) => text.includes('from "customer"'))).toBe(true);
  expect(sent.filter(({ text }) => text.includes('_sealed'))).toEqual([]);
});
