import type { TestApp } from '../support/app.ts';

// Figures of thousands of customers are planted in the tables; what is judged of them is asked through GraphQL.

const uuid = (kind: string, n: string) => `md5('${kind}' || ${n})::uuid`;

interface Line {
  readonly branchCode: string;
  readonly policyId: string;
}

async function branchOf(app: TestApp, { branchCode }: Line): Promise<string> {
  const branch = await app.app.services.database.prisma.branch.findUniqueOrThrow({ where: { code: branchCode } });
  return branch.id;
}

/** So many customers who hold a tier since an instant, the first of them gone since another; `mark` tells groups apart. */
export async function plantVips(
  app: TestApp,
  line: Line,
  given: {
    readonly mark: string;
    readonly count: number;
    readonly scheme: string;
    readonly tier: string;
    readonly since: string;
    readonly lost?: number;
    readonly lostAt?: string;
    /** The tier ended here, before anybody left. */
    readonly endedAt?: string;
  },
): Promise<void> {
  const branch = await branchOf(app, line);
  const { mark, count, scheme, tier, since, lost = 0, lostAt = since, endedAt } = given;
  const { pool } = app.app.services.database;
  const ended = endedAt ? `'${endedAt}'` : 'null';
  await pool.query(`
    insert into customer (id, policy_id, number, kind, stage, name, name_words, branch_id, version, created_at, updated_at, departed_at)
      select ${uuid(`c${mark}`, 'n')}, '${line.policyId}', '${mark}-' || n, 'INDIVIDUAL', 'FORMAL', 'C', '{c}', '${branch}', 1, '${since}', '${since}',
        case when n <= ${lost} then '${lostAt}'::timestamptz end
      from generate_series(1, ${count}) n`);
  await pool.query(`
    insert into grade (id, customer_id, policy_id, scheme_id, tier_code, tier_rank, state, reason, since, ended_at, misses, policy_version)
      select ${uuid(`g${mark}`, 'n')}, ${uuid(`c${mark}`, 'n')}, '${line.policyId}', '${scheme}', '${tier}', 1,
        '${endedAt ? 'ENDED' : 'ACTIVE'}', 'MANUAL', '${since}', ${ended}, 0, 'x' from generate_series(1, ${count}) n`);
}

/** So many answers of one customer in a month, some of them satisfied; and tickets, some of them complaints. */
export async function plantAnswers(
  app: TestApp,
  line: Line,
  given: { readonly at: string; readonly answers: number; readonly satisfied: number },
): Promise<void> {
  const branch = await branchOf(app, line);
  const { at, answers, satisfied } = given;
  const { prisma, pool } = app.app.services.database;
  const customer = await prisma.customer.findFirstOrThrow({ where: { policyId: line.policyId, branchId: branch } });
  await pool.query(`
    insert into survey_response (id, customer_id, policy_id, branch_id, topic, score, channel, submitted_at)
      select ${uuid(`s${at}`, 'n')}, '${customer.id}', '${line.policyId}', '${branch}', 'SERVICE_QUALITY',
        case when n <= ${satisfied} then 4 else 3 end, 'PHONE', '${at}' from generate_series(1, ${answers}) n`);
}

/** So many tickets of one customer, assigned to a person, opened at an instant; the first of them resolved a moment later. */
export async function plantTickets(
  app: TestApp,
  line: Line,
  given: {
    readonly at: string;
    readonly count: number;
    readonly complaints?: number;
    readonly resolved?: number;
    readonly resolvedAt?: string;
    readonly assignee?: string;
  },
): Promise<void> {
  const branch = await branchOf(app, line);
  const {
    at,
    count,
    complaints = 0,
    resolved = 0,
    resolvedAt = at,
    assignee = `${line.branchCode}-CUSTOMER_MANAGER`,
  } = given;
  const { prisma, pool } = app.app.services.database;
  const customer = await prisma.customer.findFirstOrThrow({ where: { policyId: line.policyId, branchId: branch } });
  const person = await prisma.staff.findUniqueOrThrow({ where: { number: assignee } });
  await pool.query(`
    insert into ticket (id, policy_id, branch_id, customer_id, type, level, subject, channel, status, version, opened_at, resolved_at,
        first_receiver_id, assignee_id, sla_state)
      select ${uuid(`t${at}${assignee}`, 'n')}, '${line.policyId}', '${branch}', '${customer.id}',
        case when n <= ${complaints} then 'COMPLAINT' else 'INQUIRY' end, 1, 'x', 'PHONE',
        case when n <= ${resolved} then 'RESOLVED'::"TicketStatus" else 'NEW'::"TicketStatus" end, 1, '${at}',
        case when n <= ${resolved} then '${resolvedAt}'::timestamptz end, '${person.id}', '${person.id}', 'NONE'
      from generate_series(1, ${count}) n`);
}
