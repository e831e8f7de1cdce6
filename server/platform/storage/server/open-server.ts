import pg from 'pg';
import type { Database } from '../database.ts';
import { DataLossError, UnsupportedDatabaseError } from '../errors.ts';
import { GroupedReads } from '../grouped-reads.ts';
import { GroupedWrites } from '../grouped-writes.ts';
import { type Listener, listenOn } from '../listen.ts';
import { hearPoolErrors } from '../pool-errors.ts';
import { connectPrisma } from '../prisma-connection.ts';
import { withReadLane } from '../reads/read-lane.ts';
import { Rehearsals } from '../rehearsal/rehearsals.ts';
import { guardPool, guardPrisma } from '../transaction-guard.ts';
import { readServerFacts } from './server-facts.ts';
import { lossesOf, POOLER, type ServerFacts, type ServerFault, serverFaults } from './server-faults.ts';
import { readServerUrl } from './server-url.ts';

/** More connections are slower, for the work is Node's. */
const CONNECTIONS = 10;

/** What a request may take of a server, in milliseconds. */
const LIMITS = { statement_timeout: 5_000, lock_timeout: 2_000, idle_in_transaction_session_timeout: 10_000 };

/** Connections to a server, and what was found of it. */
export interface ConnectedServer {
  readonly pool: pg.Pool;
  readonly connection: pg.ClientConfig;
  readonly facts: ServerFacts;
  /** What stands against running on it; of what it may lose also where that is accepted. */
  readonly faults: readonly ServerFault[];
  readonly schema: string;
}

/**
 * Connects and looks at the server, whatever is wrong with it.
 *
 * @throws {UnsupportedDatabaseError} a pooler takes no such connections
 * @throws the driver's error where there is no connection to be had
 */
export async function connectServer(url: string, onError: (error: unknown) => void): Promise<ConnectedServer> {
  const { connectionString, schema, statementTimeout } = readServerUrl(url);
  const connection: pg.ClientConfig = { connectionString, application_name: 'tierline' };
  const pool = new pg.Pool({
    ...connection,
    ...LIMITS,
    max: CONNECTIONS,
    keepAlive: true,
    connectionTimeoutMillis: 10_000,
  });
  hearPoolErrors(pool, onError);
  try {
    const facts = await readServerFacts(pool);
    const limit = statementTimeout ?? LIMITS.statement_timeout;
    const faults = serverFaults(facts, { schema, statementTimeout: limit === 0 ? null : limit });
    return { pool, connection, facts, faults, schema: facts.schema ?? schema ?? 'public' };
  } catch (error) {
    await pool.end();
    throw isFromPooler(error) ? errorOf(POOLER, { cause: error }) : error;
  }
}

/** @throws {StorageError} the platform does not run on this server; the message says what to do */
export async function openServer(
  url: string,
  acceptDataLoss: boolean,
  onError: (error: unknown) => void,
): Promise<Database> {
  const { pool, connection, facts, faults, schema } = await connectServer(url, onError);
  const [fault] = faults.filter(({ check }) => check !== 'durability' || !acceptDataLoss);
  if (fault) {
    await pool.end();
    throw errorOf(fault);
  }
  const prisma = connectPrisma(pool, schema, onError);
  const listeners = new Set<Listener>();
  const guarded = guardPool(pool);
  const rehearsals = new Rehearsals(pool, (shared) => connectPrisma(shared, schema, onError));
  return {
    kind: 'POSTGRES',
    pool: guarded,
    prisma: guardPrisma(withReadLane(prisma, pool)),
    reads: new GroupedReads({ pool: guarded }),
    writes: new GroupedWrites({ pool: guarded }),
    rehearsals,
    embedded: undefined,
    describe: `PostgreSQL ${facts.versionText}, ${withoutPassword(url)}${schema === 'public' ? '' : `, schema ${schema}`}`,
    warnings: lossesOf(facts).map((loss) => `The server may lose data that it has acknowledged: ${loss}.`),
    onError,
    listen: async (channel, onNotify) => {
      const listener = await listenOn(connection, channel, onNotify, onError);
      listeners.add(listener);
      return listener;
    },
    isFull: () => false,
    close: async () => {
      await Promise.all([...listeners].map((listener) => listener.close()));
      await rehearsals.close();
      await prisma.$disconnect();
      if (!pool.ended && !pool.ending) await pool.end();
    },
  };
}

function errorOf({ check, says, cure }: ServerFault, options?: ErrorOptions): Error {
  const message = `${says} ${cure}`;
  return check === 'durability' ? new DataLossError(message) : new UnsupportedDatabaseError(message, options);
}

/** PgBouncer refuses what it cannot hand on: protocol_violation, with the parameter's name. */
function isFromPooler(error: unknown): boolean {
  const { code, message } = (error ?? {}) as { code?: unknown; message?: unknown };
  return code === '08P01' && /unsupported startup parameter/i.test(String(message));
}

function withoutPassword(url: string): string {
  try {
    const { hostname, port, pathname } = new URL(url);
    return `${hostname}${port && `:${port}`}${pathname}`;
  } catch {
    return 'at the configured address';
  }
}
