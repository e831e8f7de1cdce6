import { backoffMs } from '../../values/poll-delay.ts';

// What went wrong is told apart by whether another try may mend it. Here are the signs of a database that is away, too slow
// or too busy; all else that is thrown is a refusal, which is somebody's, or a defect, which stays.

/** What PostgreSQL says when it, or the way to it, is at fault rather than the statement. */
const CLASSES = [
  '08', // the connection
  '40', // rolled back: another transaction was in the way
  '53', // out of connections, memory, disk
  '57', // shutting down, starting up, a session or a statement that was ended
  '58', // the system below it
];
const STATES = new Set([
  '55P03', // a lock was not to be had in time
  '25P02', // a statement before this one failed
  '25P03', // a transaction that stood still was ended
]);

/** Of Node's sockets; of Prisma and its adapter; of what is ours. */
const CODES = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ECONNABORTED',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
  'P1001',
  'P1002',
  'P1008',
  'P1011',
  'P1017',
  'P2024',
  'P2028',
  'P2034',
  'P2037',
  'DATABASE_CRASHED',
  'STORAGE_FULL',
  'TIMEOUT',
  'OVERLOADED',
  'RATE_LIMITED',
  'NOT_READY',
  'UNAVAILABLE',
]);
const KINDS = new Set([
  'DatabaseNotReachable',
  'ConnectionClosed',
  'SocketTimeout',
  'TlsConnectionError',
  'TooManyConnections',
  'TransactionWriteConflict',
]);

/** `pg` and its pool give these no code. */
const WORDS =
  /connection terminated|connection error and is not queryable|timeout exceeded when trying to connect|client was closed|connection ended unexpectedly|server has closed the connection|query read timeout/i;

/**
 * Those of the signs that nobody answers at all: there is no way to the database, it is down, starts up or stops, or has no
 * connection left. What it answers to a statement, were it that it took too long, is none of them.
 */
const AWAY_STATES = new Set(['57P01', '57P02', '57P03', '53300', '25P03']);
const AWAY_CODES = new Set([
  ...[...CODES].filter((code) => /^E[A-Z_]+$/.test(code)),
  'P1001',
  'P1002',
  'P1017',
  'P2024',
  'P2037',
  'UNAVAILABLE',
]);
const AWAY_KINDS = new Set([...KINDS].filter((kind) => kind !== 'TransactionWriteConflict'));

/** A statement or a transaction that took longer than it may, as PostgreSQL and Prisma say it. */
const OUT_OF_TIME = new Set(['57014', 'P2028']);

/** Whether an error is one of those that pass. */
export function isPassing(error: unknown): boolean {
  return layersOf(error).some(
    ({ codes, kind, message }) => codes.some(isPassingCode) || KINDS.has(kind) || WORDS.test(message),
  );
}

/** Whether an error says that the database does not answer. */
export function isAway(error: unknown): boolean {
  return layersOf(error).some(
    ({ codes, kind, message }) => codes.some(isAwayCode) || AWAY_KINDS.has(kind) || WORDS.test(message),
  );
}

/** Whether it took too long: less of it at once may do. */
export function isOutOfTime(error: unknown): boolean {
  return layersOf(error).some(({ codes }) => codes.some((code) => OUT_OF_TIME.has(String(code))));
}

interface Layer {
  readonly codes: readonly unknown[];
  readonly kind: string;
  readonly message: string;
}

/** An error with what lies within it: each layer around it keeps it elsewhere. */
function layersOf(error: unknown, depth = 0): Layer[] {
  if (typeof error !== 'object' || error === null || depth > 6) return [];
  const { code, originalCode, kind, message, extensions, cause, meta, driverAdapterError, originalError } =
    error as Record<string, unknown>;
  const told = (extensions as Record<string, unknown> | undefined)?.code;
  const layer = { codes: [code, originalCode, told], kind: String(kind), message: String(message ?? '') };
  const several = error instanceof AggregateError ? error.errors : [];
  const within = [cause, meta, driverAdapterError, originalError, ...several];
  return [layer, ...within.flatMap((inner) => layersOf(inner, depth + 1))];
}

function isAwayCode(code: unknown): boolean {
  return typeof code === 'string' && (AWAY_CODES.has(code) || AWAY_STATES.has(code) || /^08[0-9A-Z]{3}$/.test(code));
}

function isPassingCode(code: unknown): boolean {
  if (typeof code !== 'string') return false;
  return CODES.has(code) || STATES.has(code) || (/^[0-9A-Z]{5}$/.test(code) && CLASSES.includes(code.slice(0, 2)));
}

/** Milliseconds for which what fails in passing is tried again, before whoever waits for it is told. */
export const PATIENCE_MS = 30_000;

/**
 * Does work that changes nothing again, for as long as it fails in passing.
 *
 * @throws what it throws that stays, and what passes after PATIENCE_MS or when the signal has fired
 */
export async function patiently<Result>(work: () => Promise<Result>, signal?: AbortSignal): Promise<Result> {
  const since = performance.now();
  for (let failures = 1; ; failures++) {
    try {
      return await work();
    } catch (error) {
      if (!isPassing(error) || signal?.aborted || performance.now() - since > PATIENCE_MS) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, backoffMs(failures)));
  }
}
