import type { Pool } from 'pg';
import { placeOf } from '../../domain/contracts/service.ts';
import { contactPlace } from '../../domain/customers/contacts.ts';
import { identifierPlace } from '../../domain/customers/identifiers.ts';
import type { DataKey } from '../../platform/access/data-keys.ts';
import { createFieldCipher, type FieldCipher } from '../../platform/access/encryption.ts';
import { WrongDataKeyError } from '../../platform/storage/errors.ts';

// A key under a known id seals as well as the true one, and what it sealed nobody opens once the true one is back. So each key
// leaves a canary where its data are, a word that is known and sealed, and whoever comes with a key has to open it first.

const WORD = 'tierline';

/** What a canary is sealed for, as other values are for their column and row. */
const canaryPlace = (id: string) => `data_key|canary|${id}`;

/** Columns of sealed values: for data that are older than their canary. */
const SEALED: readonly { table: string; column: string; place: (id: string) => string }[] = [
  { table: 'customer', column: 'phone_sealed', place: (id) => identifierPlace(id, 'phone') },
  { table: 'customer', column: 'email_sealed', place: (id) => identifierPlace(id, 'email') },
  { table: 'customer', column: 'id_number_sealed', place: (id) => identifierPlace(id, 'idNumber') },
  { table: 'contact', column: 'phone_sealed', place: contactPlace },
  { table: 'contract', column: 'content_sealed', place: placeOf },
];

/** What is known of a key by what it sealed. */
type KeyState = 'OPENS' | 'WRONG' | 'UNSEEN';

/** What stands against the keys of the settings; null where they are the ones that sealed. */
export async function keyFault(pool: Pool, keys: readonly DataKey[]): Promise<string | null> {
  return (await look(pool, keys)).fault;
}

/**
 * Makes sure that the keys are those that sealed what is stored, and leaves the canary of one that comes for the first time.
 *
 * @throws {WrongDataKeyError} they are not
 */
export async function holdDataKeys(pool: Pool, keys: readonly DataKey[], { isDryRun = false } = {}): Promise<void> {
  const first = await look(pool, keys);
  if (first.fault) throw new WrongDataKeyError(first.fault);
  // A former key that has sealed nothing needs none: it may go at any time.
  const fresh = keys.filter(
    ({ id }, index) => !first.known.has(id) && (index === 0 || first.states.get(id) === 'OPENS'),
  );
  if (fresh.length === 0 || isDryRun) return;
  for (const key of fresh) {
    const canary = createFieldCipher([key]).seal(WORD, canaryPlace(key.id));
    await pool.query('insert into data_key (id, canary) values ($1, $2) on conflict do nothing', [key.id, canary]);
  }
  // Of two nodes that start for the first time with different keys one was slower.
  const fault = await keyFault(pool, keys);
  if (fault) throw new WrongDataKeyError(fault);
}

/** Once everything is under the current key: the others may go. */
export async function dropFormerCanaries(pool: Pool, sealer: Pick<FieldCipher, 'isCurrent'>): Promise<void> {
  const { rows } = await pool.query<{ id: string; canary: string }>('select id, canary from data_key');
  const former = rows.filter(({ canary }) => !sealer.isCurrent(canary)).map(({ id }) => id);
  if (former.length > 0) await pool.query('delete from data_key where id = any ($1)', [former]);
}

interface Looked {
  /** Ids that have a canary. */
  readonly known: ReadonlySet<string>;
  readonly states: ReadonlyMap<string, KeyState>;
  readonly fault: string | null;
}

async function look(pool: Pool, keys: readonly DataKey[]): Promise<Looked> {
  const { rows } = await pool.query<{ id: string; canary: string }>('select id, canary from data_key order by id');
  const canaries = new Map(rows.map(({ id, canary }) => [id, canary]));
  const states = new Map<string, KeyState>();
  for (const key of keys) {
    const canary = canaries.get(key.id);
    if (canary) states.set(key.id, opens(key, canary, canaryPlace(key.id)) ? 'OPENS' : 'WRONG');
    else states.set(key.id, await tryOlder(pool, key));
  }
  const wrong = keys.find(({ id }) => states.get(id) === 'WRONG');
  const missing = [...canaries.keys()].find((id) => !states.has(id));
  return {
    known: new Set(canaries.keys()),
    states,
    fault: wrong ? saysWrong(wrong.id) : missing ? saysMissing(missing) : null,
  };
}

const saysWrong = (id: string) =>
  `TIERLINE_DATA_KEY: the key ${id} is not the one that has sealed these data under that id. Name that one; a new key needs an id of its own, before it.`;

const saysMissing = (id: string) =>
  `TIERLINE_DATA_KEY: the key ${id} has sealed some of these data and is not among the keys. Name it behind the others, until \`tierline keys rotate\` says that it may go.`;

/** Tries the key on a value that was sealed under its id before there were canaries. */
async function tryOlder(pool: Pool, key: DataKey): Promise<KeyState> {
  for (const { table, column, place } of SEALED) {
    const { rows } = await pool.query<{ id: string; sealed: string }>(
      `select id, ${column} as sealed from "${table}" where starts_with(${column}, $1) limit 5`,
      [`v1.${key.id}.`],
    );
    // One of them may be damaged.
    if (rows.length > 0) return rows.some(({ id, sealed }) => opens(key, sealed, place(id))) ? 'OPENS' : 'WRONG';
  }
  return 'UNSEEN';
}

function opens(key: DataKey, sealed: string, place: string): boolean {
  try {
    createFieldCipher([key]).open(sealed, place);
    return true;
  } catch {
    return false;
  }
}
