import type { Pool } from 'pg';
import { ClockSkewError, isSkewed } from '../../engine/services/skew.ts';
import type { DataKey } from '../../platform/access/data-keys.ts';
import { type ChainEnd, verifyEnd } from '../../platform/audit/verify-end.ts';
import { DatabaseClock } from '../../platform/storage/database-clock.ts';
import { DatabaseOlderError, StorageError } from '../../platform/storage/errors.ts';
import { systemClock } from '../../platform/values/wall-clock.ts';
import { BACKUP_JOB } from '../operations/backup.ts';
import { keyFault } from '../operations/key-canary.ts';
import { checkCurrent } from '../operations/migrations.ts';
import { isOverdue } from '../operations/overdue.ts';
import { failed, failedAs, ok, type Row, warning } from './finding-row.ts';
import { type RoleRights, readBackupTimes, readRights } from './sql.ts';

/** Names that one sentence has. */
const NAMED = 3;

/** All that is asked of a database that answers; on its tables only where they are those of this version. */
export async function checkData(pool: Pool, keys: readonly DataKey[]): Promise<Row[]> {
  const migrations = await checkMigrations(pool);
  const rows = [migrations, await checkClock(pool)];
  if (migrations.state !== 'OK') return rows;
  const rights = await readRights(pool);
  return [
    ...rows,
    judgeRights(rights),
    await checkKey(pool, keys),
    await checkBackup(pool),
    judgeChain(await verifyEnd(pool)),
  ];
}

async function checkMigrations(pool: Pool): Promise<Row> {
  try {
    await checkCurrent(pool);
    return ok('migrations', 'The database is as this version needs it.');
  } catch (error) {
    if (error instanceof DatabaseOlderError)
      return warning(
        'migrations',
        (error.message.split('. ')[0] ?? error.message).concat('.'),
        'Run `tierline migrate`, or let a start apply them.',
      );
    if (error instanceof StorageError) return failedAs('migrations', error.message);
    throw error;
  }
}

async function checkClock(pool: Pool): Promise<Row> {
  const clock = await DatabaseClock.start({ pool, node: systemClock, onError: () => {} });
  clock.close();
  return judgeSkew(clock.skewMs);
}

/** @param skewMs by how much this machine is ahead of the database */
export function judgeSkew(skewMs: number): Row {
  if (isSkewed(skewMs)) return failedAs('clock', new ClockSkewError(skewMs).message);
  return ok('clock', `This machine and the database agree within ${Math.ceil(Math.abs(skewMs))} ms.`);
}

export function judgeRights(rights: RoleRights | null): Row {
  if (!rights) return failed('rights', 'The user sees no schema.', 'GRANT USAGE ON SCHEMA to the user.');
  const { user, schema, mayCreate, barred } = rights;
  if (barred.length > 0) {
    const more = barred.length > NAMED ? ` and ${barred.length - NAMED} more` : '';
    return failed(
      'rights',
      `The user ${user} may not read and write ${barred.slice(0, NAMED).join(', ')}${more}.`,
      `GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA "${schema}" TO "${user}"; and USAGE ON ALL SEQUENCES.`,
    );
  }
  const migrates = mayCreate
    ? 'and apply migrations'
    : 'and applies no migrations: `tierline migrate` needs another user';
  return ok('rights', `The user ${user} may read and write all tables, ${migrates}.`);
}

async function checkKey(pool: Pool, keys: readonly DataKey[]): Promise<Row> {
  if (keys.length === 0) return ok('key', 'A key is made at the first start.');
  const fault = await keyFault(pool, keys);
  return fault
    ? failedAs('key', fault)
    : ok('key', `Nothing is sealed under another key than ${keys.map(({ id }) => id).join(', ')}.`);
}

async function checkBackup(pool: Pool): Promise<Row> {
  return judgeBackup(await readBackupTimes(pool, BACKUP_JOB));
}

export function judgeBackup({ last, since, now }: { last: Date | null; since: Date | null; now: Date }): Row {
  const cure = 'Run `tierline backup FILE`, every day.';
  if (last) {
    const says = `The last backup is of ${last.toISOString()}.`;
    return isOverdue(last, now) ? warning('backup', says, cure) : ok('backup', says);
  }
  return since ? warning('backup', 'No backup was ever made.', cure) : ok('backup', 'There is nothing to back up yet.');
}

export function judgeChain({ head, brokenAt, waiting }: ChainEnd): Row {
  if (brokenAt !== null)
    return failed(
      'audit',
      `Entry ${brokenAt} of the audit trail is not what was sealed.`,
      'Run `tierline audit verify`, and keep the database as it is.',
    );
  const unsealed = waiting > 0 ? ` ${waiting} entries wait for a server that seals them.` : '';
  return ok(
    'audit',
    (head ? `The audit trail ends at ${head.seq}:${head.hash}` : 'The audit trail is empty.') +
      (head && unsealed ? `;${unsealed}` : unsealed),
  );
}
