import { once } from 'node:events';
import { createWriteStream, rmSync } from 'node:fs';
import { finished } from 'node:stream/promises';
import { stringify } from 'csv-stringify/sync';
import { maskEmail, maskIdNumber, maskPhone } from '../../../platform/access/mask.ts';

/** What is wrong with a row. */
export interface RowIssue {
  /** From 1; the header's is 1. */
  readonly line: number;
  /** Null where it is the row as a whole. */
  readonly column: string | null;
  /** The rule that is broken. */
  readonly rule: string;
  readonly value: string | null;
}

/** The longest value that is shown, in characters. */
const SHOWN = 100;

const MASKS: Readonly<Record<string, (value: string) => string>> = {
  phone: (value) => maskPhone(value),
  email: maskEmail,
  idNumber: maskIdNumber,
  name: (value) => `${[...value][0] ?? ''}***`,
  birthday: () => '***',
  description: () => '***',
  resolution: () => '***',
};

/**
 * The issue as it may be shown: a value of a sensitive column masked, control characters made visible.
 *
 * @param sensitive profile fields that leave masked
 */
export function shownIssue(issue: RowIssue, sensitive: ReadonlySet<string>): RowIssue {
  const { column, value } = issue;
  if (value === null) return issue;
  const field = column?.startsWith('profile.') ? column.slice('profile.'.length) : null;
  const mask = field !== null && sensitive.has(field) ? () => '***' : MASKS[column ?? ''];
  const shown = (mask ? mask(value) : value).slice(0, SHOWN).replace(/\p{Cc}/gu, '\ufffd');
  return { ...issue, value: shown };
}

const COLUMNS = ['line', 'column', 'rule', 'value'];

/** A CSV file of issues, made when the first one is written. Spreadsheets take no cell of it for a formula. */
export class RejectFile {
  readonly #path: string | null;
  #stream: ReturnType<typeof createWriteStream> | null = null;

  constructor(path: string | null) {
    this.#path = path;
  }

  /** Where it is; null while nothing was written. */
  get written(): string | null {
    return this.#stream ? this.#path : null;
  }

  async write(issues: readonly RowIssue[]): Promise<void> {
    if (this.#path === null || issues.length === 0) return;
    const isFirst = this.#stream === null;
    this.#stream ??= createWriteStream(this.#path, { mode: 0o600 });
    const records = issues.map(({ line, column, rule, value }) => [line, column ?? '', rule, value ?? '']);
    const text = stringify(records, { header: isFirst, columns: COLUMNS, escape_formulas: true });
    if (!this.#stream.write(text)) await once(this.#stream, 'drain');
  }

  /** Ends the file, whether the import did or not. */
  async close(): Promise<void> {
    if (!this.#stream || this.#stream.writableEnded) return;
    this.#stream.end();
    await finished(this.#stream);
  }

  /** Removes the file of an earlier run, lest it be taken for this one's, which found nothing to reject. */
  removeStale(): void {
    if (!this.#stream && this.#path !== null) rmSync(this.#path, { force: true });
  }
}
