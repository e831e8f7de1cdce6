import type { TestApp } from '../support/app.ts';

/** All rows by table and place in it, and the last number of each sequence: what must not differ. */
export type Everything = ReadonlyMap<string, string>;

/** What the platform writes by itself a moment later: positions in the log, seals of the audit trail, who works where. */
const BY_ITSELF: Readonly<Record<string, readonly string[]>> = {
  alert: ['pos'],
  alert_update: ['pos'],
  audit_entry: ['position', 'hash', 'sealed_at', 'previous_hash', 'seq', 'chain_position'],
};
const NEVER = new Set(['_prisma_migrations', 'alert_head', 'job_run', 'lease', 'care_run', 'policy_version']);

/** Everything that is stored. */
export async function everything({ app }: TestApp): Promise<Everything> {
  const { pool } = app.services.database;
  const { rows: tables } = await pool.query<{ name: string }>(
    `select relname as name from pg_class where relnamespace = current_schema()::regnamespace and relkind = 'r' order by 1`,
  );
  const all = new Map<string, string>();
  for (const { name } of tables.filter((table) => !NEVER.has(table.name))) {
    const { rows } = await pool.query<{ row: Record<string, unknown> }>(`select to_jsonb(t) as row from "${name}" t`);
    for (const [index, { row }] of rows.entries()) {
      for (const column of BY_ITSELF[name] ?? []) delete row[column];
      const text = JSON.stringify(row, Object.keys(row).sort());
      all.set(`${name} ${'id' in row ? String(row.id) : `#${index} ${text}`}`, JSON.stringify(row));
    }
  }
  const { rows: sequences } = await pool.query<{ name: string; last: string | null }>(
    'select sequencename as name, last_value::text as last from pg_sequences where schemaname = current_schema()',
  );
  for (const { name, last } of sequences) all.set(`sequence ${name}`, String(last));
  return all;
}

/** What differs: the row before and after, by table. */
export function difference(before: Everything, after: Everything) {
  const keys = new Set([...before.keys(), ...after.keys()]);
  return [...keys]
    .filter((key) => before.get(key) !== after.get(key))
    .map((key) => ({
      table: key.slice(0, key.indexOf(' ')),
      before: rowOf(before.get(key)),
      after: rowOf(after.get(key)),
    }));
}

export type Difference = ReturnType<typeof difference>;

function rowOf(text: string | undefined): Record<string, unknown> | null {
  return text?.startsWith('{') ? (JSON.parse(text) as Record<string, unknown>) : text === undefined ? null : { text };
}
