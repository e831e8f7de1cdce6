import { setTimeout as wait } from 'node:timers/promises';
import type { Pool, PoolClient } from 'pg';
import { placeOf } from '../../domain/contracts/service.ts';
import { contactPlace } from '../../domain/customers/contacts.ts';
import { IDENTIFIERS, type Identifier, identifierPlace, indexOf } from '../../domain/customers/identifiers.ts';
import { isSealed, profilePlace } from '../../domain/customers/profile.ts';
import type { FieldCipher } from '../../platform/access/encryption.ts';
import { writeAudit } from '../../platform/audit/audit.ts';
import type { Database } from '../../platform/storage/database.ts';
import { databaseTime } from '../../platform/storage/now-sql.ts';
import { withConnection } from '../../platform/storage/session.ts';
import { dropFormerCanaries } from './key-canary.ts';
import { resealFiles } from './rotate-files.ts';

// Values are sealed anew under the first key, batch by batch, while everything is served: both keys open meanwhile, searches look
// under both, and what is written is sealed with the new one. A row that somebody changes in between is left to the next pass. A
// value says by itself which key sealed it, so a run that was broken off goes on by running again.

export interface RotationOptions {
  readonly database: Pick<Database, 'pool' | 'prisma'>;
  readonly sealer: FieldCipher;
  /** Rows that are looked at in one statement. */
  readonly batch?: number;
  /** Milliseconds between two batches. */
  readonly pauseMs?: number;
  /** Ends the run after the batch that is under way. */
  readonly signal?: AbortSignal;
  readonly onProgress?: (rows: number) => void;
}

/** Rows that were sealed anew, by table. */
export interface Rotation {
  readonly customer: number;
  readonly contact: number;
  readonly contract: number;
  readonly stored_file_piece: number;
  /** False when the signal ended the run. */
  readonly isComplete: boolean;
}

type Row = Record<string, unknown> & { readonly id: string };

interface SealedTable {
  readonly name: 'customer' | 'contact' | 'contract';
  /** Columns whose values are written back only where none of them has changed. */
  readonly columns: readonly string[];
  /** The columns that change, with what stands there then; empty where all is under the current key. */
  reseal(row: Row, sealer: FieldCipher): Record<string, unknown>;
}

const COLUMNS: Readonly<Record<Identifier, string>> = { phone: 'phone', email: 'email', idNumber: 'id_number' };

const TABLES: readonly SealedTable[] = [
  {
    name: 'customer',
    columns: [...Object.values(COLUMNS).flatMap((name) => [`${name}_sealed`, `${name}_index`]), 'profile'],
    reseal(row, sealer) {
      const changed: Record<string, unknown> = {};
      for (const field of IDENTIFIERS) {
        const name = COLUMNS[field];
        const sealed = row[`${name}_sealed`];
        if (typeof sealed !== 'string' || sealer.isCurrent(sealed)) continue;
        const place = identifierPlace(row.id, field);
        const clear = sealer.open(sealed, place);
        changed[`${name}_sealed`] = sealer.seal(clear, place);
        changed[`${name}_index`] = indexOf(sealer, field, clear);
      }
      const profile = Object.entries((row.profile ?? {}) as Record<string, unknown>);
      const isOld = (value: unknown) => isSealed(value) && !sealer.isCurrent(value.sealed);
      if (profile.some(([, value]) => isOld(value))) {
        changed.profile = Object.fromEntries(
          profile.map(([field, value]) => {
            if (!isSealed(value) || sealer.isCurrent(value.sealed)) return [field, value];
            const place = profilePlace(row.id, field);
            return [field, { sealed: sealer.seal(sealer.open(value.sealed, place), place) }];
          }),
        );
      }
      return changed;
    },
  },
  {
    name: 'contact',
    columns: ['phone_sealed'],
    reseal: (row, sealer) => resealOne(row, sealer, 'phone_sealed', contactPlace(row.id)),
  },
  {
    name: 'contract',
    columns: ['content_sealed'],
    reseal: (row, sealer) => resealOne(row, sealer, 'content_sealed', placeOf(row.id)),
  },
];

