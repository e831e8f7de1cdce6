import { InvalidInput, type Issue } from '../../../platform/values/errors.ts';

/** A column that a kind of file may have. */
export interface Column {
  /** Other names under which it is known, e.g. the Chinese one. */
  readonly also?: readonly string[];
  /** The file must have it. */
  readonly needed?: true;
  /** Its cells may have several lines. */
  readonly lines?: true;
}

/** The columns of a kind of file by name. */
export interface RowColumns {
  readonly named: Readonly<Record<string, Column>>;
  /** Any column whose name begins so is taken too, e.g. `profile.`. */
  readonly prefix?: string;
}

/** The columns of a file in their order. */
export interface Header {
  readonly names: readonly string[];
  readonly takesLines: ReadonlySet<string>;
}

const MOST_COLUMNS = 200;

/**
 * The columns that a file's first line names, in any order, in English or Chinese; upper and lower case are the same.
 *
 * @throws {InvalidInput} naming each column that is not known, is there twice, or is missing
 */
export function readHeader(cells: readonly string[], { named, prefix }: RowColumns): Header {
  if (cells.length > MOST_COLUMNS) {
    throw new InvalidInput([{ path: 'header', message: `names ${cells.length} columns, more than ${MOST_COLUMNS}` }]);
  }
  const known = new Map(
    Object.entries(named).flatMap(([name, { also = [] }]) =>
      [name, ...also].map((alias) => [fold(alias), name] as const),
    ),
  );
  const issues: Issue[] = headerIssues(cells, known);
  if (issues.length > 0) throw new InvalidInput(issues);
  const names = cells.map((cell) => {
    const text = cell.trim();
    const name =
      known.get(fold(text)) ?? (prefix && text.startsWith(prefix) && text.length > prefix.length ? text : null);
    if (name) return name;
    const others = [...Object.keys(named), ...(prefix ? [`${prefix}<field>`] : [])].join(', ');
    issues.push({
      path: `column ${text.slice(0, 60)}`,
      message: `is not known; known are ${others}`,
    });
    return '';
  });
  for (const [index, name] of names.entries()) {
    if (name && names.indexOf(name) !== index) issues.push({ path: `column ${name}`, message: 'is there twice' });
  }
  for (const [name, { needed }] of Object.entries(named)) {
    if (needed && !names.includes(name)) issues.push({ path: `column ${name}`, message: 'is missing' });
  }
  if (issues.length > 0) throw new InvalidInput(issues);
  return { names, takesLines: new Set(names.filter((name) => named[name]?.lines)) };
}

const SEPARATORS = { ';': 'semicolons', '\t': 'tabs', '|': 'bars', '，': 'Chinese commas' } as const;

/** What is wrong with the header as a whole: another separator than commas, columns without a name. */
function headerIssues(cells: readonly string[], known: ReadonlyMap<string, string>): Issue[] {
  const line = cells.join(',');
  for (const [separator, name] of Object.entries(SEPARATORS)) {
    const parts = line.split(separator).map((part) => fold(part));
    if (parts.filter((part) => known.has(part)).length > 1 && !cells.some((cell) => known.has(fold(cell))))
      return [{ path: 'header', message: `sets its columns apart by ${name}; save the file with commas` }];
  }
  const last = cells.findLastIndex((cell) => cell.trim() !== '');
  if (last < cells.length - 1)
    return [
      { path: 'header', message: 'ends with a comma, so that its last column has no name; take the column away' },
    ];
  return cells.flatMap((cell, index) =>
    cell.trim() === '' ? [{ path: 'header', message: `has no name for column ${index + 1}` }] : [],
  );
}

function fold(name: string): string {
  return name
    .normalize('NFKC')
    .replace(/[\s_-]/g, '')
    .toLowerCase();
}
