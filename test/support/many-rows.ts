import type pg from 'pg';

/** Branches of the bank, beside its head office. */
const BRANCHES = 50;

const MANY = { customers: 30_000, tickets: 100_000, tasks: 40_000, others: 20_000 };

type Sizes = typeof MANY;

const id = (kind: number, n: string) => `('0${kind}900000-0000-7000-8000-' || lpad(to_hex(${n}), 12, '0'))::uuid`;

/** The places, by line, the first of each with a fifth of its customers, and the last with almost nobody. */
const PLACES = `
  insert into branch (id, code, name, parent_id, policy_ids, created_at)
    select ${id(1, 'n')}, 'BK-' || lpad(n::text, 3, '0'), 'Branch ' || n, (select id from branch where code = 'BK-HQ'), '{bank-vip}', now()
    from generate_series(1, ${BRANCHES - 2}) n;
  create temporary table place as
    select id, policy_ids[1] as policy_id, row_number() over (partition by policy_ids[1] order by code) - 1 as nth,
      count(*) over (partition by policy_ids[1]) as places
    from branch where code like '%-%' and code not like '%-HQ';
  -- People of the head office see all lines.
  update staff set roles = '{DIRECTOR,AUDITOR}' where number = 'SYS-AUDITOR'`;

/** One line's customers after the other's, as imports leave them: 70, 24, 5 and 1 in a hundred. */
const CUSTOMERS = (many: Sizes) => `
  create temporary table known as
    select n, ${id(2, 'n')} as id, p.policy_id, p.id as branch_id,
      case when n % 5 = 0 then null else n / 8 % 4 end as tier_rank
    from (
      select n, case when n <= ${many.customers} * 0.70 then 'bank-vip' when n <= ${many.customers} * 0.94 then 'telecom-vip'
        when n <= ${many.customers} * 0.99 then 'broadband-key-account' else 'core' end as policy_id,
        power((n::bigint * 7919 % 10007) / 10007::float8, 1.8) as share
      from generate_series(1, ${many.customers}) n offset 0
    ) c join place p on p.policy_id = c.policy_id and p.nth = floor(c.share * p.places);
  create index on known (n);
  insert into customer (id, policy_id, number, number_key, kind, stage, name, name_words, search_text, search_form, branch_id, manager_id, tier_rank, tier_code,
      scheme_id, review_due_on, version, created_at, updated_at, archived_at)
    select k.id, k.policy_id, 'N' || lpad(n::text, 6, '0'), 'N' || lpad(n::text, 6, '0'), 'INDIVIDUAL', (case when n % 10 = 0 then 'KEY' else 'FORMAL' end)::"CustomerStage", 'Client ' || n,
      array['c','cl','cli','clie','clien','client'] || array(select left(n::text, l) from generate_series(1, length(n::text)) l), 'client ' || n, 1,
      k.branch_id, (select id from staff s where s.branch_id = k.branch_id and 'CUSTOMER_MANAGER' = any(s.roles)), k.tier_rank, 'T' || k.tier_rank,
      'vip', case when k.tier_rank is null then null else date '2026-01-01' + n % 700 end, 1, '2024-01-01'::timestamptz + n * interval '7 minutes', now(),
      case when n % 50 = 0 then now() end
    from known k`;

/** Of each ticket one clock; one ticket in eight is open, of these one in ten breached. */
const TICKETS = (many: Sizes) => `
  create temporary table job as
    select i as n, ${id(3, 'i')} as id, k.id as customer_id, k.policy_id, k.branch_id, k.tier_rank, i % 8 = 0 as is_open,
      (select s.id from staff s where s.number = 'BK-A-SUPERVISOR') as by_id
    from generate_series(1, ${many.tickets}) i join known k on k.n = 1 + (i::bigint * 31) % ${many.customers};
  insert into ticket (id, policy_id, branch_id, customer_id, type, level, subject, channel, status, version, opened_at, closed_at, first_receiver_id, assignee_id, sla_state,
      next_due_at, tier_rank, tier_code, is_open)
    select id, policy_id, branch_id, customer_id, 'COMPLAINT', 1 + n % 4, 'x', 'PHONE', (case when is_open then 'IN_PROGRESS' else 'CLOSED' end)::"TicketStatus", 1,
      '2024-01-01'::timestamptz + n * interval '3 minutes', case when is_open then null else '2024-02-01'::timestamptz + n * interval '3 minutes' end, by_id, by_id,
      (case when not is_open then 'NONE' when n % 80 = 0 then 'BREACHED' when n % 80 = 8 then 'AT_RISK' else 'ON_TRACK' end)::"SlaState",
      case when is_open and n % 3 > 0 then '2026-03-01'::timestamptz + (n % 9000) * interval '1 minute' end, tier_rank, 'T' || tier_rank, is_open
    from job;
  insert into sla_clock (id, ticket_id, customer_id, policy_id, branch_id, metric, cycle, label, because, state, started_at, due_at, target_ms, counted_ms, fire_at,
      fire_percent, warn_at_percent, calendar_key, time_zone, audience, policy_version, fulfilled_at)
    select ${id(4, 'n')}, id, customer_id, policy_id, branch_id, 'RESOLUTION', 1, '{"en":"x"}', '{"en":"x"}', (case when is_open then 'RUNNING' else 'FULFILLED' end)::"ClockState",
      '2024-01-01'::timestamptz + n * interval '3 minutes', '2024-01-02'::timestamptz + n * interval '3 minutes', 86400000, 3600000, '{}', '{}', '{}', 'always@1', 'UTC', '{}', '1',
      case when is_open then null else '2024-01-02'::timestamptz end
    from job;
  insert into ticket_count (policy_id, branch_id, tier_code, tier_rank, sla_state, is_waiting, count)
    select policy_id, branch_id, tier_code, tier_rank, sla_state, false, count(*) from ticket where status <> 'CLOSED' group by 1, 2, 3, 4, 5;
  insert into ticket_event (id, ticket_id, position, kind, at) select ${id(5, 'n')}, id, 1, 'OPENED', now() from job`;

