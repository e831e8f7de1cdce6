/** An error as the log shows it. */
export interface LoggedError {
  readonly type: string;
  readonly message: string;
  readonly code?: string;
  /** Of the database, where one was broken. */
  readonly constraint?: string;
  readonly table?: string;
  readonly column?: string;
  readonly stack?: string;
  readonly cause?: LoggedError;
  readonly errors?: readonly LoggedError[];
}

/** The classes of PostgreSQL whose messages repeat the value: data exceptions, and broken rules, whose rows stand in the detail. */
const REPEATS_VALUE = /^(?:22|23)/;

/** What Prisma says of a call that it does not understand is the call itself, with all that was to be written. */
const PRISMA_CALL = /^\s*Invalid `[^`]*` invocation/;

/**
 * An error without what it repeats of people's data: the driver hangs the row that was refused (`detail`, `where`, `parameters`) on
 * it, and a log is read by more people than the row is.
 */
export function errorInLog(error: unknown, depth = 0): LoggedError {
  if (typeof error !== 'object' || error === null) return { type: typeof error, message: String(error) };
  const { name, code, constraint, table, column, cause, errors, driverAdapterError } = error as Record<string, unknown>;
  const { message, stack } = wordsOf(error as Record<string, unknown>);
  const deeper = depth < 4 ? (cause ?? driverAdapterError) : undefined;
  const type = error.constructor?.name ?? 'Error';
  return {
    type: type === 'Object' && typeof name === 'string' ? name : type,
    message,
    ...onlyTexts({ code, constraint, table, column }),
    ...(stack && { stack }),
    ...(deeper !== undefined && { cause: errorInLog(deeper, depth + 1) }),
    ...(Array.isArray(errors) && depth < 4 && { errors: errors.slice(0, 10).map((one) => errorInLog(one, depth + 1)) }),
  };
}

function onlyTexts(fields: Readonly<Record<string, unknown>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(fields).flatMap(([key, value]) => (typeof value === 'string' && value !== '' ? [[key, value]] : [])),
  );
}

/** The message and the frames; a stack begins with the message, so that it is put together anew. */
function wordsOf({ message, stack, code, originalCode }: Record<string, unknown>): {
  message: string;
  stack: string | undefined;
} {
  const said = String(message ?? '');
  const sqlState = [code, originalCode].find((one) => typeof one === 'string' && /^[0-9A-Z]{5}$/.test(one));
  const words = withoutValues(said, typeof sqlState === 'string' ? sqlState : '');
  const frames = typeof stack === 'string' ? stack.split('\n').filter((line) => /^\s+at /.test(line)) : [];
  return { message: words, stack: frames.length > 0 ? frames.join('\n') : undefined };
}

function withoutValues(message: string, sqlState: string): string {
  if (PRISMA_CALL.test(message)) {
    const lines = message.trim().split('\n');
    const last = lines.at(-1)?.trim() ?? '';
    return `${lines[0]?.trim()} ${withoutQuoted(last)}`;
  }
  return REPEATS_VALUE.test(sqlState) ? withoutQuoted(message) : message;
}

/** Names in quotes are those of constraints and columns; what follows a colon is the value. */
function withoutQuoted(text: string): string {
  return text.replace(/: ["'`].*$/s, ': …');
}
