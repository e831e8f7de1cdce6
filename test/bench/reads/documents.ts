/** A read of a screen, asked of the server and of one hand-written statement. */
export interface Reading {
  readonly name: string;
  readonly query: string;
  /** The hand-written statement: its one value is the answer's text. `$1` is the line, `$2` the branch, null for all of the line. */
  readonly sql: string;
}

const CUSTOMER = `
  json_build_object('id', c.id, 'number', c.number, 'name', c.name, 'kind', c.kind, 'stage', c.stage,
    'slaState', coalesce((select max(t.sla_state) from ticket t where t.customer_id = c.id and t.is_open and t.sla_state <> 'NONE'), 'NONE'),
    'branch', (select json_build_object('code', b.code, 'name', b.name) from branch b where b.id = c.branch_id),
    'manager', (select json_build_object('id', s.id, 'name', s.name) from staff s where s.id = c.manager_id),
    'grade', (select json_build_object('tier', json_build_object('code', g.tier_code, 'rank', g.tier_rank), 'since', g.since, 'reviewDueOn', g.review_due_on)
      from grade g where g.id = c.grade_id),
    'openTickets', json_build_object('nodes', coalesce((
      select json_agg(json_build_object('id', t.id, 'number', t.serial, 'status', t.status, 'slaState', t.sla_state, 'nextDueAt', t.next_due_at))
      from (select * from ticket t where t.customer_id = c.id and t.is_open order by t.opened_at desc, t.id desc limit 5) t), '[]')))`;

const seen = (table: string) => `${table}.policy_id = $1 and ($2::uuid is null or ${table}.branch_id = $2)`;

/** The readings of the benchmark, by what screens ask for. */
export const READINGS: readonly Reading[] = [
  { name: 'nothing', query: '{ __typename }', sql: `select '{"data":{"__typename":"Query"}}'` },
  {
    name: 'a page of 50 customers',
    query: `{ customers(first: 50, filter: { policyId: "bank-vip" }) {
      edges { cursor node {
        id number name kind stage slaState branch { code name } manager { id name }
        grade { tier { code rank } since reviewDueOn }
        openTickets: tickets(filter: { open: true }, first: 5) { nodes { id number status slaState nextDueAt } }
      } }
      pageInfo { hasNextPage endCursor } } }`,
    sql: `select json_build_object('data', json_build_object('customers', json_build_object('edges', json_agg(json_build_object('cursor', c.id, 'node', ${CUSTOMER})),
        'pageInfo', json_build_object('hasNextPage', count(*) > 50))))::text
      from (select * from customer c where ${seen('c')} and c.erased_at is null order by c.number, c.id limit 51) c`,
  },
  {
    name: '100 tickets at risk, gold and above',
    query: `{ tickets(first: 100, filter: { policyId: "bank-vip", open: true, slaStates: [BREACHED], minTierRank: 1 }) {
      nodes { id number subject level status slaState nextDueAt customer { id name grade { tier { code rank } } } assignee { name } clocks { metric state dueAt } }
      pageInfo { hasNextPage endCursor } } }`,
    sql: `select json_build_object('data', json_build_object('tickets', json_build_object('nodes', coalesce(json_agg(json_build_object('id', t.id, 'number', t.serial,
        'subject', t.subject, 'level', t.level, 'status', t.status, 'slaState', t.sla_state, 'nextDueAt', t.next_due_at,
        'customer', (select json_build_object('id', c.id, 'name', c.name, 'grade', (select json_build_object('code', g.tier_code, 'rank', g.tier_rank) from grade g where g.id = c.grade_id))
          from customer c where c.id = t.customer_id),
        'assignee', (select json_build_object('name', s.name) from staff s where s.id = t.assignee_id),
        'clocks', (select coalesce(json_agg(json_build_object('metric', k.metric, 'state', k.state, 'dueAt', k.due_at)), '[]') from sla_clock k where k.ticket_id = t.id))), '[]'),
        'pageInfo', json_build_object('hasNextPage', count(*) > 100))))::text
      from (select * from ticket t where ${seen('t')} and t.is_open and t.sla_state = 'BREACHED' and t.tier_rank >= 1 order by t.next_due_at, t.id limit 101) t`,
  },
  {
    name: 'the last 50 alerts',
    query: `{ alerts(first: 50, filter: { policyId: "bank-vip" }) {
      nodes { id kind severity raisedAt message customer { id name } ticket { id number } } pageInfo { hasNextPage endCursor } } }`,
    sql: `select json_build_object('data', json_build_object('alerts', json_build_object('nodes', json_agg(json_build_object('id', a.id, 'kind', a.kind, 'severity', a.severity,
        'raisedAt', a.raised_at, 'message', a.message,
        'customer', (select json_build_object('id', c.id, 'name', c.name) from customer c where c.id = a.customer_id),
        'ticket', (select json_build_object('id', t.id, 'number', t.serial) from ticket t where t.id = a.ticket_id))),
        'pageInfo', json_build_object('hasNextPage', count(*) > 50))))::text
      from (select * from alert a where ${seen('a')} order by a.pos desc limit 51) a`,
  },
];
