import type { FileHandle } from 'node:fs/promises';
import { finished } from 'node:stream/promises';
import { CsvError, type Options, parse } from 'csv-parse';
import { InvalidInput } from '../../../platform/values/errors.ts';
import { brokenRule, type TextKind, textKindOf } from '../../../platform/values/text-kinds.ts';
import { type Header, type RowColumns, readHeader } from './columns.ts';
import { type Reading, type ReadState, readText } from './encoding.ts';
import type { RowIssue } from './rejects.ts';

/** The largest row, in characters, however many lines it has. */
const LARGEST_ROW = 262_144;

/** A row as the file has it: texts without the space around them, null where a cell is empty. */
export interface Row {
  /** The line on which it begins, from 1; the header's is 1. */
  readonly line: number;
  /** By the column's name; a column that the file lacks is absent. */
  readonly cells: Readonly<Record<string, string | null>>;
}

/** Either a row, or what keeps it from being one. */
export type ReadRow = { readonly row: Row } | { readonly line: number; readonly issues: readonly RowIssue[] };

/**
 * The rows of a CSV file, read as a stream: commas, double quotes, any line ends; lines and rows that are empty are left out.
 *
 * @throws {InvalidInput} the header names a column that is not known or lacks one that is needed, or the file is no CSV
 *   from some line on: then nothing can be said of what follows
 */
export async function* readRows(
  handle: FileHandle,
  { encoding, strangers }: Reading,
  columns: RowColumns,
  state: ReadState,
): AsyncGenerator<ReadRow> {
  const misquoted = new Set<number>();
  const options: Options = {
    skip_empty_lines: true,
    relax_column_count: true,
    record_delimiter: '\n',
    max_record_size: LARGEST_ROW,
    skip_records_with_error: true,
    on_skip: (error) => {
      // After a stray quote inside a cell the row's end is certain; after any other fault it is not.
      if (error?.code !== 'INVALID_OPENING_QUOTE') throw error;
      misquoted.add(Number((error as CsvError & { lines?: number }).lines));
      return undefined;
    },
  };
  let header: Header | undefined;
  for await (const { record, lines, isFirst } of recordsOf(readText(handle, encoding, state), options)) {
    header ??= readHeader(record, columns);
    yield* misquotedRows(misquoted);
    // Spreadsheets leave rows of commas below a table.
    const isEmpty = record.every((cell) => cell.trim() === '');
    if (!isFirst && !isEmpty) yield readRow(record, header, lines, { encoding, strangers });
  }
  if (!header) throw new InvalidInput([{ path: 'file', message: 'is empty: its first line names the columns' }]);
  yield* misquotedRows(misquoted);
}

interface Parsed {
  readonly record: string[];
  /** On which it ends, from 1. */
  readonly lines: number;
  readonly isFirst: boolean;
}

/**
 * The records of a text that comes in pieces. They are taken as the parser finds them: a stream that fails drops what it
 * holds, and the rows above a fault would go with it.
 *
 * @throws {InvalidInput} after the last record above the place from which on the text is no CSV
 */
async function* recordsOf(text: AsyncIterable<string>, options: Options): AsyncGenerator<Parsed> {
  let found: Parsed[] = [];
  const parser = parse({
    ...options,
    on_record: (record, { lines, records }) => {
      found.push({ record, lines, isFirst: records === 1 });
      return null;
    },
  });
  // Told below, where the records above it were taken.
  parser.on('error', () => {});
  parser.resume();
  const take = () => {
    const taken = found;
    found = [];
    return taken;
  };
  for await (const piece of text) {
    // What is written is parsed when the call returns.
    parser.write(piece);
    yield* take();
    if (parser.errored) throw faultOf(parser.errored);
  }
  parser.end();
  const fault = await finished(parser).then(
    () => null,
    (error: Error) => error,
  );
  yield* take();
  if (fault) throw faultOf(fault);
}

function faultOf(error: Error): Error {
  return error instanceof CsvError ? unreadable(error) : error;
}

function readRow(
  record: readonly string[],
  { names, takesLines }: Header,
  endLine: number,
  { encoding, strangers }: Reading,
): ReadRow {
  const line = endLine - record.reduce((sum, text) => sum + (text.includes('\n') ? text.split('\n').length - 1 : 0), 0);
  if (record.length !== names.length) {
    const rule = `the row has ${record.length} cells and the header ${names.length}`;
    return { line, issues: [{ line, column: null, rule, value: null }] };
  }
  const issues: RowIssue[] = [];
  const cells: Record<string, string | null> = {};
  for (const [index, name] of names.entries()) {
    const value = (record[index] ?? '').trim();
    const rule = value.includes('\ufffd')
      ? `holds bytes that are not ${NAMES[encoding]}, in which the file is read`
      : brokenRule(value, kindOf(name, takesLines.has(name)));
    if (rule) issues.push({ line, column: name, rule, value });
    cells[name] = value === '' ? null : value;
  }
  for (let one = line; one <= endLine && strangers.size > 0 && issues.length === 0; one += 1) {
    if (!strangers.has(one)) continue;
    const rule = `line ${one} has words of another encoding than ${NAMES[encoding]}, in which the file is read`;
    issues.push({ line, column: null, rule, value: null });
  }
  return issues.length > 0 ? { line, issues } : { row: { line, cells } };
}

const NAMES: Readonly<Record<Reading['encoding'], string>> = { 'utf-8': 'UTF-8', gb18030: 'GB18030' };

/** A cell is one line unless its column takes several. */
function kindOf(column: string, takesLines: boolean): TextKind {
  if (takesLines) return 'PROSE';
  const kind = textKindOf(column.slice(column.lastIndexOf('.') + 1));
  return kind === 'PROSE' ? 'LINE' : kind;
}

function* misquotedRows(lines: Set<number>): Generator<ReadRow> {
  for (const line of lines) {
    yield {
      line,
      issues: [{ line, column: null, rule: 'holds a quote inside a cell that is not quoted', value: null }],
    };
  }
  lines.clear();
}

const FAULTS: Readonly<Record<string, string>> = {
  CSV_INVALID_CLOSING_QUOTE: 'has text after a closing quote; nothing was read beyond it',
  CSV_QUOTE_NOT_CLOSED: 'ends within quotes: somewhere above, a quote is not closed; nothing was read beyond it',
  CSV_MAX_RECORD_SIZE: `has a row longer than ${LARGEST_ROW} characters, is a quote above it not closed? Nothing was read beyond it`,
};

function unreadable(error: CsvError): InvalidInput {
  const { lines } = error as CsvError & { lines?: number };
  return new InvalidInput([
    { path: `line ${lines ?? '?'}`, message: FAULTS[error.code] ?? `${error.message}; nothing was read beyond it` },
  ]);
}
