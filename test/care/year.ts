import { sendMessage } from '../../server/domain/messages/service.ts';
import { completeTask } from '../../server/domain/tasks/complete.ts';
import type { Caller, Services } from '../../server/engine/services/services.ts';

// People who do their work, day by day, on a held clock: each morning a manager does what is planned for the day and what
// falls due by its end. What is said at the end is counted from the records, not from the tasks.

export interface Life {
  /** Customers of each line. */
  readonly customers: number;
  readonly from: string;
  readonly days: number;
  /** By line, the uuid of the one who does the work, and of the outlet. */
  readonly managers: Readonly<Record<Line, { readonly staffId: string; readonly branchCode: string }>>;
}

const LINES = ['bank-vip', 'telecom-vip', 'broadband-key-account'] as const;
type Line = (typeof LINES)[number];

export interface LifeTold {
  readonly due: Readonly<Record<string, number>>;
  readonly done: number;
  readonly overdue: number;
  readonly doubled: number;
  readonly monthsWithoutContact: number;
  readonly quartersWithoutContact: number;
  readonly monthsWithoutService: number;
  readonly monthsAboveQuota: number;
  readonly refusedMessages: number;
  readonly advanceMs: number;
}

/** Customers as rows: members of the club by thirds, key accounts by types, purchases and birthdays all over the year. */
async function settleIn({ database, sealer }: Services, { customers, from, managers }: Life): Promise<void> {
  const { pool } = database;
  for (const [number, line] of LINES.entries()) {
    const { staffId, branchCode } = managers[line];
    const prefix = `4444444${number}-3333-7333-8333-`;
    await pool.query(
      `insert into customer (id, policy_id, number, kind, stage, name, name_words, branch_id, manager_id, birthday, phone_sealed, phone_mask,
          profile, vip_consent, marketing_consent, consent_at, version, created_at, updated_at)
        select ($1 || lpad(to_hex(n), 12, '0'))::uuid, $2, 'Y' || n, 'INDIVIDUAL', (case n % 4 when 0 then 'KEY' else 'FORMAL' end)::"CustomerStage", 'C', '{c}',
          b.id, $3::uuid, '1970-01-01'::date + (n * 7) % 365, 'x', 'x',
          case $2 when 'bank-vip' then jsonb_build_object('purchasedOn', jsonb_build_array($4::date - (n * 11) % 330))
            when 'telecom-vip' then jsonb_build_object('hall', 'Central Road hall')
            else jsonb_build_object('keyAccountType', (array['SPECIAL_LEADER', 'SPECIAL_PARTNER', 'GROUP'])[n % 3 + 1], 'serviceExpiresOn', $4::date + 20 + (n * 5) % 340) end,
          true, true, now(), 1, $4::date - 30, now()
        from generate_series(1, ${customers}) n, (select id from branch where code = $5) b`,
      [prefix, line, staffId, from, branchCode],
    );
  }
  const { rows } = await pool.query('select id from customer');
  for (const { id } of rows)
    await pool.query('update customer set phone_sealed = $2 where id = $1', [
      id,
      sealer.seal('13912341234', `customer|phone|${id}`),
    ]);
  await pool.query(
    `insert into grade (id, customer_id, policy_id, scheme_id, tier_code, tier_rank, state, reason, since, policy_version)
      select md5('g' || c.id)::uuid, c.id, 'telecom-vip', 'club', (array['DIAMOND', 'GOLD', 'SILVER'])[n], 4 - n, 'ACTIVE', 'EXCEPTION', $1::date, 'x'
      from customer c, lateral (select right(c.number, -1)::int % 3 + 1 as n) t where c.policy_id = 'telecom-vip'`,
    [from],
  );
  await pool.query(
    `update customer c set grade_id = g.id, tier_code = g.tier_code, tier_rank = g.tier_rank, scheme_id = 'club' from grade g where g.customer_id = c.id`,
  );
}

