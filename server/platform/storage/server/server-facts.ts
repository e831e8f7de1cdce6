import type { Pool, PoolClient } from 'pg';
import { withConnection } from '../session.ts';
import { LOSSES, type ServerFacts } from './server-faults.ts';

// A role and a database have settings of their own, and `synchronous_commit` is one that anybody may change: what counts is how
// this user's sessions are.
const READ_FACTS = `/* server.readFacts */
  select current_setting('server_version_num')::int as version, current_setting('server_version') as "versionText",
    pg_is_in_recovery() as "isStandby", current_setting('transaction_read_only') = 'on' as "isReadOnly",
    current_schema()::text as schema, current_setting('search_path') as "searchPath",
    (select setting::int from pg_settings where name = 'statement_timeout') as "statementTimeout",
    array(select name from pg_settings where name = any ($1) and setting = 'off' order by name) as off`;

const READ_BACKEND = '/* server.readBackend */ select pg_backend_pid() as pid';

/** Asks a server what it is; uses two connections, to see whether each has a session of its own. */
export async function readServerFacts(pool: Pool): Promise<ServerFacts> {
  return withConnection(pool, (one) =>
    withConnection(pool, async (other) => {
      const { rows } = await one.query<Omit<ServerFacts, 'backends'>>(READ_FACTS, [Object.keys(LOSSES)]);
      const [facts] = rows;
      if (!facts) throw new Error('the server said nothing of itself');
      return { ...facts, backends: await readBackends([one, other]) };
    }),
  );
}

/** In turns, for a pooler gives the session that somebody has just left to whoever asks next. */
async function readBackends(clients: readonly PoolClient[]): Promise<number[][]> {
  const backends: number[][] = clients.map(() => []);
  for (let round = 0; round < 2; round++) {
    for (const [index, client] of clients.entries()) {
      const { rows } = await client.query<{ pid: number }>(READ_BACKEND);
      backends[index]?.push(rows[0]?.pid ?? 0);
    }
  }
  return backends;
}
