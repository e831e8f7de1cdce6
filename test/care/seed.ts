/** Customers of the bank as rows: all in one outlet, with a manager each of `managers`; every second was visited today. */
export function bankCustomers(count: number, managers: number): string {
  return `
    insert into branch (id, code, name, policy_ids, created_at) values (md5('b')::uuid, 'X', 'X', '{bank-vip}', now()) on conflict do nothing;
    insert into staff (id, number, name, roles, branch_id, active, created_at)
      select md5('s' || n)::uuid, 'S' || n, 'S', '{CUSTOMER_MANAGER}', md5('b')::uuid, true, now() from generate_series(1, ${managers}) n;
    insert into customer (id, policy_id, number, kind, stage, name, name_words, branch_id, manager_id, profile, version, created_at, updated_at)
      select ('33333333-3333-7333-8333-' || lpad(to_hex(n), 12, '0'))::uuid, 'bank-vip', 'N' || n, 'INDIVIDUAL', 'FORMAL', 'C', '{c}',
        md5('b')::uuid, md5('s' || (n % ${managers} + 1))::uuid, '{}', 1, '2025-01-01', '2025-01-01' from generate_series(1, ${count}) n;
    insert into interaction (id, customer_id, policy_id, channel, purpose, direction, happened_at, summary, staff_id, recorded_at)
      select md5('i' || c.id || k)::uuid, c.id, 'bank-vip', (case k when 0 then 'VISIT' else 'PHONE' end)::"Channel", 'CARE', 'OUTBOUND',
        now() - make_interval(days => k * 30), 'x', c.manager_id, now()
      from customer c, generate_series(0, 3) k where c.policy_id = 'bank-vip' and (k > 0 or ('x' || right(c.id::text, 4))::bit(16)::int % 2 = 0);
    analyze`;
}
