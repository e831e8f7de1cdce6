// Measures the structure of a checkout and prints it as a table: node --import tsx test/structure/measure.ts [ROOT]
// With the root of an older checkout it measures that one, so that two of them can be compared.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { holdsSql, knots, longFunctions } from './source-files.ts';

const root = resolve(process.argv[2] ?? join(import.meta.dirname, '../..'));

const sources = ['server', 'schema', 'plugins', 'client']
  .filter((folder) => existsSync(join(root, folder)))
  .flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts') && !name.includes('generated/'))
      .map((name) => ({ file: `${folder}/${name}`, text: readFileSync(join(root, folder, name), 'utf8') })),
  );
const platform = sources.filter(({ file }) => !file.startsWith('plugins/'));

const imports = sources.flatMap(({ file, text }) =>
  [...text.matchAll(/^(?:import|export) (type )?(?:[^;]*?from )?'(\.[^']+)'/gm)].map(([, type, to = '']) => ({
    from: file,
    to: relative(root, resolve(root, dirname(file), to)),
    isTypeOnly: type !== undefined,
  })),
);

/** The room of a file: a slice of the domain, a part of another floor, or a folder of a layout without floors. */
const roomOf = (file: string): string =>
  /^server\/(?:app|transport|domain|engine|platform)\/[^/]+(?=\/)/.exec(file)?.[0] ??
  /^server\/[^/]+/.exec(file)?.[0] ??
  file.split('/')[0] ??
  '';

const FLOORS = ['server/app/', 'server/transport/', 'schema/', 'server/domain/', 'server/engine/', 'server/platform/'];
const floorOf = (file: string) => FLOORS.findIndex((floor) => file.startsWith(floor));

function largestKnot(isCounted: (one: (typeof imports)[number]) => boolean): number {
  const edges = imports.filter(isCounted).map(({ from, to }) => [roomOf(from), roomOf(to)] as const);
  return knots(edges)[0]?.length ?? 0;
}

const count = (pattern: RegExp, among = platform) =>
  among.reduce((sum, { text }) => sum + [...text.matchAll(pattern)].length, 0);
/** SQL where it is not at home: outside of the files that are named for it, and of the platform's storage. */
const strayed = platform.filter(
  ({ file, text }) => !/\/sql[\w-]*\.ts$|^server\/(?:platform\/)?storage\//.test(file) && holdsSql(text),
);

const inServer = readdirSync(join(root, 'server'), { withFileTypes: true }).filter(({ name }) => name !== 'generated');
const explained = existsSync(join(root, 'docs/sources.md')) ? readFileSync(join(root, 'docs/sources.md'), 'utf8') : '';
const references = sources.flatMap(({ text }) => text.match(/\bA-\d{3}\b|\bS0\d-[a-z-]+|\bX-\d\d\b/g) ?? []);
const slices = existsSync(join(root, 'server/domain'))
  ? readdirSync(join(root, 'server/domain'))
  : inServer.filter((entry) => entry.isDirectory()).map(({ name }) => name);

const rows: readonly (readonly [what: string, value: string | number])[] = [
  [
    'folders + loose files directly under server/',
    `${inServer.filter((one) => one.isDirectory()).length} + ${inServer.filter((one) => one.isFile()).length}`,
  ],
  [
    'rooms in the largest knot of imports, values / types too',
    `${largestKnot(({ isTypeOnly }) => !isTypeOnly)} / ${largestKnot(() => true)}`,
  ],
  [
    'imports that point up (types included)',
    imports.filter(({ from, to }) => floorOf(from) >= 0 && floorOf(to) >= 0 && floorOf(to) < floorOf(from)).length,
  ],
  ['functions that are too long', platform.flatMap(({ file, text }) => longFunctions(file, text)).length],
  ['files over 300 lines', platform.filter(({ text }) => text.split('\n').length > 301).length],
  ['`as never` / `as unknown as`', count(/\bas never\b|\bas unknown as\b/g, sources)],
  ['files that hold SQL, outside of sql.ts and storage', strayed.length],
  [
    'references to the documents that docs/sources.md does not explain',
    references.filter((id) => !explained.includes(`| ${id} |`)).length,
  ],
  ['audit entries written out by hand', count(/\b(?:writeAudit|auditRow)\(/g)],
  ['slices without a folder of tests', slices.filter((slice) => !existsSync(join(root, 'test', slice))).length],
  ['lines of the platform', platform.reduce((sum, { text }) => sum + text.split('\n').length - 1, 0)],
];
for (const [what, value] of rows) console.log(`| ${what} | ${value} |`);
