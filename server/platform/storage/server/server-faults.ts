import { searchPathOf } from './server-url.ts';

/** What a server says of itself and of the sessions that this user has on it. */
export interface ServerFacts {
  /** As `server_version_num` has it: 140012 is 14.12. */
  readonly version: number;
  readonly versionText: string;
  /** It follows another server and takes no writes. */
  readonly isStandby: boolean;
  /** Transactions of this user on this database write nothing unless they ask to. */
  readonly isReadOnly: boolean;
  /** The first schema of the search path that there is; null where there is none. */
  readonly schema: string | null;
  readonly searchPath: string;
  /** In milliseconds, as these sessions have it. */
  readonly statementTimeout: number;
  /** Which of the settings below are off. */
  readonly off: readonly string[];
  /** The server's processes that answered each of two connections, question by question. */
  readonly backends: readonly (readonly number[])[];
}

/** What was asked for when the connections were made. */
export interface Wanted {
  readonly schema: string | null;
  /** Null where none was asked for. */
  readonly statementTimeout: number | null;
}

/** Why the platform does not run on a server. */
export interface ServerFault {
  readonly check: 'version' | 'standby' | 'pooler' | 'schema' | 'durability';
  readonly says: string;
  readonly cure: string;
}

/** The oldest PostgreSQL whose SQL is written here. */
const OLDEST_VERSION = 140_000;

/** Settings that are safe when they are on, and what can be lost while they are off. */
export const LOSSES: Readonly<Record<string, string>> = {
  fsync: 'fsync is off, so a crash of the machine can lose or damage all of the database',
  full_page_writes: 'full_page_writes is off, so a crash of the machine can damage pages that were being written',
  synchronous_commit:
    'synchronous_commit is off, so a crash loses the last commits: tickets, alerts and entries of the audit trail',
};

/** A pooler that gives a connection's statements to several sessions, or hides from the server what was asked of it. */
export const POOLER: ServerFault = {
  check: 'pooler',
  says: 'a pooler (PgBouncer) stands before PostgreSQL and keeps no session: prepared statements, LISTEN, locks and time limits get lost in it.',
  cure: 'Name PostgreSQL itself, past the pooler; a node keeps about a dozen connections.',
};

/** All that stands against running on a server, the gravest first. */
export function serverFaults(facts: ServerFacts, wanted: Wanted): ServerFault[] {
  const faults: ServerFault[] = [];
  if (isPooled(facts, wanted)) faults.push(POOLER);
  if (facts.version < OLDEST_VERSION)
    faults.push({
      check: 'version',
      says: `PostgreSQL ${facts.versionText} is too old: 14 or later is needed.`,
      cure: 'Upgrade the server.',
    });
  const standby = standbyFault(facts);
  if (standby) faults.push(standby);
  // A schema that the address names is made by the migrations.
  if (facts.schema === null && wanted.schema === null)
    faults.push({
      check: 'schema',
      says: `no schema of the search path (${facts.searchPath}) is there for this user.`,
      cure: 'Name one in the address, with ?schema=NAME.',
    });
  const losses = lossesOf(facts);
  if (losses.length > 0)
    faults.push({
      check: 'durability',
      says: `This PostgreSQL may lose data that it has acknowledged: ${losses.join('; ')}.`,
      cure:
        'Turn it on, for the server, the database and the role. ' +
        'Where losing data does no harm, say so with TIERLINE_ACCEPT_DATA_LOSS=true.',
    });
  return faults;
}

/** What can be lost in a crash, setting by setting. */
export function lossesOf({ off }: Pick<ServerFacts, 'off'>): string[] {
  return off.map((name) => LOSSES[name] ?? name);
}

function standbyFault({ isStandby, isReadOnly }: ServerFacts): ServerFault | null {
  if (isStandby)
    return {
      check: 'standby',
      says: 'this PostgreSQL is a standby, which takes no writes and no LISTEN.',
      cure: 'Name the primary.',
    };
  if (!isReadOnly) return null;
  return {
    check: 'standby',
    says: 'this user only reads on this database (default_transaction_read_only is on).',
    cure: 'Turn it off for the role and the database, or name another user.',
  };
}

/** A session of one's own is one process, which answers nobody else, and has the settings that were asked for. */
function isPooled({ backends, searchPath, statementTimeout }: ServerFacts, wanted: Wanted): boolean {
  const processes = backends.map((pids) => new Set(pids));
  const all = new Set(backends.flat());
  const isOwn = processes.every(({ size }) => size === 1) && all.size === processes.length;
  const isHeard =
    (wanted.statementTimeout === null || statementTimeout === wanted.statementTimeout) &&
    (wanted.schema === null || searchPath === searchPathOf(wanted.schema));
  return !isOwn || !isHeard;
}
