import { existsSync, readdirSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';
import { buildSchema, parse, validate } from 'graphql';
import { describe, expect, test } from 'vitest';
import { auditCommand } from '../../server/app/cli/audit.ts';
import { backupCommand, restoreCommand } from '../../server/app/cli/backup.ts';
import { doctorCommand } from '../../server/app/cli/doctor.ts';
import { keysCommand } from '../../server/app/cli/keys.ts';
import { migrateCommand } from '../../server/app/cli/migrate.ts';
import { policyCommand } from '../../server/app/cli/policy.ts';
import { staffCommand } from '../../server/app/cli/staff.ts';
import { ROOT, read } from './source-files.ts';

const docs = readdirSync(join(ROOT, 'docs'), { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.md'))
  .map((name) => `docs/${name}`)
  .sort();
const pages = ['README.md', 'CONTRIBUTING.md', 'SECURITY.md', ...docs];

interface Block {
  readonly language: string;
  readonly text: string;
}

interface Page {
  /** Without its code blocks. */
  readonly prose: string;
  readonly blocks: readonly Block[];
  readonly headings: readonly { readonly depth: number; readonly title: string }[];
}

function pageOf(text: string): Page {
  const fenced = /^```(\w*)\n(.*?)^```$/gms;
  const prose = text.replaceAll(fenced, '');
  return {
    prose,
    blocks: [...text.matchAll(fenced)].map(([, language = '', body = '']) => ({ language, text: body })),
    headings: [...prose.matchAll(/^(#+) (.+)$/gm)].map(([, marks = '', title = '']) => ({
      depth: marks.length,
      title,
    })),
  };
}

const page = (file: string): Page => pageOf(read(file));

/** Anchors as GitHub makes them of headings. */
function anchorsOf({ headings }: Page): Set<string> {
  const seen = new Map<string, number>();
  return new Set(
    headings.map(({ title }) => {
      const slug = title
        .toLowerCase()
        .replaceAll(/[^\p{L}\p{N}\p{M}_ -]/gu, '')
        .replaceAll(' ', '-');
      const before = seen.get(slug) ?? 0;
      seen.set(slug, before + 1);
      return before === 0 ? slug : `${slug}-${before}`;
    }),
  );
}

interface Link {
  readonly to: string;
  readonly file: string;
  readonly anchor: string | undefined;
}

/** Links of a page to files, as paths from the root. */
function linksOf(file: string): Link[] {
  return [...page(file).prose.matchAll(/\]\(([^)\s]+)\)/g)].flatMap(([, to = '']) => {
    if (/^[a-z]+:/.test(to)) return [];
    const [path = '', anchor] = to.split('#');
    return [{ to, file: path ? posix.normalize(posix.join(posix.dirname(file), path)) : file, anchor }];
  });
}

/** What stands in code: blocks line by line, and code within sentences. */
function codeOf({ blocks, prose }: Page): string[] {
  return [
    ...blocks.flatMap(({ text }) => text.split('\n')),
    ...[...prose.matchAll(/`([^`\n]+)`/g)].map(([, code = '']) => code),
  ];
}

describe('links', () => {
  test('anchors are made as GitHub makes them, and links of code are none', () => {
    const sample = pageOf(
      '# What it is made of\n\n```md\n# no heading\n[no](link.md)\n```\n\n## `a`, b & c\n\n## 时钟：说明\n',
    );
    expect([...anchorsOf(sample)]).toEqual(['what-it-is-made-of', 'a-b--c', '时钟说明']);
    expect(sample.prose).not.toContain('link.md');
  });

  test('every page of docs/ is reached from README.md or docs/README.md', () => {
    const reached = new Set<string>();
    const next = ['README.md', 'docs/README.md'];
    for (let file = next.pop(); file !== undefined; file = next.pop()) {
      if (reached.has(file)) continue;
      reached.add(file);
      next.push(...linksOf(file).flatMap((link) => (pages.includes(link.file) ? [link.file] : [])));
    }
    expect(docs.length).toBeGreaterThan(50);
    expect(docs.filter((file) => !reached.has(file))).toEqual([]);
  });

  test('every link within the repository leads to a file and a heading', () => {
    const all = pages.flatMap((from) => linksOf(from).map((link) => ({ from, ...link })));
    expect(all.length).toBeGreaterThan(100);
    const broken = all.filter(({ file, anchor }) => {
      if (!existsSync(join(ROOT, file))) return true;
      return anchor !== undefined && !anchorsOf(page(file)).has(decodeURIComponent(anchor));
    });
    expect(broken.map(({ from, to }) => `${from}: ${to}`)).toEqual([]);
  });
});

