import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { lockFolder } from '../../server/platform/storage/embedded/folder-lock.ts';
import { ended, kill, line, start } from './processes.ts';

let folder: string;
beforeEach(() => {
  folder = path.join(fs.mkdtempSync(path.join(os.tmpdir(), 'tierline-lock-')), 'data');
});
afterEach(() => fs.rmSync(path.dirname(folder), { recursive: true, force: true }));

/** Writes a lock as another process would have left it. */
function leave(change: Record<string, unknown>): void {
  const lock = `${folder}.lock`;
  const highest = Math.max(
    ...fs
      .readdirSync(lock)
      .filter((name) => /^\d+$/.test(name))
      .map(Number),
  );
  const holder = JSON.parse(fs.readFileSync(path.join(lock, String(highest)), 'utf8'));
  delete holder.released;
  fs.writeFileSync(path.join(lock, String(highest)), JSON.stringify({ ...holder, ...change }));
}

test('is held by one and free again after its release', async () => {
  const first = await lockFolder(folder);
  await expect(lockFolder(folder)).rejects.toThrow(`is open in process ${process.pid}`);
  first.release();
  const second = await lockFolder(folder);
  second.release();
});

test('refuses while another process lives, and names it; takes over when that was killed', async () => {
  const holder = await start('hold-lock.ts', folder);
  expect(await line(holder)).toBe('got');
  await expect(lockFolder(folder, { takeOver: true })).rejects.toMatchObject({
    code: 'FOLDER_LOCKED',
    pid: holder.pid,
  });
  await kill(holder);
  const lock = await lockFolder(folder);
  lock.release();
});

test('takes over when the process id is in use again by another process', async () => {
  (await lockFolder(folder)).release();
  leave({ pid: process.ppid, startedAt: '1' });
  (await lockFolder(folder)).release();
});

test('takes over when the machine has restarted since', async () => {
  (await lockFolder(folder)).release();
  leave({ boot: 'an earlier start' });
  (await lockFolder(folder)).release();
});

test('refuses a holder on another host, unless told to take over', async () => {
  (await lockFolder(folder)).release();
  leave({ host: 'elsewhere', boot: 'of another machine', pid: 4711 });
  await expect(lockFolder(folder)).rejects.toThrow(
    /process 4711 on another host or in another container \(elsewhere\)/,
  );
  await expect(lockFolder(folder)).rejects.toThrow('run `tierline start --take-over`');
  (await lockFolder(folder, { takeOver: true })).release();
});

test('of another container of this machine it sees whether the holder lives', async () => {
  const holder = await start('hold-lock.ts', folder);
  expect(await line(holder)).toBe('got');
  leave({ host: 'another-container', pid: 1 });
  for (const takeOver of [false, true])
    await expect(lockFolder(folder, { takeOver })).rejects.toThrow(/process 1 of another container/);
  await kill(holder);
  (await lockFolder(folder)).release();
  expect(fs.readdirSync(`${folder}.lock`)).toEqual(['2']);
});

test('sees that, too, where the folder has a long name', async () => {
  folder = path.join(path.dirname(folder), 'a'.repeat(100), 'b'.repeat(100));
  fs.mkdirSync(path.dirname(folder));
  const holder = await start('hold-lock.ts', folder);
  expect(await line(holder)).toBe('got');
  leave({ host: 'another-container', pid: 1 });
  await expect(lockFolder(folder)).rejects.toThrow(/of another container/);
  await kill(holder);
  (await lockFolder(folder)).release();
  folder = path.dirname(folder);
});

test('refuses a lock that cannot be read, and says which file it is', async () => {
  (await lockFolder(folder)).release();
  const [name] = fs.readdirSync(`${folder}.lock`);
  fs.writeFileSync(path.join(`${folder}.lock`, String(name)), '');
  await expect(lockFolder(folder)).rejects.toThrow(`delete ${folder}.lock`);
});

test('of six processes exactly one wins, over a stale lock', async () => {
  (await lockFolder(folder)).release();
  for (let race = 0; race < 4; race++) {
    leave({ pid: 999_999, startedAt: '1' });
    const racers = await Promise.all(Array.from({ length: 6 }, () => start('hold-lock.ts', folder)));
    const answers = await Promise.all(racers.map(line));
    expect(answers.filter((answer) => answer === 'got')).toHaveLength(1);
    racers[answers.indexOf('got')]?.stdin?.write('end\n');
    await Promise.all(racers.map(ended));
  }
});
