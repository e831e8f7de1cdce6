/** Tickets of broadband customers as rows, four a customer: seven in ten are closed, and of the rest one in fifteen is breached. */
export function manyTickets(count: number): string {
  return `
    insert into customer (id, policy_id, number, kind, stage, name, name_words, branch_id, version, created_at, updated_at)
      select ('33333333-3333-7333-8333-' || lpad(to_hex(n), 12, '0'))::uuid, 'broadband-key-account', 'N' || n, 'INDIVIDUAL', 'FORMAL', 'C', '{c}', b.id, 1, now(), now()
      from generate_series(1, ${count} / 4) n, (select id from branch where code = 'BB-A') b;
    insert into ticket (id, policy_id, branch_id, customer_id, type, level, subject, channel, status, version, opened_at, first_receiver_id, sla_state, next_due_at, tier_rank, tier_code)
      select ('11111111-1111-7111-8111-' || lpad(to_hex(n), 12, '0'))::uuid, 'broadband-key-account', b.id, ('33333333-3333-7333-8333-' || lpad(to_hex(1 + n % (${count} / 4)), 12, '0'))::uuid,
        'COMPLAINT', 1, 'x', 'PHONE', (case when n % 10 < 7 then 'CLOSED' else 'NEW' end)::"TicketStatus", 1, now(), s.id,
        (case when n % 10 < 7 then 'NONE' when n % 50 = 7 then 'BREACHED' else 'ON_TRACK' end)::"SlaState",
        case when n % 10 < 7 then null else now() + (n % 100000) * interval '1 minute' end, 1 + n % 3, (array['SILVER', 'GOLD', 'DIAMOND'])[1 + n % 3]
      from generate_series(1, ${count}) n, (select id from branch where code = 'BB-A') b, (select id from staff where number = 'BB-A-SUPERVISOR') s`;
}
