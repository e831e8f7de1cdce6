import { type FileHandle, open } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import { Conflict, InvalidInput } from '../../platform/values/errors.ts';
import { inLanguage } from '../../platform/values/in-language.ts';
import type { Locale } from '../../platform/values/text.ts';
import { customersKind } from './customers-kind.ts';
import type { FileKind, ImportContext, ImportServices } from './kind.ts';
import { metricsKind } from './metrics-kind.ts';
import { organisationKind } from './organisation-kind.ts';
import { type Counts, type PassOptions, runPass, type Storing } from './pass.ts';
import { detectEncoding, type Encoding, type Reading } from './reading/encoding.ts';
import { readRows } from './reading/read-rows.ts';
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
  /** Write nothing but the reject file: the result is what the run would have. */
  readonly isDryRun?: boolean;
  /** Where bad rows are listed; a file that is there is replaced, or removed where no row is bad. */
  readonly rejectFile?: string;
  readonly actorId?: string | null;
  /** In which the bad rows are told, English unless said; what is thrown is English (`messageIn`). */
  readonly locale?: Locale;
  /** By default the whole file tells. */
  readonly encoding?: Encoding;
  readonly shift?: Shift;
  /** What becomes of moments of tickets' clocks that lie before now; SILENT unless said (ticket-clocks.ts). */
  readonly past?: ImportContext['past'];
  /** Told after every batch. In all-or-nothing a file is read twice, and its bytes count twice. */
  onProgress?(progress: { readonly rows: number; readonly bytes: number; readonly totalBytes: number }): void;
}

export interface ImportResult extends Counts {
  /** Null where no row was rejected or no reject file was asked for. */
  readonly rejectFile: string | null;
  /** What is wrong with the first rejected rows, values masked where their column is sensitive. */
  readonly issues: readonly RowIssue[];
}

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
 * @throws {InvalidInput} the encoding cannot be told, the header is wrong, or the file is not readable as CSV from some line on; in skip-bad,
 *   rows above it are written, and an issue says how many; or there is no such file
 * @throws {Conflict} the file was changed while it was read, or others kept changing the same rows
 */
export async function importFile(services: ImportServices, request: ImportRequest): Promise<ImportResult> {
  const { kind, file, mode, isDryRun = false } = request;
  checkRequest(services, request);
  const context = contextOf(services, request);
  const sensitive = new Set(services.policies.all().flatMap(({ declaration }) => declaration.sensitive ?? []));
  const handle = await openFile(file);
  const rejects = new RejectFile(request.rejectFile ?? null);
  try {
    const reading: Reading = request.encoding
      ? { encoding: request.encoding, strangers: new Set() }
      : await detectEncoding(file);
    const { size, mtimeMs } = await handle.stat();
    const passes = mode === 'ALL_OR_NOTHING' && !isDryRun ? 2 : 1;
    const pass = async (number: number, store: Storing, reject: PassOptions['reject']) => {
      const importer = KINDS[kind]({ ...context, isAllowed: number > 1 }, await readReferences(services));
      const state = { bytes: 0 };
      const onBatch = (rows: number) =>
        request.onProgress?.({ rows, bytes: state.bytes + (number - 1) * size, totalBytes: size * passes });
      return runPass(importer, readRows(handle, reading, importer.columns, state), { store, reject, onBatch });
    };
    const issues: RowIssue[] = [];
    const reject = async (found: readonly RowIssue[]) => {
      const shown = found.map((issue) => ({
        ...shownIssue(issue, sensitive),
        rule: inLanguage(issue.rule, context.locale),
      }));
      issues.push(...shown.slice(0, SHOWN_ISSUES - issues.length));
      await rejects.write(shown);
    };
    let counts = await pass(1, isDryRun ? 'COUNTED' : mode === 'SKIP_BAD' ? 'GOOD' : 'NONE', reject);
    // Of a file with bad rows all-or-nothing takes none.
    if (isDryRun && mode === 'ALL_OR_NOTHING' && counts.rejected > 0) counts = { ...counts, imported: 0, unchanged: 0 };
    if (!isDryRun && mode === 'ALL_OR_NOTHING' && counts.rejected === 0) {
      const again = await handle.stat();
      if (again.size !== size || again.mtimeMs !== mtimeMs)
        throw new Conflict(null, 'The file was changed while it was read.');
      counts = await pass(2, 'WHOLE', reject);
    }
    return { ...counts, rejectFile: rejects.written, issues };
  } finally {
    rejects.removeStale();
    await rejects.close();
    await handle.close();
  }
}

function contextOf(services: ImportServices, request: ImportRequest): ImportContext {
  const { file, actorId = null, policyId = null, shift = {}, past = 'SILENT', locale = 'EN' } = request;
  const now = services.clock.now();
  return { services, policyId, actorId, fileName: basename(file), shift, past, locale, now, isAllowed: false };
}

/** @throws {InvalidInput} it names a kind or a line that there is not, or would overwrite its own file */
function checkRequest({ policies }: ImportServices, { kind, file, rejectFile, policyId }: ImportRequest): void {
  if (rejectFile !== undefined && resolve(rejectFile) === resolve(file)) {
    throw new InvalidInput([{ path: 'rejectFile', message: 'is the file itself' }]);
  }
  if (!Object.hasOwn(KINDS, kind))
    throw new InvalidInput([{ path: 'kind', message: `is none of ${Object.keys(KINDS).join(', ')}` }]);
  if (policyId !== undefined && !policies.get(policyId)?.declaration.businessLine) {
    throw new InvalidInput([{ path: 'policyId', message: `${policyId} is no business line` }]);
  }
}

const UNREADABLE: Readonly<Record<string, string>> = {
  ENOENT: 'is not there',
  EACCES: 'may not be read',
  EPERM: 'may not be read',
};

/**
 * Looks whether there is a file to be read, before much is begun for it.
 *
 * @throws {InvalidInput} there is none, or none that may be read
 */
export async function checkFile(file: string): Promise<void> {
  await (await openFile(file)).close();
}

/** @throws {InvalidInput} there is no such file, or none that may be read */
async function openFile(file: string): Promise<FileHandle> {
  let handle: FileHandle;
  try {
    handle = await open(file);
    if (!(await handle.stat()).isDirectory()) return handle;
  } catch (error) {
    const rule = UNREADABLE[(error as NodeJS.ErrnoException).code ?? ''];
    throw rule ? new InvalidInput([{ path: `file ${file}`, message: rule }]) : error;
  }
  await handle.close();
  throw new InvalidInput([{ path: `file ${file}`, message: 'is a folder' }]);
}
