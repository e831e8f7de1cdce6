// The server under measurement, in a process of its own, over generated rows: prints a line of JSON when it is ready.
// node --import tsx test/bench/reads/server.ts DATABASE_URL [times]
import pg from 'pg';
import { pino } from 'pino';
import { startSandbox } from '../../../server/app/sandbox/sandbox.ts';
import { unguarded } from '../../../server/platform/storage/transaction-guard.ts';
import { allowViewers, denyViewers } from '../../../server/platform/storage/viewers/viewer-rows.ts';
import { loadManyRows } from '../../support/many-rows.ts';

const [, , databaseUrl = '', times = '3'] = process.argv;
const log = pino({ level: 'error' });
const { app, info } = await startSandbox({ at: new Date(), port: 0, demo: false, databaseUrl, plugins: [], log });
// Reads without the policies of tables, and with them, for whoever compares.
const pool = unguarded(app.services.database.pool);
process.on('SIGUSR2', () => denyViewers(pool)).on('SIGHUP', () => allowViewers(pool));
const client = new pg.Client({ connectionString: databaseUrl });
await client.connect();
await loadManyRows(client, Number(times));
// The tier of each customer as a grade in force.
await client.query(`
  insert into grade (id, customer_id, policy_id, scheme_id, tier_code, tier_rank, state, reason, since, review_due_on, policy_version)
    select gen_random_uuid(), id, policy_id, scheme_id, tier_code, tier_rank, 'ACTIVE', 'ASSESSED', created_at, review_due_on, '1'
    from customer where tier_rank is not null;
  update customer c set grade_id = g.id from grade g where g.customer_id = c.id`);
await client.query('vacuum analyze');
await client.end();
console.log(JSON.stringify(info));