function resealOne(row: Row, sealer: FieldCipher, column: string, place: string): Record<string, unknown> {
  const sealed = row[column];
  if (typeof sealed !== 'string' || sealer.isCurrent(sealed)) return {};
  return { [column]: sealer.seal(sealer.open(sealed, place), place) };
}

/** Of two runs at a time one works, the other waits its turn. */
const LOCK = 'select pg_advisory_xact_lock(7426011)';

/**
 * Seals everything anew that is under another key than the first one.
 *
 * @throws {Error} a value does not open: its key is missing among the keys, or it is damaged; what was done stays done
 */
export async function rotateKeys(options: RotationOptions): Promise<Rotation> {
  const { database, sealer, signal } = options;
  const rows = { customer: 0, contact: 0, contract: 0, stored_file_piece: 0 };
  for (const table of TABLES) {
    // A pass that changed nothing has seen nothing that was left over.
    for (;;) {
      const { resealed, missed } = await pass(table, options);
      rows[table.name] += resealed;
      if (missed === 0 || signal?.aborted) break;
    }
  }
  rows.stored_file_piece = await resealFiles(options, (work) => inTurn(database.pool, work));
  const total = Object.values(rows).reduce((sum, count) => sum + count, 0);
  if (total > 0) {
    await writeAudit(database.prisma, {
      at: await databaseTime(database.pool),
      actorId: null,
      action: 'ROTATE_KEYS',
      subject: { type: 'DataKey', id: null },
      changes: [{ field: 'rows', before: null, after: String(total) }],
    });
  }
  if (!signal?.aborted) await dropFormerCanaries(database.pool, sealer);
  return { ...rows, isComplete: !signal?.aborted };
}

/** One walk over a table. `missed` rows were changed by others between reading and writing. */
async function pass(
  table: SealedTable,
  { database, sealer, batch = 200, pauseMs = 0, signal, onProgress }: RotationOptions,
): Promise<{ resealed: number; missed: number }> {
  let [after, resealed, missed] = ['00000000-0000-0000-0000-000000000000', 0, 0];
  while (!signal?.aborted) {
    const read = await inTurn(database.pool, async (client) => {
      const { rows } = await client.query<Row>(
        `select id, ${table.columns.join(', ')} from "${table.name}" where id > $1 order by id limit $2`,
        [after, batch],
      );
      const changes = rows.flatMap((row) => {
        const changed = table.reseal(row, sealer);
        return Object.keys(changed).length > 0 ? [{ id: row.id, old: row, now: { ...row, ...changed } }] : [];
      });
      const written = changes.length > 0 ? await write(client, table, changes) : 0;
      return { rows, written, meant: changes.length };
    });
    resealed += read.written;
    missed += read.meant - read.written;
    onProgress?.(read.rows.length);
    const last = read.rows.at(-1);
    if (!last || read.rows.length < batch) break;
    after = last.id;
    if (pauseMs > 0) await wait(pauseMs, undefined, { signal }).catch(() => undefined);
  }
  return { resealed, missed };
}

async function write(client: PoolClient, { name, columns }: SealedTable, changes: readonly object[]): Promise<number> {
  const set = columns.map((column) => `${column} = n.${column}`).join(', ');
  const same = columns.map((column) => `t.${column} is not distinct from o.${column}`).join(' and ');
  const { rowCount } = await client.query(
    `update "${name}" t set ${set}
     from jsonb_array_elements($1::jsonb) as c (change),
       jsonb_populate_record(null::"${name}", c.change -> 'old') as o,
       jsonb_populate_record(null::"${name}", c.change -> 'now') as n
     where t.id = (c.change ->> 'id')::uuid and ${same}`,
    [JSON.stringify(changes)],
  );
  return rowCount ?? 0;
}

/** What it did is undone if it fails. */
function inTurn<Result>(pool: Pool, work: (client: PoolClient) => Promise<Result>): Promise<Result> {
  return withConnection(pool, async (client) => {
    await client.query('begin');
    await client.query(LOCK);
    const result = await work(client);
    await client.query('commit');
    return result;
  });
}