/** Pages that are there in Chinese too, with their English ones. */
const pairs = docs
  .filter((file) => file.startsWith('docs/zh/'))
  .map((chinese) => {
    const name = posix.basename(chinese);
    return { chinese, english: name === 'README.md' ? 'README.md' : `docs/${name}` };
  });

describe('Chinese pages', () => {
  test('what a newcomer, an operator and an author need is there', () => {
    const names = pairs.map(({ chinese }) => posix.basename(chinese));
    expect(names).toEqual(
      expect.arrayContaining([
        'README.md',
        'tutorial.md',
        'operating.md',
        'care.md',
        'writing-a-policy.md',
        'alerts.md',
      ]),
    );
  });

  test.each(pairs)('$chinese has the headings and the code of $english', ({ chinese, english }) => {
    const [one, other] = [page(chinese), page(english)];
    expect(one.headings.map(({ depth }) => depth)).toEqual(other.headings.map(({ depth }) => depth));
    expect(one.blocks).toEqual(other.blocks);
    const rows = ({ prose }: Page) => prose.split('\n').filter((line) => line.startsWith('|')).length;
    expect(rows(one), 'rows of tables').toBe(rows(other));
    expect(one.headings.filter(({ title }) => !/\p{Script=Han}/u.test(title)).length).toBeLessThan(3);
  });

  test.each(pairs)('$chinese and $english name each other at the top', ({ chinese, english }) => {
    const [to, back] = [posix.relative(dirname(english), chinese), posix.relative(dirname(chinese), english)];
    expect(read(english).split('\n')[2]).toBe(`English | [中文](${to})`);
    expect(read(chinese).split('\n')[2]).toBe(`[English](${back}) | 中文`);
  });
});

/** Commands by name, each with those below it. */
const commands = new Map<string, readonly string[]>([
  ...[...read('server/app/cli/tierline.ts').matchAll(/^program\n {2}\.command\('(\w+)'\)/gm)].map(
    ([, name = '']) => [name, []] as const,
  ),
  ...[
    policyCommand(),
    staffCommand(),
    auditCommand(),
    keysCommand(),
    backupCommand(),
    restoreCommand(),
    doctorCommand(),
    migrateCommand(),
  ].map((command) => [command.name(), command.commands.map((below) => below.name())] as const),
]);

