import type { Pool } from 'pg';

export interface RoleRights {
  readonly user: string;
  readonly schema: string;
  readonly mayCreate: boolean;
  /** Tables and sequences that the user may not use as the platform does. */
  readonly barred: readonly string[];
}

/** What the user may do in the schema. Entries of the audit trail are never removed. */
export async function readRights(pool: Pool): Promise<RoleRights | null> {
  const { rows } = await pool.query<RoleRights>(`/* doctor.readRights */
    select current_user::text as user, current_schema()::text as schema,
      has_schema_privilege(current_schema(), 'CREATE') as "mayCreate",
      array(select c.relname::text from pg_class c
        where c.relnamespace = quote_ident(current_schema())::regnamespace and case
          when c.relkind = 'S' then not has_sequence_privilege(c.oid, 'USAGE')
          when c.relkind = 'v' or c.relname = '_prisma_migrations' then not has_table_privilege(c.oid, 'SELECT')
          when c.relkind in ('r', 'p') then not (has_table_privilege(c.oid, 'SELECT')
            and has_table_privilege(c.oid, 'INSERT') and has_table_privilege(c.oid, 'UPDATE')
            and (c.relname = 'audit_entry' or has_table_privilege(c.oid, 'DELETE')))
          else false end
        order by 1) as barred
    where current_schema() is not null`);
  return rows[0] ?? null;
}

/** When the last backup was made, since when there is something to back up, and the database's time. */
export async function readBackupTimes(
  pool: Pool,
  job: string,
): Promise<{ readonly last: Date | null; readonly since: Date | null; readonly now: Date }> {
  const { rows } = await pool.query<{ last: Date | null; since: Date | null; now: Date }>(
    `/* doctor.readBackupTimes */ select (select max(due_at) from job_run where job = $1) as last,
      (select min(created_at) from branch) as since, statement_timestamp() as now`,
    [job],
  );
  return rows[0] ?? { last: null, since: null, now: new Date() };
}
