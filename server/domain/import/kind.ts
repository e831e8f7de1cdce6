import type { Services } from '../../engine/services/services.ts';
import type { Locale } from '../../platform/values/text.ts';
import type { RowColumns } from './reading/columns.ts';
import type { Row } from './reading/read-rows.ts';
import type { RowIssue } from './reading/rejects.ts';
import type { Shift } from './shift.ts';

/** The parts of the platform that an import uses. */
export type ImportServices = Pick<Services, 'database' | 'clock' | 'policies' | 'calendars' | 'sealer' | 'alerts'>;

/** What holds for the whole of one import. */
export interface ImportContext {
  readonly services: ImportServices;
  /** The business line of rows that name none. */
  readonly policyId: string | null;
  /** Who imports; null where it is the platform itself. */
  readonly actorId: string | null;
  /** The file's name without its folder, for the audit trail. */
  readonly fileName: string;
  readonly shift: Shift;
  /** Whether moments at which a ticket's clocks would have fired by now have passed in silence, or are still told by the sweep. */
  readonly past: 'SILENT' | 'TOLD';
  /** Of what policies refuse; the platform's own rules are put into it when they are shown. */
  readonly locale: Locale;
  /** One instant for all rows. */
  readonly now: Date;
  /** Whether an earlier pass asked the policies' leave for every row. */
  readonly isAllowed: boolean;
}

/** A batch that was read against what is stored: nothing is written until `store` is called. */
export interface CheckedBatch {
  readonly issues: readonly RowIssue[];
  /** What `store` would write, as things are now. */
  count(): Promise<Stored>;
  /**
   * Writes what is good, in one transaction with its audit entry.
   *
   * @throws {Conflict} something was changed since the batch was checked: check it again
   */
  store(): Promise<Stored>;
}

export interface Stored {
  /** Rows that were new or changed. */
  readonly imported: number;
  /** Rows that were there already, just so. */
  readonly unchanged: number;
}

/** How one kind of file is imported. It lives as long as one pass over a file. */
export interface FileKind {
  readonly columns: RowColumns;
  /** By which a row is the only one in its file; null where a part of it is empty, which the row's own check says. */
  keyOf(row: Row): string | null;
  check(rows: readonly Row[]): Promise<CheckedBatch>;
}
