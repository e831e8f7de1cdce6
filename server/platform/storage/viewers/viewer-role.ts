import type pg from 'pg';
import { withConnection } from '../session.ts';
import { unguarded } from '../transaction-guard.ts';
import { allowViewers, VIEWER_ROLE } from './viewer-rows.ts';

/** What the application keeps for itself. */
const KEPT = ['data_key', 'idempotency_key', 'lease', 'stored_file', 'stored_file_piece'];

const LACKS = `/* viewerRole.lacks */
  select not exists (select from pg_roles where rolname = $1) as role,
    coalesce((select not pg_has_role(current_user, oid, 'member') from pg_roles where rolname = $1), true) as member,
    coalesce((select not has_schema_privilege(oid, current_schema()::text, 'usage') or exists (
        select from pg_class join pg_namespace n on n.oid = relnamespace where nspname = current_schema() and relkind in ('r', 'v')
          and relname <> all ($2) and not has_table_privilege(pg_roles.oid, pg_class.oid, 'select'))
      from pg_roles where rolname = $1), true) as grants`;

const CREATE = `/* viewerRole.create */ create role ${VIEWER_ROLE} nologin`;
const JOIN = `/* viewerRole.join */ grant ${VIEWER_ROLE} to current_user`;

// Migrations make tables that were not there at the last start.
const GRANT = `/* viewerRole.grant */ do $$ begin
    execute format('grant usage on schema %I to ${VIEWER_ROLE}', current_schema());
    execute format('grant select on all tables in schema %I to ${VIEWER_ROLE}', current_schema());
    ${KEPT.map((table) => `revoke all on "${table}" from ${VIEWER_ROLE};`).join(' ')}
  end $$`;

/** duplicate_object, and what it is where two create it at once; insufficient_privilege. */
const IS_THERE = new Set(['42710', '23505']);
const MAY_NOT = '42501';

/**
 * Sees to the role that reads for viewers; from then on what is read for them is read by it. The tables have to be there.
 *
 * @returns false where the program's own role may not make it: then the application's rule is the only net
 */
export async function openViewerRole(pool: pg.Pool): Promise<boolean> {
  try {
    await withConnection(pool, async (client) => {
      const { rows } = await client.query<{ role: boolean; member: boolean; grants: boolean }>(LACKS, [
        VIEWER_ROLE,
        KEPT,
      ]);
      const lacks = rows[0];
      if (lacks?.role) await client.query(CREATE).catch(unless(IS_THERE));
      if (lacks?.member) await client.query(JOIN);
      if (lacks?.grants) await client.query(GRANT);
    });
  } catch (error) {
    if (codeOf(error) === MAY_NOT) return false;
    throw error;
  }
  allowViewers(unguarded(pool));
  return true;
}

const codeOf = (error: unknown) => (error as { code?: string } | null)?.code ?? '';

function unless(codes: ReadonlySet<string>) {
  return (error: unknown): void => {
    if (!codes.has(codeOf(error))) throw error;
  };
}

/** For the log and the doctor. */
export const NO_VIEWERS =
  `Row level security is off: there is no role ${VIEWER_ROLE} that this program may use. As an administrator of the server: ` +
  `create role ${VIEWER_ROLE} nologin; grant ${VIEWER_ROLE} to the program's role; then start again.`;
