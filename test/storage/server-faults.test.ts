import { expect, test } from 'vitest';
import { type ServerFacts, serverFaults } from '../../server/platform/storage/server/server-faults.ts';
import { readServerUrl } from '../../server/platform/storage/server/server-url.ts';

const WANTED = { schema: null, statementTimeout: 5_000 };
const SOUND: ServerFacts = {
  version: 140_000,
  versionText: '14.0',
  isStandby: false,
  isReadOnly: false,
  schema: 'public',
  searchPath: '"$user", public',
  statementTimeout: 5_000,
  off: [],
  backends: [
    [11, 11],
    [12, 12],
  ],
};

test('nothing stands against a primary of the oldest version', () => {
  expect(serverFaults(SOUND, WANTED)).toEqual([]);
});

test.each<{
  it: string;
  facts: Partial<ServerFacts>;
  wanted?: typeof WANTED | { schema: string; statementTimeout: number };
  check: string;
  says: RegExp;
}>([
  {
    it: 'an old version',
    facts: { version: 130_014, versionText: '13.14' },
    check: 'version',
    says: /13\.14 is too old/,
  },
  { it: 'a standby', facts: { isStandby: true, isReadOnly: true }, check: 'standby', says: /is a standby/ },
  { it: 'a user who only reads', facts: { isReadOnly: true }, check: 'standby', says: /default_transaction_read_only/ },
  { it: 'no schema', facts: { schema: null, searchPath: 'gone' }, check: 'schema', says: /search path \(gone\)/ },
  { it: 'fsync that is off', facts: { off: ['fsync'] }, check: 'durability', says: /fsync is off/ },
  {
    it: 'one process for two connections',
    facts: {
      backends: [
        [11, 11],
        [11, 11],
      ],
    },
    check: 'pooler',
    says: /PgBouncer/,
  },
  {
    it: 'two processes for one connection',
    facts: {
      backends: [
        [11, 12],
        [13, 13],
      ],
    },
    check: 'pooler',
    says: /PgBouncer/,
  },
  { it: 'a time limit that got lost', facts: { statementTimeout: 0 }, check: 'pooler', says: /PgBouncer/ },
  {
    it: 'a search path that got lost',
    facts: { searchPath: '"$user", public' },
    wanted: { schema: 'care', statementTimeout: 5_000 },
    check: 'pooler',
    says: /PgBouncer/,
  },
])('of $it there is one sentence and a cure', ({ facts, wanted = WANTED, check, says }) => {
  const faults = serverFaults({ ...SOUND, ...facts }, wanted);
  expect(faults).toEqual([{ check, says: expect.stringMatching(says), cure: expect.stringMatching(/\.$/) }]);
});

test('a schema that the address names may be missing: migrations make it', () => {
  const facts = { ...SOUND, schema: null, searchPath: '"care"' };
  expect(serverFaults(facts, { schema: 'care', statementTimeout: 5_000 })).toEqual([]);
});

test('?schema= becomes the search path, beside options that are there', () => {
  const { connectionString, schema } = readServerUrl('postgres://u:p@db:5433/care?schema=Vip&options=-c%20jit%3Doff');
  expect(schema).toBe('Vip');
  const url = new URL(connectionString);
  expect(url.searchParams.has('schema')).toBe(false);
  expect(url.searchParams.get('options')).toBe('-c jit=off -c search_path="Vip"');
  expect(url.host).toBe('db:5433');
});

test.each(['', '1st', 'a b', 'a";drop', 'x'.repeat(64)])('%j is no schema', (name) => {
  expect(() => readServerUrl(`postgres://db/care?schema=${encodeURIComponent(name)}`)).toThrow(/names no schema/);
});
