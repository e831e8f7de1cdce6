import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, expect, test, vi } from 'vitest';
import { KitError, testPlugin } from '../../server/engine/policy-kit/kit.ts';
import { type KitReport, reportText } from '../../server/engine/policy-kit/report.ts';
import { builtCommand } from '../support/built.ts';

const ROOT = path.resolve(import.meta.dirname, '../..');
const CONTRACT = path.join(ROOT, 'server/engine/policy/contract.ts');
const home = mkdtempSync(path.join(tmpdir(), 'tierline-kit-test-'));
writeFileSync(path.join(home, 'package.json'), '{ "type": "module" }');
afterAll(() => rmSync(home, { recursive: true }));

/** Writes a plugin that answers `measure`, and `promise` for complaints, with what is given. @returns its folder */
function plugin(name: string, { promise = 'return undefined;', before = '', golden = '' } = {}): string {
  const folder = path.join(home, name);
  mkdirSync(folder);
  writeFileSync(
    path.join(folder, 'index.ts'),
    `import { definePolicy, minutes } from '${CONTRACT}';
${before}
const because = { en: 'Because.', zh: '因为。' };
export default definePolicy({
  id: '${name}', contract: 1, version: '1.0.0', label: { en: 'Text', zh: '文本' }, access: 'CENTRAL',
  ticketTypes: { COMPLAINT: { label: { en: 'Complaint', zh: '投诉' } } },
  answers: {
    promise: ({ ticket }) => {
      if (ticket.type !== 'COMPLAINT') return undefined;
      ${promise}
    },
  },
});
`,
  );
  if (golden) writeFileSync(path.join(folder, 'golden.csv'), golden);
  return folder;
}

const FINE = "return { answer: [{ metric: 'RESOLUTION', target: minutes(30) }], because };";

// A temporary folder of its own: others test plugins at the same time.
const temporary = path.join(home, 'tmp');
mkdirSync(temporary);
vi.stubEnv('TMPDIR', temporary);
// Files after this one run in the same process.
afterAll(() => void vi.unstubAllEnvs());

test('an answer that hangs is ended and named', async () => {
  const report = await testPlugin(plugin('hangs', { promise: 'for (;;);' }));
  expect(report.findings.map(({ message }) => message)).toEqual([
    'promise for COMPLAINT level 1: it did not answer within a second; the platform ends an answer after 200 ms',
  ]);
});

test('an answer that ends its thread is named', async () => {
  const { findings } = await testPlugin(plugin('exits', { promise: 'process.exit(3);' }));
  expect(findings.map(({ message }) => message)).toEqual(['promise for COMPLAINT level 1: it ended its thread']);
});

test('changes that no example shows are named with their line, and what a copy does to itself is its end', async () => {
  // Of the copies, `- 1` as `+ 1` counts up and never ends.
  const promise = `for (let left = 3; left > 0; left = left - 1);\n      ${FINE}`;
  const report = await testPlugin(plugin('survives', { promise }));
  expect(report.findings).toEqual([]);
  const survivors = report.mutation?.survivors.map(({ file, line, change }) => `${file}:${line} ${change}`);
  expect(survivors).toContain('index.ts:11 30 becomes 31');
  expect(survivors).not.toContain('index.ts:10 - becomes +');
  expect(reportText(report)).toContain('Nothing noticed these changes; a golden row for each line would:\n');
  expect(readdirSync(temporary)).toEqual([]);
});

test('an example more is a survivor less', async () => {
  const golden = 'it,question,ticket.type,=> RESOLUTION.target\nhalf an hour,promise,COMPLAINT,DURATION 30\n';
  const report = await testPlugin(plugin('shown', { promise: FINE, golden }));
  expect(report.mutation?.survivors.map(({ change }) => change)).not.toContain('30 becomes 31');
});

test('examples in TypeScript are held to like a table, and named by their line', async () => {
  const folder = plugin('typed', { promise: FINE });
  const row = (it: string, minutes: number) =>
    `  { it: '${it}', question: 'promise', given: { 'ticket.type': 'COMPLAINT' },` +
    ` expected: { 'RESOLUTION.target': { kind: 'DURATION', minutes: ${minutes} } } },`;
  const rows = ['export default [', row('half an hour', 30), row('an hour', 60), '];'];
  writeFileSync(path.join(folder, 'golden.ts'), rows.join('\n'));
  const { findings, goldenRows } = await testPlugin(folder);
  expect(goldenRows).toBe(2);
  expect(findings.map(({ message }) => message)).toEqual([
    'golden.ts:3 (an hour): RESOLUTION.target is DURATION 30, the table says DURATION 60',
  ]);
});

test.each([
  { it: 'is not there', make: () => path.join(home, 'nowhere'), message: /nowhere cannot be found: / },
  {
    it: 'throws when it is loaded',
    make: () => plugin('throws', { before: "throw new Error('no moon');" }),
    message: /throws cannot be tested: no moon$/,
  },
  {
    it: 'has a golden table that cannot be read',
    make: () => plugin('unreadable', { golden: 'a,b\n' }),
    message: /unreadable cannot be tested: golden\.csv:1: the head of a table/,
  },
])('a plugin that $it is told in a sentence', async ({ make, message }) => {
  const tested = testPlugin(make());
  await expect(tested).rejects.toThrow(KitError);
  await expect(tested).rejects.toThrow(message);
});

const run = promisify(execFile);
const tierline = async (...args: string[]) =>
  run(process.execPath, [await builtCommand(), 'policy', ...args], { cwd: home }).then(
    ({ stdout, stderr }) => ({ code: 0, stdout, stderr }),
    (error: { code: number; stdout: string; stderr: string }) => error,
  );

test('the command prints JSON alone, and fails where there are findings', async () => {
  plugin('fine', { promise: FINE });
  plugin('silent', { promise: 'return { answer: [], because: { en: "", zh: "" } };' });
  const [fine, silent, missing, renamed] = await Promise.all([
    tierline('test', 'fine', '--json', '--seed', '7'),
    tierline('test', 'silent'),
    tierline('test', 'missing'),
    tierline('new', 'No-Name'),
  ]);
  expect([fine.code, JSON.parse(fine.stdout) as KitReport]).toEqual([
    0,
    expect.objectContaining({ policyId: 'fine', seed: 7, findings: [] }),
  ]);
  expect([silent.code, silent.stdout]).toEqual([
    1,
    expect.stringContaining('promise for COMPLAINT level 1: promise.because.en'),
  ]);
  expect([missing.code, missing.stderr]).toEqual([1, expect.stringMatching(/^missing cannot be found: [^\n]*\n$/)]);
  expect([renamed.code, renamed.stderr]).toEqual([
    1,
    expect.stringMatching(/^"No-Name" is no name for a policy: [^\n]*\n$/),
  ]);
});