/** One alert in a hundred awaits somebody, one in a hundred is meant for directors, and one in a thousand is about no customer. */
const ALERTS = (many: Sizes) => `
  insert into alert (id, dedupe_key, pos, kind, severity, raised_at, message, audience, policy_id, branch_id, customer_id, ticket_id, tier_rank, acknowledged_at, acknowledged_by_id)
    select ${id(6, 'n')}, 'a' || n, n, (case when n % 1000 = 1 then 'POLICY_FAILED' else 'SLA_AT_RISK' end)::"AlertKind", 'WARNING', now(), '{"en":"x"}',
      (case when n % 100 = 1 then '{DIRECTOR}' when n % 3 = 0 then '{SUPERVISOR}' else '{CUSTOMER_MANAGER}' end)::"Role"[], policy_id, branch_id,
      case when n % 1000 = 1 then null else customer_id end, case when n % 1000 = 1 then null else id end, tier_rank,
      case when n % 97 = 0 then null else now() end, case when n % 97 = 0 then null else by_id end
    from job;
  update alert_head set pos = ${many.tickets}`;

/** One task in ten is open; approvals, interactions and entries of the audit trail. */
const WORK = (many: Sizes) => `
  insert into task (id, key, customer_id, policy_id, branch_id, title, origin, status, due_at, purpose, assignee_id, created_at, duty_code, in_time_until, period_from, period_to, is_open)
    select ${id(7, 'i')}, 't' || i, case when i % 20 = 1 then null else k.id end, k.policy_id, k.branch_id, '{"en":"x"}', 'CADENCE', (case when i % 20 = 0 then 'OPEN' when i % 20 = 10 then 'OVERDUE' else 'DONE' end)::"TaskStatus",
      '2026-01-01'::timestamptz + (i % 9000) * interval '10 minutes', 'CARE', (select s.id from staff s where s.branch_id = k.branch_id and 'CUSTOMER_MANAGER' = any(s.roles)), now(),
      case when i % 20 = 1 then 'WEEKLY_PLAN' end, case when i % 20 = 1 then '2026-02-01'::timestamptz end, date '2024-01-01' + i % 900, date '2024-01-07' + i % 900, i % 10 = 0
    from generate_series(1, ${many.tasks}) i join known k on k.n = 1 + (i::bigint * 17) % ${many.customers};
  insert into approval (id, kind, state, policy_id, branch_id, customer_id, subject_type, subject_id, requested_by_id, requested_at, policy_version, awaiting_role)
    select ${id(8, 'i')}, 'PLAN', (case when i % 50 = 0 then 'PENDING' else 'APPROVED' end)::"ApprovalState", k.policy_id, k.branch_id, k.id, 'Plan', k.id,
      (select id from staff where number = 'BK-A-SUPERVISOR'), '2025-01-01'::timestamptz + i * interval '5 minutes', '1', case when i % 50 = 0 then 'DIRECTOR'::"Role" end
    from generate_series(1, ${many.others}) i join known k on k.n = 1 + (i::bigint * 13) % ${many.customers};
  insert into audit_entry (id, at, actor_id, action, subject_type, subject_id, policy_id, branch_id, customer_id, changes, seq, hash)
    select ${id(9, 'i')}, '2025-01-01'::timestamptz + i * interval '5 minutes', (select id from staff where number = 'BK-A-SUPERVISOR'), 'customer.update', 'Customer', k.id::text, k.policy_id, k.branch_id,
      k.id, '[]', i, 'x'
    from generate_series(1, ${many.others}) i join known k on k.n = 1 + (i::bigint * 11) % ${many.customers}`;

/** Indexes that no constraint has made: they are built after loading, which is several times faster. */
const INDEXES = `
  select i.indexname as name, i.indexdef as definition from pg_indexes i
  where i.schemaname = 'public' and not exists (select from pg_constraint c where c.conname = i.indexname)`;

/**
 * Fills the sandbox's bare organisation with customers and all that hangs on them, skewed, without asking triggers.
 *
 * @param times of 30,000 customers and 100,000 tickets
 */
export async function loadManyRows(client: pg.Client, times = 1): Promise<void> {
  const many: Sizes = {
    customers: MANY.customers * times,
    tickets: MANY.tickets * times,
    tasks: MANY.tasks * times,
    others: MANY.others * times,
  };
  await client.query("set session_replication_role = replica; set jit = off; set maintenance_work_mem = '256MB'");
  const { rows } = await client.query<{ name: string; definition: string }>(INDEXES);
  await client.query(rows.map(({ name }) => `drop index "${name}"`).join(';'));
  for (const part of [PLACES, CUSTOMERS(many), TICKETS(many), ALERTS(many), WORK(many)]) await client.query(part);
  await client.query(rows.map(({ definition }) => definition).join(';'));
  await client.query('vacuum analyze');
  await client.query('reset session_replication_role');
}
