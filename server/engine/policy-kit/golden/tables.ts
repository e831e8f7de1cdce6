import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { parse } from 'csv-parse/sync';
import type { GoldenRow } from '../../policy/golden.ts';

/** A golden row with the place at which it stands. */
export interface PlacedRow extends GoldenRow {
  readonly file: string;
  readonly line: number;
  /** Its values are texts of a table, to be read as the fact is. */
  readonly isText: boolean;
}

/** Heads the columns of what is expected: `=> tier`. */
const EXPECTED = '=>';

/**
 * The golden rows beside a plugin: `golden.csv`, then `golden.ts` or `golden.js`.
 *
 * @throws {Error} a table cannot be read; the message names file and line
 */
export async function goldenRows(folder: string): Promise<PlacedRow[]> {
  const csv = path.join(folder, 'golden.csv');
  const rows = existsSync(csv) ? parseTables(readFileSync(csv, 'utf8'), 'golden.csv') : [];
  for (const file of ['golden.ts', 'golden.js']) {
    const module = path.join(folder, file);
    if (!existsSync(module)) continue;
    const { default: given } = (await import(/* @vite-ignore */ pathToFileURL(module).href)) as { default?: unknown };
    if (!Array.isArray(given)) throw new Error(`${file}: its default export is no list of rows`);
    const lines = readFileSync(module, 'utf8').split('\n');
    for (const row of given as GoldenRow[]) {
      const line =
        lines.findIndex((text) => ["'", '"', '`'].some((quote) => text.includes(quote + row.it + quote))) + 1;
      rows.push({ ...row, file, line, isText: false });
    }
  }
  return rows;
}

/**
 * Reads the tables of a golden CSV file. An empty line ends a table; the next line with something on it is the head of
 * another. A line that begins with # is a remark.
 *
 * @throws {Error} a row has no question, expects nothing, or is longer than its head
 */
export function parseTables(text: string, file: string): PlacedRow[] {
  // With `info` each record comes with its line, which the types of csv-parse do not say.
  const records: unknown = parse(text, {
    bom: true,
    info: true,
    relax_column_count: true,
    skip_empty_lines: false,
  });
  const rows: PlacedRow[] = [];
  let head: readonly string[] | null = null;
  for (const { record, info } of records as { record: string[]; info: { lines: number } }[]) {
    const cells = record.map((cell) => cell.trim());
    const at = `${file}:${info.lines}`;
    if (cells[0]?.startsWith('#')) continue;
    if (cells.every((cell) => cell === '')) {
      head = null;
      continue;
    }
    if (head === null) {
      head = cells;
      if (!head.includes('it') || !head.includes('question'))
        throw new Error(`${at}: the head of a table has the columns it and question`);
      continue;
    }
    if (cells.length > head.length)
      throw new Error(`${at}: the row has ${cells.length} cells, its head ${head.length}`);
    rows.push(rowOf(head, cells, { file, line: info.lines }));
  }
  return rows;
}

function rowOf(head: readonly string[], cells: readonly string[], place: { file: string; line: number }): PlacedRow {
  const filled = head.flatMap((column, index) => {
    const cell = cells[index] ?? '';
    return cell === '' ? [] : [[column, cell] as const];
  });
  const { it, question, ...given } = Object.fromEntries(filled.filter(([column]) => !column.startsWith(EXPECTED)));
  const expected = filled.flatMap(([column, cell]) =>
    column.startsWith(EXPECTED) ? [[column.slice(EXPECTED.length).trim(), cell] as const] : [],
  );
  if (!it || !question)
    throw new Error(`${place.file}:${place.line}: the row says neither what it shows nor what it asks`);
  if (expected.length === 0) throw new Error(`${place.file}:${place.line}: the row expects nothing`);
  return {
    it,
    question: question as GoldenRow['question'],
    given,
    expected: Object.fromEntries(expected),
    ...place,
    isText: true,
  };
}
