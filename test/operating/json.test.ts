import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Command } from 'commander';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { auditCommand } from '../../server/app/cli/audit.ts';
import { backupCommand, restoreCommand } from '../../server/app/cli/backup.ts';
import { doctorCommand } from '../../server/app/cli/doctor.ts';
import { keysCommand } from '../../server/app/cli/keys.ts';
import { migrateCommand } from '../../server/app/cli/migrate.ts';
import { policyCommand } from '../../server/app/cli/policy.ts';
import { staffCommand } from '../../server/app/cli/staff.ts';
import { createDatabase, dropDatabase } from '../support/postgres.ts';
import { tierline } from '../support/tierline.ts';

// Scripts read one line of JSON on standard output, whatever a command has to say to people.

const folder = mkdtempSync(join(tmpdir(), 'tierline-json-'));
const file = join(folder, 'organisation.csv');
let url: string;
let settings: Record<string, string>;
beforeAll(async () => {
  url = await createDatabase();
  settings = {
    DATABASE_URL: url,
    TIERLINE_ACCEPT_DATA_LOSS: 'true',
    TIERLINE_DATA_KEY: `k1:${Buffer.alloc(32, 7).toString('base64')}`,
  };
  writeFileSync(file, 'kind,code,name,parentCode,policyIds,roles,branchCode\nBRANCH,BK-A,Outlet A,,bank-vip,,\n');
});
afterAll(async () => {
  await dropDatabase(url);
  rmSync(folder, { recursive: true, force: true });
});

/** A command's ends: those that do something. */
const ends = (command: Command): Command[] =>
  command.commands.length === 0 ? [command] : command.commands.flatMap(ends);

test('every command that has something to say takes --json', () => {
  const commands = [
    auditCommand(),
    backupCommand(),
    restoreCommand(),
    doctorCommand(),
    keysCommand(),
    migrateCommand(),
    policyCommand(),
    staffCommand(),
  ];
  const without = commands.flatMap(ends).filter(({ options }) => !options.some(({ long }) => long === '--json'));
  // What it prints is JSON in any case, a line for each.
  expect(without.map((command) => command.name())).toEqual(['decisions']);
});

async function json(...words: string[]) {
  const { code, out, err } = await tierline([...words, '--json'], settings);
  expect(out.trimEnd().split('\n'), `${words.join(' ')}: ${err}`).toHaveLength(1);
  return { code, ...JSON.parse(out) };
}

test('an import says what it would write, then what it wrote', async () => {
  const dry = await json('import', 'organisation', file, '--dry-run');
  expect(dry).toMatchObject({ code: 0, read: 1, imported: 1, unchanged: 0, rejected: 0, isWritten: false });
  expect(await json('import', 'organisation', file)).toMatchObject({ code: 0, imported: 1, isWritten: true });
  expect(await json('import', 'organisation', file, '--dry-run')).toMatchObject({ imported: 0, unchanged: 1 });
});

test('rows that are rejected are in it, and the exit code is 1', async () => {
  const bad = join(folder, 'bad.csv');
  writeFileSync(bad, 'kind,code,name,parentCode,policyIds,roles,branchCode\nBRANCH,BK-B,,,nothing,,\n');
  const { code, rejected, issues, isWritten } = await json('import', 'organisation', bad, '--dry-run');
  expect({ code, rejected, isWritten }).toEqual({ code: 1, rejected: 1, isWritten: false });
  expect(issues[0]).toMatchObject({ line: 2 });
});

test('backup, restore, audit and keys say their figures', async () => {
  const backup = join(folder, 'all.backup');
  const made = await json('backup', backup);
  expect(made).toMatchObject({ code: 0, file: backup, head: { seq: expect.any(Number) } });
  expect(await json('audit', 'verify')).toMatchObject({ code: 0, head: made.head, findings: [] });
  expect(await json('keys', 'rotate')).toMatchObject({ code: 0, key: 'k1', isComplete: true });
  const other = await createDatabase();
  const { out } = await tierline(['restore', backup, '--json'], { ...settings, DATABASE_URL: other });
  expect(JSON.parse(out)).toMatchObject({ head: made.head, findings: [] });
  await dropDatabase(other);
});

test.each([
  { words: ['migrate', '--jsn'], code: 2 },
  { words: ['no-such-command'], code: 2 },
  { words: ['audit', 'verify', '--anchor', 'x'], code: 2 },
  { words: ['audit', 'verify', '--help'], code: 0 },
  { words: ['--version'], code: 0 },
])('$words ends with $code', async ({ words, code }) => {
  expect((await tierline(words, {})).code).toBe(code);
});

test('what an operator has to put right goes to standard error, with 2', async () => {
  const { code, out, err } = await tierline(['migrate', '--json'], { DATABASE_URL: 'postgres://127.0.0.1:1/care' });
  expect({ code, out }).toEqual({ code: 2, out: '' });
  expect(err).toContain('DATABASE_URL: nothing listens at 127.0.0.1:1');
});
