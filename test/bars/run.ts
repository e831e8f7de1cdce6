// Runs the bars and writes docs/reliability.md: npm run bars -- [--long] [numbers]
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { BARS, type Bar, type HeldBy } from './bars.ts';
import { pageOf, type Standing, standingsOf } from './page.ts';

const PAGE = new URL('../../docs/reliability.md', import.meta.url);
const ROOT = new URL('../../', import.meta.url).pathname;

const { values, positionals } = parseArgs({ allowPositionals: true, options: { long: { type: 'boolean' } } });
const wanted = Object.entries(BARS).flatMap(([number, bar]): [number, Bar][] => {
  const isNamed = positionals.includes(number);
  const isOfTier = positionals.length === 0 && (bar.tier === 'P' || values.long === true);
  return (isNamed || isOfTier) && bar.by.length > 0 ? [[Number(number), bar]] : [];
});
const strange = positionals.filter((number) => !(number in BARS));
if (strange.length > 0) {
  console.error(`There is no bar ${strange.join(', ')}.`);
  process.exit(2);
}

interface TestResult {
  readonly file: string;
  readonly name: string;
  readonly hasPassed: boolean;
}

/** Runs tests of files, by name where only those hold a bar. */
function run(files: readonly string[], names: readonly string[]): { results: TestResult[]; said: string } {
  if (files.length === 0) return { results: [], said: '' };
  const folder = mkdtempSync(path.join(tmpdir(), 'tierline-bars-'));
  const report = path.join(folder, 'report.json');
  const pattern = names.map((name) => name.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('|');
  const { stdout, stderr } = spawnSync(
    'npx',
    [
      'vitest',
      'run',
      ...files,
      ...(pattern === '' ? [] : ['-t', `(${pattern})`]),
      '--reporter=default',
      '--reporter=json',
      `--outputFile.json=${report}`,
      '--maxWorkers=1',
    ],
    {
      cwd: ROOT,
      encoding: 'utf8',
      maxBuffer: 2 ** 28,
      env: { ...process.env, NO_COLOR: '1', ...(values.long && { TIERLINE_LONG: '1' }) },
    },
  );
  const said = `${stdout}${stderr}`;
  process.stdout.write(said);
  try {
    const { testResults } = JSON.parse(readFileSync(report, 'utf8')) as {
      testResults: { name: string; assertionResults: { fullName: string; status: string }[] }[];
    };
    const results = testResults.flatMap(({ name, assertionResults }) =>
      assertionResults
        .filter(({ status }) => status === 'passed' || status === 'failed')
        .map(({ fullName, status }) => ({
          file: path.relative(ROOT, name),
          name: fullName,
          hasPassed: status === 'passed',
        })),
    );
    return { results, said };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const held = wanted.flatMap(([, { by }]) => by);
const whole = [...new Set(held.filter(({ test }) => !test).map(({ file }) => file))];
const named = held.filter(({ file, test }) => test && !whole.includes(file));
const parts: readonly (readonly [string[], string[]])[] = [
  [whole, []],
  [[...new Set(named.map(({ file }) => file))], [...new Set(named.map(({ test }) => test ?? ''))]],
];
const results: TestResult[] = [];

interface Told {
  readonly figure: string;
  readonly faults: string;
}

/** Figures that tests have told, by bar. */
const told = new Map<number, Told>();
function hear(said: string): void {
  for (const [, number, json] of said.matchAll(/^bar (\d+): (\{.*\})$/gm))
    told.set(Number(number), JSON.parse(json ?? '') as Told);
}

function standingOf(number: number, { by }: Bar): Standing {
  const resultsOf = ({ file, test }: HeldBy) =>
    results.filter((one) => one.file === file && (!test || one.name.includes(test)));
  const each = by.map(resultsOf);
  const failed = each.flat().filter(({ hasPassed }) => !hasPassed);
  const count = each.flat().length;
  const hasRun = each.every((of) => of.length > 0);
  const figure = told.get(number)?.figure ?? `${count - failed.length} of ${count} tests`;
  return {
    state: hasRun && failed.length === 0 ? 'held' : 'not held',
    figure: failed.length === 0 ? figure : `${figure}; failed: ${failed.map(({ name }) => name).join('; ')}`,
    faults: told.get(number)?.faults ?? '',
    date: new Date().toISOString().slice(0, 10),
  };
}

const standings = standingsOf(readFileSync(PAGE, 'utf8'));
const files = new Set<string>();
// After each part, so that what is broken off has told what it knows.
for (const [of, names] of parts) {
  const one = run(of, names);
  results.push(...one.results);
  hear(one.said);
  for (const file of of) files.add(file);
  const done = wanted.filter(([, { by }]) => by.every(({ file }) => files.has(file)));
  for (const [number, bar] of done) standings.set(number, standingOf(number, bar));
  writeFileSync(PAGE, pageOf(standings));
}
const missed = wanted.filter(([number]) => standings.get(number)?.state === 'not held');
for (const [number, { what }] of missed) console.log(`bar ${number} is not held: ${what}`);
console.log(`${wanted.length} bars run, ${missed.length} not held`);
process.exitCode = missed.length > 0 ? 1 : 0;
