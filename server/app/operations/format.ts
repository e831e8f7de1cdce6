// A backup is gzipped lines of JSON: what it is, then each table's name and its rows as PostgreSQL writes them, then what
// there must be in the end. It is the same for the embedded database and for a server, so that one restores into the other.

/** The first line. */
export interface Heading {
  readonly tierline: 1;
  /** When the snapshot was taken, RFC 3339. */
  readonly at: string;
  /** The migrations that had made the tables. */
  readonly migrations: readonly string[];
}

/** Stands before the rows of a table. */
export interface TableLine {
  readonly table: string;
}

/** The last line; a file without it was cut off. */
export interface Closing {
  readonly end: true;
  /** Rows by table. */
  readonly rows: Readonly<Record<string, number>>;
  /** The last number that each sequence gave; older backups have none of these. */
  readonly sequences?: Readonly<Record<string, string>>;
}

/** A row, quoted as the JSON text of its JSON, so that no number passes through a double. */
export type RowLine = string;

export type Line = Heading | TableLine | Closing | RowLine;
