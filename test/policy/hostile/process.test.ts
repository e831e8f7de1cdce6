import { writeFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { takeEnv } from '../../../server/app/env.ts';
import { loadPlugins } from '../../../server/engine/policy/registry.ts';
import { promiseFacts, startPolicies } from '../support.ts';
import { writePlugin } from './write-plugin.ts';

/** Each tries something and says in its reason what came of it. */
const TRIES = `
import fs from 'node:fs';
import { spawnSync } from 'node:child_process';
import { Worker } from 'node:worker_threads';
const tried = (what) => { try { return String(what()); } catch (error) { return error.code ?? error.name; } };
const TRIES = {
  ENVIRONMENT: () => JSON.stringify(process.env),
  ENVIRON: () => fs.readFileSync('/proc/self/environ', 'utf8'),
  PARENT: () => fs.readFileSync('/proc/' + process.ppid + '/environ', 'utf8'),
  PASSWD: () => fs.readFileSync('/etc/passwd', 'utf8'),
  WRITE: () => fs.writeFileSync('/tmp/tierline-was-here', 'x'),
  THREAD: () => new Worker('', { eval: true, execArgv: [] }),
  SPAWN: () => spawnSync('id').error?.code ?? 'spawned',
};`;
const SAYS = `answers: { promise: ({ ticket }) => {
  if (ticket.type === 'HANG') for (;;);
  if (ticket.type === 'EXIT') process.exit(3);
  if (ticket.type === 'KILL') process.kill(process.pid, 'SIGKILL');
  if (ticket.type === 'LATER') setTimeout(() => { for (;;); }, 20);
  const said = TRIES[ticket.type] ? tried(TRIES[ticket.type]) : 'fine';
  return { ...fine, because: { en: said, zh: said } };
} },`;

test('a plugin in a process of its own reads no environment and no file, starts nothing, and heals as in a thread', async () => {
  using plugin = writePlugin(TRIES, SAYS);
  const plugins = (await loadPlugins([plugin.file], 'PROCESS')).filter(({ runsIn }) => runsIn);
  expect(plugins.map(({ runsIn, policy }) => [runsIn, policy.id])).toEqual([['PROCESS', 'hostile']]);
  await using started = await startPolicies({ plugins });
  const ask = (type: string) => started.policies.ask('hostile', 'promise', promiseFacts(type));
  const said = async (type: string) => (await ask(type)).because.en;
  expect(await said('FINE')).toBe('fine');
  expect(await said('ENVIRONMENT')).toBe('{}');
  for (const type of ['ENVIRON', 'PARENT', 'PASSWD', 'WRITE', 'SPAWN', 'THREAD'])
    expect([type, await said(type)]).toEqual([type, 'ERR_ACCESS_DENIED']);

  const hung = ask('HANG');
  expect(await said('FINE')).toBe('fine');
  expect((await hung).fallback?.detail).toBe('promise did not answer within 200 ms');
  expect((await ask('EXIT')).fallback?.detail).toContain('ended its thread with code 3');
  expect((await ask('KILL')).fallback?.detail).toContain('ended by SIGKILL');
  expect(await said('FINE')).toBe('fine');
  await ask('LATER');
  for (let left = 100; left > 0 && started.policies.health('hostile').lastError?.question !== 'thread'; left--)
    await pause(50);
  expect(started.policies.health('hostile').lastError?.message).toMatch(/worked \d+ ms/);
  expect(await said('FINE')).toBe('fine');
});

test.each([
  ['process.exit(0);', 'it ended its thread with code 0 while it was loaded'],
  ["throw new Error('no');", 'cannot be loaded: no'],
])('one that cannot be loaded there says why', async (top, says) => {
  using plugin = writePlugin(top);
  await expect(loadPlugins([plugin.file], 'PROCESS')).rejects.toThrow(says);
});

test('secrets leave the environment of the server when they are read', () => {
  const variables = {
    DATABASE_URL: 'postgres://u:p@h/d',
    TIERLINE_METRICS_TOKEN: 'x'.repeat(16),
    PORT: '1',
    OTHER: 'y',
  };
  const env = takeEnv(variables);
  expect(env).toMatchObject({ DATABASE_URL: 'postgres://u:p@h/d', TIERLINE_METRICS_TOKEN: 'x'.repeat(16), PORT: 1 });
  expect(variables).toEqual({ PORT: '1', OTHER: 'y' });
});

test.each([
  {
    it: 'says what the environment leaves out',
    text: '{ "PORT": 7, "TIERLINE_PLUGINS": ["a", "b"], "HOST": "::1" }',
    env: { HOST: '1.2.3.4' },
    expected: { PORT: 7, TIERLINE_PLUGINS: ['a', 'b'], HOST: '1.2.3.4' },
  },
  {
    it: 'with a misspelt setting is refused by its name',
    text: '{ "PROT": 7 }',
    expected: 'TIERLINE_CONFIG: PROT: is no setting',
  },
  { it: 'with a wrong value is refused by its name', text: '{ "PORT": -7 }', expected: 'PORT: ' },
  { it: 'with a value of no form is refused', text: '{ "PORT": {} }', expected: 'TIERLINE_CONFIG: PORT: is a text' },
  { it: 'that is no JSON is refused', text: 'PORT=7', expected: 'TIERLINE_CONFIG: ' },
])('a file of settings $it', ({ text, env = {}, expected }) => {
  using plugin = writePlugin('');
  const file = `${plugin.file}.json`;
  writeFileSync(file, text);
  const read = () => takeEnv({ TIERLINE_CONFIG: file, ...env });
  if (typeof expected === 'string') expect(read).toThrow(expected);
  else expect(read()).toMatchObject(expected);
});
