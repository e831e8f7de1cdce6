import { open } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import { Conflict, InvalidInput } from '../../platform/values/errors.ts';
import { customersKind } from './customers-kind.ts';
import type { CheckedBatch, FileKind, ImportContext, ImportServices, Stored } from './kind.ts';
import { metricsKind } from './metrics-kind.ts';
import { organisationKind } from './organisation-kind.ts';
import { detectEncoding, type Encoding, type Reading } from './reading/encoding.ts';
import { type Row, readRows } from './reading/read-rows.ts';
import { RejectFile, type RowIssue, shownIssue } from './reading/rejects.ts';
import { readReferences } from './references.ts';
import type { Shift } from './shift.ts';
import { ticketsKind } from './tickets-kind.ts';

export interface ImportRequest {
  readonly kind: 'organisation' | 'customers' | 'metrics' | 'tickets';
  readonly file: string;
  /** The business line of rows that name none. */
  readonly policyId?: string;
  /** What is done where a row is bad: write nothing at all, or write the others. */
  readonly mode: 'ALL_OR_NOTHING' | 'SKIP_BAD';
  /** Where bad rows are listed; a file that is there is replaced, or removed where no row is bad. */
  readonly rejectFile?: string;
  readonly actorId?: string | null;
  /** By default the whole file tells. */
  readonly encoding?: Encoding;
  readonly shift?: Shift;
  /** Told after every batch. In all-or-nothing a file is read twice, and its bytes count twice. */
  onProgress?(progress: { readonly rows: number; readonly bytes: number; readonly totalBytes: number }): void;
}

export interface ImportResult {
  readonly read: number;
  /** Rows that were new or changed. */
  readonly imported: number;
  readonly unchanged: number;
  readonly rejected: number;
  /** Null where no row was rejected or no reject file was asked for. */
  readonly rejectFile: string | null;
  /** What is wrong with the first rejected rows, values masked where their column is sensitive. */
  readonly issues: readonly RowIssue[];
}

/** Rows that are checked and written together. */
const BATCH = 500;

/** How often a batch is checked again because somebody changed what it was checked against. */
const TRIES = 3;

/** Issues in the result; the reject file has all. */
const SHOWN_ISSUES = 20;

const KINDS = {
  organisation: organisationKind,
  customers: customersKind,
  metrics: metricsKind,
  tickets: ticketsKind,
} as const satisfies Record<
  ImportRequest['kind'],
  (context: ImportContext, references: Awaited<ReturnType<typeof readReferences>>) => FileKind
>;

/**
 * Imports a CSV file of any length, in batches: of the file only one batch is held, and the keys of its rows.
 *
 * Running it again on the same file writes nothing: rows are found by their key and written only where they differ.
 *
 * All-or-nothing reads the file twice, first to check every row and then to write, each batch in a transaction of its
 * own. One transaction over the file would ask the policies while rows are locked, and would hold the embedded database's
 * only session for as long as the file is. What is left to go wrong in the second pass is the disk, the database, or
 * somebody who changes the same things at that moment: then the batches before are written, and the same command
 * finishes the file.
 *
 * @throws {InvalidInput} the encoding cannot be told, the header is wrong, or the file is not readable as CSV from some line on; in skip-bad, batches
 *   before that line are written
 * @throws {Conflict} the file was changed while it was read, or others kept changing the same rows
 */
