// Runs the benchmarks, one after the other, each a process of its own: npm run bench -- [names] [--list]
// Each prints ratios that were measured in its own run; a quiet machine gives the ones that docs/ and the decisions name.
import { spawnSync } from 'node:child_process';
import { parseArgs } from 'node:util';

/** Names of the programs beside this one, and what each measures. */
const BENCHES: Readonly<Record<string, string>> = {
  'business-time': 'a due instant over a compiled calendar, against a walk over days and over minutes',
  durations: 'a duration as answers have it, against Temporal',
  'open-ticket': 'opening a ticket with its clocks, against one hand-written statement',
  decisions: 'opening a ticket through GraphQL with its decisions kept, against one without',
  shadow: 'opening a ticket while a candidate is asked the same, against without',
  sweep: 'a sweep among a million clocks, against one among ten thousand',
  reads: 'screens through HTTP and GraphQL, against one hand-written statement behind a bare HTTP server',
  'row-security': 'the same screens with the policies of tables, against those without',
  summary: 'the dashboard by kept counts, against the live aggregate',
  million: 'lists of a million tickets, against lists of a tenth',
  'fan-out': 'an alert to thousands of subscribers, against bare WebSockets',
  regrade: 'grading a line, against one SQL statement',
  impact: 'the preview of a changed policy, and its application',
  import: 'importing customers, figures and their reruns',
  'care-run': 'a daily care run, against one SQL statement',
  'care-year': 'a simulated year of care: what is late, doubled or missing',
  attacks: "what others wait while each of the attacks runs, against a quiet server's",
};

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { list: { type: 'boolean' }, only: { type: 'string', multiple: true } },
});
const names = [...positionals, ...(values.only ?? [])];
const unknown = names.filter((name) => !(name in BENCHES));
if (values.list || unknown.length > 0) {
  for (const name of unknown) console.error(`There is no benchmark ${name}.`);
  for (const [name, measures] of Object.entries(BENCHES)) console.log(`${name.padEnd(15)} ${measures}`);
  process.exit(unknown.length > 0 ? 2 : 0);
}
let failed = 0;
for (const name of names.length > 0 ? names : Object.keys(BENCHES)) {
  console.log(`\n# ${name}: ${BENCHES[name]}`);
  const program = new URL(`${name}.ts`, import.meta.url).pathname;
  const { status } = spawnSync(process.execPath, ['--import', 'tsx', program], { stdio: 'inherit' });
  if (status !== 0) failed += 1;
}
process.exitCode = failed > 0 ? 1 : 0;
