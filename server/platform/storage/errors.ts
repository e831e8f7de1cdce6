/** Something about the stored data or its place that the program cannot put right; the message says what a person can do. */
export class StorageError extends Error {
  /** Stable, for logs and exit codes. */
  readonly code: string;
  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
    this.code = code;
  }
}

/** The data folder is open elsewhere, or it cannot be told whether it is. */
export class FolderLockedError extends StorageError {
  /** The process that holds the folder, where it is known. */
  readonly pid: number | undefined;
  constructor(message: string, pid?: number) {
    super('FOLDER_LOCKED', message);
    this.pid = pid;
  }
}

/** The folder holds something, but not a database that this version can open. */
export class NotADatabaseFolderError extends StorageError {
  constructor(folder: string, found: string) {
    super('NOT_A_DATABASE_FOLDER', `${folder} is not a database folder: ${found}. Name an empty or a new folder.`);
  }
}

/** The folder holds a database, but it does not start. Nothing in it was changed or reset. */
export class DatabaseDamagedError extends StorageError {
  constructor(folder: string, cause: unknown) {
    super(
      'DATABASE_DAMAGED',
      `The database in ${folder} does not start: ${cause instanceof Error ? cause.message : String(cause)}. ` +
        'Nothing was changed in it. Copy the folder aside before anything else, then restore the latest backup.',
      { cause },
    );
  }
}

/** The thread that runs the embedded database has ended, so every query fails until the program is started again. */
export class DatabaseCrashedError extends StorageError {
  constructor(reason: string) {
    super('DATABASE_CRASHED', `The embedded database has stopped: ${reason}`);
  }
}

/** The disk has no room, or almost none; what is stored can still be read. */
export class StorageFullError extends StorageError {
  constructor(folder: string, freeBytes: number, neededBytes: number) {
    const megabytes = (bytes: number) => Math.floor(bytes / 1_048_576);
    super(
      'STORAGE_FULL',
      `The disk of ${folder} has ${megabytes(freeBytes)} MB free and ${megabytes(neededBytes)} MB are needed. Free some space.`,
    );
  }
}

/** The server is not one that the platform can run on. */
export class UnsupportedDatabaseError extends StorageError {
  constructor(message: string, options?: ErrorOptions) {
    super('UNSUPPORTED_DATABASE', message, options);
  }
}

/** The server acknowledges what it may lose, and nobody has said that this will do. */
export class DataLossError extends StorageError {
  constructor(message: string) {
    super('DATA_LOSS', message);
  }
}

/** A migration was changed after it had been applied. */
export class MigrationChangedError extends StorageError {
  constructor(name: string) {
    super(
      'MIGRATION_CHANGED',
      `The migration ${name} has been changed since it was applied to this database. ` +
        'Put its migration.sql back as it was, and bring the change in a new migration.',
    );
  }
}

/** A migration failed, now or at an earlier start. All of it was rolled back. */
export class MigrationFailedError extends StorageError {
  /** The migration's folder. */
  readonly migration: string;
  constructor(migration: string, id: string, reason: string, options?: ErrorOptions) {
    super(
      'MIGRATION_FAILED',
      `The migration ${migration} failed and was rolled back: ${reason}. Put its cause right, then allow another try with: ` +
        `UPDATE "_prisma_migrations" SET rolled_back_at = now() WHERE id = '${id}'`,
      options,
    );
    this.migration = migration;
  }
}

/** A migration waits for others: another node that migrates, or transactions that hold its tables. Nothing was changed. */
export class MigrationBusyError extends StorageError {
  constructor(message: string, options?: ErrorOptions) {
    super('MIGRATION_BUSY', message, options);
  }
}

/** The database was migrated by a newer version of the program than this one. */
export class DatabaseNewerError extends StorageError {
  constructor(names: readonly string[]) {
    super(
      'DATABASE_NEWER',
      `This database has migrations that this version does not know: ${names.join(', ')}. ` +
        'Start the newer version again, or restore a backup from before the upgrade.',
    );
  }
}

/** The database lacks migrations of this version, and this start was told to apply none. */
export class DatabaseOlderError extends StorageError {
  constructor(names: readonly string[]) {
    super(
      'DATABASE_OLDER',
      `This database lacks ${names.length} migrations of this version, from ${names[0]} to ${names.at(-1)}. ` +
        'Run `tierline migrate`, or start without --no-migrate.',
    );
  }
}

/** A key of the settings is not the one that has sealed what is stored, or one that has is not among them. */
export class WrongDataKeyError extends StorageError {
  constructor(message: string) {
    super('WRONG_DATA_KEY', message);
  }
}

/** A defect in the program: the shared client was used where only the transaction's may be. */
export class OutsideTransactionError extends StorageError {
  constructor(used: string) {
    super(
      'OUTSIDE_TRANSACTION',
      `${used} was used inside a transaction. Use the transaction's own client there: on the embedded database, which ` +
        'has one session, this call would wait for the transaction and the transaction for this call.',
    );
  }
}

/** A defect in the program: a transaction's work went on after a statement had failed, so there is nothing to commit. */
export class TransactionAbortedError extends StorageError {
  constructor() {
    super(
      'TRANSACTION_ABORTED',
      'A statement in the transaction failed and its error was caught, so PostgreSQL rolls the transaction back. ' +
        'Let the error through, or ask before instead (INSERT ... ON CONFLICT, a SELECT).',
    );
  }
}