/** Lives so many days, and tells what came of it. */
export async function live(services: Services, life: Life): Promise<LifeTold> {
  await settleIn(services, life);
  const { pool } = services.database;
  const callers = new Map<string, Caller>();
  for (const { staffId } of Object.values(life.managers)) {
    const actor = await services.actors.read(staffId, { expiresAt: Date.now() + 86_400_000, scopes: [] });
    if (!actor) throw new Error('nobody does the work');
    callers.set(staffId, { actor, requestId: null });
  }
  let done = 0;
  let refusedMessages = 0;
  let advanceMs = 0;
  const start = Date.parse(`${life.from}T09:00:00+08:00`);
  for (let day = 1; day <= life.days; day += 1) {
    const now = new Date(start + day * 86_400_000);
    const before = performance.now();
    await services.advance?.(now);
    advanceMs += performance.now() - before;
    const { rows: tasks } = await pool.query<{
      id: string;
      customer_id: string;
      purpose: never;
      channel: never;
      assignee_id: string;
      key: string;
    }>(
      `select id, customer_id, purpose::text as purpose, coalesce(channel::text, 'PHONE') as channel, assignee_id, key from task
        where status = 'OPEN' and assignee_id is not null and customer_id is not null
          and (planned_on <= $1::date or due_at < $1::date + interval '2 days' - interval '8 hours') order by due_at, id`,
      [new Date(now.getTime() + 8 * 3_600_000).toISOString().slice(0, 10)],
    );
    for (const { id, customer_id: customerId, purpose, channel, assignee_id: assignee } of tasks) {
      const caller = callers.get(assignee);
      if (!caller) continue;
      const { rows } = await pool.query('select 1 from task where id = $1 and status = $2', [id, 'OPEN']);
      // What was done a moment ago may have done this too.
      if (rows.length === 0) continue;
      done += 1;
      if (channel === 'SMS') {
        await sendMessage(services, caller, { customerId, purpose, body: 'Good to know. Central Road hall' });
        const open = await pool.query('select 1 from task where id = $1 and status = $2', [id, 'OPEN']);
        if (open.rows.length === 0) continue;
      }
      const interaction = { channel, purpose, summary: 'Done', signedByCustomer: true, openQuestion: false };
      await completeTask(services, caller, {
        id,
        outcome: 'done',
        interaction: channel === 'INTERNAL' || channel === 'SMS' ? null : interaction,
      });
    }
    // Eager managers send more than they may, on the 20th.
    if (new Date(now.getTime() + 8 * 3_600_000).getUTCDate() !== 20) continue;
    const { staffId } = life.managers['telecom-vip'];
    const { rows: eager } = await pool.query(
      "select id from customer where policy_id = 'telecom-vip' and right(number, 1) = '1'",
    );
    for (const { id } of eager)
      for (let message = 0; message < 3; message += 1)
        await sendMessage(services, callers.get(staffId) as Caller, {
          customerId: id,
          purpose: 'GUIDE',
          body: 'News. Central Road hall',
        }).catch((error: { code?: string }) => {
          if (error.code !== 'REFUSED') throw error;
          refusedMessages += 1;
        });
  }
  return { ...(await told(services, life)), done, refusedMessages, advanceMs: Math.round(advanceMs) };
}

async function told({ database }: Services, { from, days }: Life) {
  const { pool } = database;
  const number = async (sql: string, values: unknown[] = []) => Number((await pool.query(sql, values)).rows[0].n);
  const { rows } = await pool.query(
    'select origin::text as origin, count(*)::int as n from task where customer_id is not null group by 1 order by 1',
  );
  const end = new Date(Date.parse(from) + days * 86_400_000).toISOString().slice(0, 10);
  // Full months and quarters alone; `step` is the length of one.
  const without = (tiers: string, unit: 'month' | 'quarter', what: string) => {
    const step = unit === 'month' ? '1 month' : '3 months';
    const local = "i.happened_at at time zone 'Asia/Shanghai'";
    return number(
      `select count(*) as n from customer c
        join generate_series(date_trunc('${unit}', $1::date::timestamp), $2::date::timestamp, interval '${step}') p
          on p >= $1::date and p + interval '${step}' <= $2::date
        where c.policy_id = 'telecom-vip' and c.tier_code in (${tiers})
          and not exists (select 1 from interaction i where i.customer_id = c.id and ${what} and ${local} >= p and ${local} < p + interval '${step}')`,
      [from, end],
    );
  };
  const called = "i.channel not in ('SMS', 'INTERNAL')";
  const served = "i.channel = 'SMS' and i.purpose in ('CARE', 'GUIDE')";
  return {
    due: Object.fromEntries(rows.map(({ origin, n }) => [origin, n])),
    overdue: await number(
      "select count(*) as n from task where customer_id is not null and (status = 'OVERDUE' or completed_at > due_at + interval '1 second')",
    ),
    doubled: await number(
      'select count(*) as n from (select 1 from task where customer_id is not null group by customer_id, title, period_from, due_at having count(*) > 1) t',
    ),
    monthsWithoutContact: await without("'DIAMOND', 'GOLD'", 'month', called),
    quartersWithoutContact: await without("'SILVER'", 'quarter', called),
    monthsWithoutService: await without("'DIAMOND', 'GOLD', 'SILVER'", 'month', served),
    monthsAboveQuota: await number(
      `select count(*) as n from (select 1 from interaction i where i.policy_id = 'telecom-vip' and ${served}
        group by i.customer_id, date_trunc('month', i.happened_at at time zone 'Asia/Shanghai') having count(*) > 2) q`,
    ),
  };
}