export async function importFile(services: ImportServices, request: ImportRequest): Promise<ImportResult> {
  const { kind, file, mode, rejectFile = null, actorId = null, policyId = null, shift = {} } = request;
  if (rejectFile !== null && resolve(rejectFile) === resolve(file)) {
    throw new InvalidInput([{ path: 'rejectFile', message: 'is the file itself' }]);
  }
  if (!Object.hasOwn(KINDS, kind))
    throw new InvalidInput([{ path: 'kind', message: `is none of ${Object.keys(KINDS).join(', ')}` }]);
  if (policyId !== null && !services.policies.get(policyId)?.declaration.businessLine) {
    throw new InvalidInput([{ path: 'policyId', message: `${policyId} is no business line` }]);
  }
  const reading: Reading = request.encoding
    ? { encoding: request.encoding, strangers: new Set() }
    : await detectEncoding(file);
  const context: ImportContext = {
    services,
    policyId,
    actorId,
    fileName: basename(file),
    shift,
    now: services.clock.now(),
    isAllowed: false,
  };
  const sensitive = new Set(services.policies.all().flatMap(({ declaration }) => declaration.sensitive ?? []));
  const rejects = new RejectFile(rejectFile);
  const handle = await open(file);
  try {
    const { size, mtimeMs } = await handle.stat();
    const passes = mode === 'ALL_OR_NOTHING' ? 2 : 1;
    const pass = async (number: number, store: Storing, reject: PassOptions['reject']) => {
      const importer = KINDS[kind](
        { ...context, isAllowed: number > 1 },
        await readReferences(services.database.prisma),
      );
      const state = { bytes: 0 };
      const onBatch = (rows: number) =>
        request.onProgress?.({ rows, bytes: state.bytes + (number - 1) * size, totalBytes: size * passes });
      return runPass(importer, readRows(handle, reading, importer.columns, state), { store, reject, onBatch });
    };
    const issues: RowIssue[] = [];
    const reject = async (found: readonly RowIssue[]) => {
      const shown = found.map((issue) => shownIssue(issue, sensitive));
      issues.push(...shown.slice(0, SHOWN_ISSUES - issues.length));
      await rejects.write(shown);
    };
    let counts = await pass(1, mode === 'SKIP_BAD' ? 'GOOD' : 'NONE', reject);
    if (mode === 'ALL_OR_NOTHING' && counts.rejected === 0) {
      const again = await handle.stat();
      if (again.size !== size || again.mtimeMs !== mtimeMs)
        throw new Conflict(null, 'The file was changed while it was read.');
      counts = await pass(2, 'WHOLE', reject);
    }
    rejects.removeStale();
    return { ...counts, rejectFile: rejects.written, issues };
  } finally {
    await rejects.close();
    await handle.close();
  }
}

/** What a pass writes of a batch: nothing, its good rows, or all of it, since it was good when it was checked before. */
type Storing = 'NONE' | 'GOOD' | 'WHOLE';

interface PassOptions {
  readonly store: Storing;
  readonly reject: (issues: readonly RowIssue[]) => Promise<void>;
  readonly onBatch: (rows: number) => void;
}

type Counts = Pick<ImportResult, 'read' | 'imported' | 'unchanged' | 'rejected'>;

async function runPass(
  importer: FileKind,
  rows: ReturnType<typeof readRows>,
  { store, reject, onBatch }: PassOptions,
): Promise<Counts> {
  const seen = new Set<string>();
  const counts = { read: 0, imported: 0, unchanged: 0, rejected: 0 };
  let batch: Row[] = [];
  let issues: RowIssue[] = [];
  const flush = async () => {
    const checked = batch.length > 0 ? await checkAndStore(importer, batch, store) : null;
    issues.push(...(checked?.issues ?? []));
    counts.imported += checked?.imported ?? 0;
    counts.unchanged += checked?.unchanged ?? 0;
    counts.rejected += new Set(issues.map(({ line }) => line)).size;
    if (issues.length > 0) await reject(issues.sort((a, b) => a.line - b.line));
    batch = [];
    issues = [];
    onBatch(counts.read);
  };
  for await (const read of rows) {
    counts.read += 1;
    if ('row' in read) {
      const key = importer.keyOf(read.row);
      if (key !== null && seen.has(key))
        issues.push({ line: read.row.line, column: null, rule: 'repeats the key of a row above', value: null });
      else batch.push(read.row);
      if (key !== null) seen.add(key);
    } else {
      issues.push(...read.issues);
    }
    if (batch.length >= BATCH || issues.length >= BATCH) await flush();
  }
  if (batch.length > 0 || issues.length > 0) await flush();
  return counts;
}

/** Checks a batch and, where it is to be stored, stores it; again where others were faster. */
async function checkAndStore(
  importer: FileKind,
  batch: readonly Row[],
  store: Storing,
): Promise<Stored & Pick<CheckedBatch, 'issues'>> {
  for (let tries = 1; ; tries += 1) {
    const { issues, store: write } = await importer.check(batch);
    if (store === 'NONE') return { issues, imported: 0, unchanged: 0 };
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
