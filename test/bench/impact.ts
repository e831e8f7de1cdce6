// The preview of changed parameters over a whole line and their application, by the same decisions: the numbers must be
// equal, and what each costs is set against the other. node --import tsx test/bench/impact.ts [customers]
import { configurePolicy } from '../../server/domain/policies/configure.ts';
import { policyImpact } from '../../server/domain/policies/impact.ts';
import { startPostgres } from '../support/postgres.ts';
import { gradeAll } from './grade-all.ts';
import { callerOf, openSandbox } from './sandbox.ts';

const CUSTOMERS = Number(process.argv[2] ?? 100_000);
const policyId = 'telecom-vip';
const server = await startPostgres({ durable: true });
const sandbox = await openSandbox(server, 'impact', new Date('2026-03-02T00:00:00Z'));
const { app } = sandbox;
const { services } = app;
const { pool } = services.database;
await pool.query(`
  insert into customer (id, policy_id, number, kind, stage, name, name_words, branch_id, version, created_at, updated_at, vip_consent)
    select ('33333333-3333-7333-8333-' || lpad(to_hex(n), 12, '0'))::uuid, '${policyId}', 'N' || n, 'INDIVIDUAL', 'FORMAL', 'C', '{c}', b.id, 1, now(), now(), true
    from generate_series(1, ${CUSTOMERS}) n, (select id from branch where code = 'TL-A') b;
  insert into current_figure (customer_id, key, value, as_of, source, recorded_at)
    select id, 'MONTHLY_SPEND', (('x' || right(id::text, 6))::bit(24)::int * 7919::bigint) % 1700, '2026-02-28', 'core', now() from customer`);
await pool.query('vacuum analyze');

const admin = await callerOf(sandbox, 'SYS/ADMIN');
const director = await callerOf(sandbox, 'TL-HQ/DIRECTOR');

async function configure(parameters: Record<string, number>): Promise<void> {
  await configurePolicy(services, admin, {
    policyId,
    parameters: Object.entries(parameters).map(([key, value]) => ({ key, value })),
    reason: 'measured',
    expectedVersion: services.policies.get(policyId)?.version ?? '',
  });
}

const apply = () => gradeAll(services, director, policyId, 'club');

const AFTER = { silverFrom: 250, goldFrom: 1_000, diamondFrom: 1_400 };
await configure({ silverFrom: 300, goldFrom: 800, diamondFrom: 1_500 });
await apply();
const from = performance.now();
const impact = await policyImpact(services, director, {
  policyId,
  schemeId: 'club',
  parameters: Object.entries(AFTER).map(([key, value]) => ({ key, value })),
  locale: 'EN',
});
const seconds = (performance.now() - from) / 1_000;
await configure(AFTER);
const { run, ms } = await apply();
const applied = ms / 1_000;
const { rows } = await pool.query<{ from: string | null; to: string | null; count: number }>(
  `select current_tier_code as "from", proposed_tier_code as "to", count(*)::int as count from assessment
   where run_id = $1 and current_tier_code is distinct from proposed_tier_code group by 1, 2`,
  [run.id],
);
const text = (moves: readonly { from: string | null; to: string | null; count: number }[]) =>
  moves
    .map((move) => `${move.from ?? '-'} to ${move.to ?? '-'}: ${move.count}`)
    .sort()
    .join(', ');
const { grades } = impact;
console.log(
  `preview of ${grades.assessed} customers in ${seconds.toFixed(1)} s: ${grades.promoted} up, ${grades.demoted} down; ${text(grades.moves)}`,
);
console.log(
  `applied to ${run.done} customers in ${applied.toFixed(1)} s: ${run.promoted} up, ${run.demoted} down; ${text(rows)}`,
);
console.log(`application x preview ${(applied / seconds).toFixed(2)}`);
const isEqual = text(grades.moves) === text(rows) && grades.promoted === run.promoted && grades.demoted === run.demoted;
console.log(isEqual ? 'the numbers are equal' : 'THE NUMBERS DIFFER');
await app.close();
await server.stop();
process.exitCode = isEqual ? 0 : 1;