const options = new Set(
  readdirSync(join(ROOT, 'server/app/cli')).flatMap((file) =>
    [...read(`server/app/cli/${file}`).matchAll(/'(?:-\w, )?(--[a-z-]+)/g)].map(([, option = '']) => option),
  ),
);

/** What a line of code calls `tierline` with; what npm installs and what a file of settings calls so is no call. */
const CALL = /(?<![\w=/.:'"-]|npm (?:i|install) )tierline (?:-- )?([a-z]+)(?: ([a-z]+)(?= |$))?([^#&|;]*)/g;

interface Call {
  readonly code: string;
  readonly name: string;
  readonly below: string | undefined;
  readonly flags: readonly string[];
}

function callsIn(code: string): Call[] {
  return [...code.matchAll(CALL)].map(([, name = '', below, rest = '']) => ({
    code,
    name,
    below,
    flags: rest.match(/(?<= )--[a-z-]+/g) ?? [],
  }));
}

function isCallOf({ name, below, flags }: Call): boolean {
  const known = commands.get(name);
  if (!known || flags.some((flag) => !options.has(flag))) return false;
  return known.length === 0 || below === undefined || known.includes(below);
}

/** Settings, as the table of server/app/env.ts has them. */
const settings = new Set(
  [...read('server/app/env.ts').matchAll(/^ {2}([A-Z][A-Z_]+): /gm)].map(([, name = '']) => name),
);
/** Asks the tests for their long versions. */
const OF_TESTS = ['TIERLINE_LONG'];

describe('what pages tell to type', () => {
  test('a wrong command, option or word below a command is found out', () => {
    const judged = (code: string) => callsIn(code).map(isCallOf);
    expect(judged('npx tierline staff add 0017 --name x && tierline staff list')).toEqual([true, true]);
    expect(judged('npm run tierline -- import customers FILE.csv')).toEqual([true]);
    expect(judged('tierline policy publish x')).toEqual([false]);
    expect(judged('tierline backups FILE')).toEqual([false]);
    expect(judged('tierline backup FILE --fast')).toEqual([false]);
    expect(judged('npm install tierline graphql-ws ws')).toEqual([]);
  });

  test('every command of tierline is one', () => {
    const calls = pages.flatMap((file) => codeOf(page(file)).flatMap((code) => callsIn(code)));
    expect(calls.length).toBeGreaterThan(30);
    expect(calls.filter((call) => !isCallOf(call)).map(({ code }) => code)).toEqual([]);
  });

  test('every command stands in a page', () => {
    const named = new Set(
      pages.flatMap((file) => codeOf(page(file)).flatMap((code) => callsIn(code).map(({ name }) => name))),
    );
    expect([...commands.keys()].filter((name) => !named.has(name))).toEqual([]);
  });

  test('every variable of the environment is a setting', () => {
    const named = pages.flatMap((file) =>
      (read(file).match(/\b(?:TIERLINE|JWT)_[A-Z]+(?:_[A-Z]+)*\b/g) ?? []).map((name) => ({ file, name })),
    );
    expect(named.length).toBeGreaterThan(50);
    const unknown = named.filter(({ name }) => !settings.has(name) && !OF_TESTS.includes(name));
    expect(unknown.map(({ file, name }) => `${file}: ${name}`)).toEqual([]);
  });

  test("every setting has its row in the operators' page", () => {
    const rows = page('docs/operating.md')
      .prose.split('\n')
      .filter((line) => line.startsWith('| `'));
    const told = new Set(rows.flatMap((row) => (row.split('|')[1] ?? '').match(/(?<=`)[A-Z_]+(?=`)/g) ?? []));
    expect(settings.size).toBeGreaterThan(15);
    expect([...settings].filter((name) => name !== 'NODE_ENV' && !told.has(name))).toEqual([]);
    expect(read('docs/operating.md')).toContain('NODE_ENV=production');
  });
});

describe('documents of GraphQL', () => {
  const schema = buildSchema(read('schema/schema.graphql'));
  const [errorFields = ''] = /^fragment ErrorFields .*?^}/ms.exec(read('schema/operations.graphql')) ?? [];
  const complete = (text: string) =>
    text.includes('...ErrorFields') && !text.includes('fragment ErrorFields') ? `${text}\n${errorFields}` : text;
  const documents = [
    'docs/tutorial.md',
    'README.md',
    'docs/alerts.md',
    ...docs.filter((file) => file.includes('/how-to/')),
  ].flatMap((file) =>
    page(file)
      .blocks.filter(({ language }) => language === 'graphql')
      .map(({ text }, index) => ({ file, index: index + 1, text })),
  );

  test('the tutorial has some', () => {
    expect(documents.filter(({ file }) => file === 'docs/tutorial.md').length).toBeGreaterThan(7);
  });

  test.each(documents)('$file, block $index', ({ file, text }) => {
    const whole = file === 'docs/tutorial.md' ? text : complete(text);
    expect(validate(schema, parse(whole)).map(({ message }) => message)).toEqual([]);
  });
});
