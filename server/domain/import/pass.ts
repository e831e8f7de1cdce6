import { Conflict, InvalidInput } from '../../platform/values/errors.ts';
import type { CheckedBatch, FileKind, Stored } from './kind.ts';
import type { ReadRow, Row } from './reading/read-rows.ts';
import type { RowIssue } from './reading/rejects.ts';

/** Rows that are checked and written together. */
const BATCH = 500;

/** How often a batch is checked again because somebody changed what it was checked against. */
const TRIES = 3;

/**
 * What a pass writes of a batch: nothing, nothing but counting what it would, its good rows, or all of it, since it was good
 * when it was checked before.
 */
export type Storing = 'NONE' | 'COUNTED' | 'GOOD' | 'WHOLE';

export interface PassOptions {
  readonly store: Storing;
  readonly reject: (issues: readonly RowIssue[]) => Promise<void>;
  readonly onBatch: (rows: number) => void;
}

export interface Counts {
  readonly read: number;
  /** Rows that were new or changed. */
  readonly imported: number;
  readonly unchanged: number;
  readonly rejected: number;
}

/**
 * Goes over a file's rows once, in batches.
 *
 * @throws {InvalidInput} the file is not readable from some line on; good rows above it are written where they are to be, and
 *   the last issue says which
 */
export async function runPass(importer: FileKind, rows: AsyncIterable<ReadRow>, options: PassOptions): Promise<Counts> {
  const pass = new Pass(importer, options);
  try {
    for await (const read of rows) await pass.take(read);
  } catch (error) {
    if (options.store !== 'GOOD' || !(error instanceof InvalidInput) || pass.counts.read === 0) throw error;
    await pass.flush();
    throw new InvalidInput([...error.issues, pass.said()]);
  }
  await pass.flush();
  return pass.counts;
}

class Pass {
  readonly counts = { read: 0, imported: 0, unchanged: 0, rejected: 0 };
  readonly #importer: FileKind;
  readonly #options: PassOptions;
  readonly #seen = new Set<string>();
  #batch: Row[] = [];
  #issues: RowIssue[] = [];
  #firstLine: number | null = null;
  #lastLine = 0;

  constructor(importer: FileKind, options: PassOptions) {
    this.#importer = importer;
    this.#options = options;
  }

  async take(read: ReadRow): Promise<void> {
    this.counts.read += 1;
    const line = 'row' in read ? read.row.line : read.line;
    this.#firstLine ??= line;
    this.#lastLine = line;
    if (!('row' in read)) this.#issues.push(...read.issues);
    else if (this.#isRepeated(read.row))
      this.#issues.push({ line, column: null, rule: 'repeats the key of a row above', value: null });
    else this.#batch.push(read.row);
    if (this.#batch.length >= BATCH || this.#issues.length >= BATCH) await this.flush();
  }

  #isRepeated(row: Row): boolean {
    const key = this.#importer.keyOf(row);
    if (key === null) return false;
    const isRepeated = this.#seen.has(key);
    this.#seen.add(key);
    return isRepeated;
  }

  /** Checks what was taken, and stores it where it is to be stored. */
  async flush(): Promise<void> {
    const { counts } = this;
    if (this.#batch.length === 0 && this.#issues.length === 0) return;
    const checked =
      this.#batch.length > 0 ? await checkAndStore(this.#importer, this.#batch, this.#options.store) : null;
    const issues = [...this.#issues, ...(checked?.issues ?? [])];
    counts.imported += checked?.imported ?? 0;
    counts.unchanged += checked?.unchanged ?? 0;
    counts.rejected += new Set(issues.map(({ line }) => line)).size;
    if (issues.length > 0) await this.#options.reject(issues.sort((a, b) => a.line - b.line));
    this.#batch = [];
    this.#issues = [];
    this.#options.onBatch(counts.read);
  }

  /** What became of the rows above a fault. */
  said(): { readonly path: string; readonly message: string } {
    const { imported, unchanged, rejected } = this.counts;
    return {
      path: `lines ${this.#firstLine} to ${this.#lastLine}`,
      message: `were taken: ${imported} rows imported, ${unchanged} unchanged, ${rejected} rejected`,
    };
  }
}

/** Checks a batch and, where it is to be stored, stores it; again where others were faster. */
async function checkAndStore(
  importer: FileKind,
  batch: readonly Row[],
  store: Storing,
): Promise<Stored & Pick<CheckedBatch, 'issues'>> {
  for (let tries = 1; ; tries += 1) {
    const { issues, count, store: write } = await importer.check(batch);
    if (store === 'NONE') return { issues, imported: 0, unchanged: 0 };
    if (store === 'COUNTED') return { issues, ...(await count()) };
    const [first] = issues;
    if (store === 'WHOLE' && first) {
      const message = `Line ${first.line} was right when the file was checked and is not any more: ${first.rule}. Batches before it are written.`;
      throw new Conflict(null, message);
    }
    try {
      return { issues, ...(await write()) };
    } catch (error) {
      if (!(error instanceof Conflict) || tries === TRIES) throw error;
    }
  }
}
