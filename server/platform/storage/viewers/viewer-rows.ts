import { AsyncLocalStorage } from 'node:async_hooks';
import pg from 'pg';

// The second net for rows (decision 0100): what is read for somebody is sent as a role that owns no table, with the rows that this
// person may see, and the policies of the tables leave out all others whatever the statement asks for.

/** The role that reads for somebody. It owns nothing, and all it may do is to read. */
export const VIEWER_ROLE = 'tierline_viewer';

/** What somebody may see, as the policies of the tables read it: the places of each line, `*` for all. */
export type ViewerRows = string;

const viewer = new AsyncLocalStorage<ViewerRows | null>();

/** Reads what `work` reads outside of transactions as somebody who may see these rows and no others. */
export function asViewer<Result>(rows: ViewerRows, work: () => Result): Result {
  return viewer.run(rows, work);
}

/** Within what is read for somebody: what the application itself has to know, and shows to nobody as it is. */
export function asApplication<Result>(work: () => Result): Result {
  return viewer.run(null, work);
}

const pools = new WeakSet<pg.Pool>();

/** From now on reads for somebody are sent so; before, the role may not be there. */
export function allowViewers(pool: pg.Pool): void {
  pools.add(pool);
}

/** From now on the application's rule is the only net: for a measurement of what the other one costs. */
export function denyViewers(pool: pg.Pool): void {
  pools.delete(pool);
}

/** Whether what is read now is read for somebody, by the policies. */
export function isForViewer(pool: pg.Pool): boolean {
  return viewer.getStore() != null && pools.has(pool);
}

/** Sends one statement outside of any transaction, for whoever it is read for. */
export function sendForViewer<Row extends pg.QueryResultRow>(
  pool: pg.Pool,
  config: pg.QueryConfig & { rowMode?: string },
): Promise<pg.QueryResult<Row>> {
  const rows = viewer.getStore();
  if (rows == null || !isForViewer(pool)) return pool.query<Row>(config);
  // A plan holds for one role: those of the application have names of their own.
  const query = scoped({ ...config, ...(config.name && { name: `v${config.name}` }) }, rows);
  return Reflect.apply(pool.query, pool, [query]) as Promise<pg.QueryResult<Row>>;
}

const SCOPE = {
  name: 'viewer',
  text: `/* storage.viewer */ select set_config('role', '${VIEWER_ROLE}', true), set_config('tierline.rows', $1, true)`,
};

/** What `pg` calls of a query beside what its types name. */
interface HandledQuery extends pg.Query {
  /** For whoever looks at what is sent. */
  viewerRows?: ViewerRows;
  name: string | undefined;
  handleDataRow(message: object): void;
  handleCommandComplete(message: object, connection: pg.Connection): void;
}

interface Sender {
  readonly stream: { cork(): void; uncork(): void };
  parse(query: typeof SCOPE): void;
  bind(config: { readonly statement: string; readonly values: readonly string[] }): void;
  execute(config: object): void;
}

/** Connections that have prepared the statement that sets the scope. */
const prepared = new WeakSet<pg.Connection>();

/**
 * The query with its scope in front, in one packet and before its Sync: to PostgreSQL both are one transaction, whose end takes the
 * scope away again. Where the scope cannot be set, the query is skipped.
 */
function scoped(config: pg.QueryConfig, rows: ViewerRows): pg.Query {
  // A statement without values would be a simple query, which does not end the transaction that the scope has begun.
  const query = new pg.Query({ ...config, queryMode: 'extended' } as pg.QueryConfig) as HandledQuery;
  const { name } = query;
  query.viewerRows = rows;
  const submit = query.submit.bind(query);
  const handleDataRow = query.handleDataRow.bind(query);
  const handleCommandComplete = query.handleCommandComplete.bind(query);
  let isScoped = false;
  query.submit = (connection) => {
    const sender = connection as pg.Connection & Sender;
    sender.stream.cork();
    try {
      if (!prepared.has(connection)) sender.parse(SCOPE);
      prepared.add(connection);
      sender.bind({ statement: SCOPE.name, values: [rows] });
      sender.execute({});
      return submit(connection);
    } finally {
      sender.stream.uncork();
      // What the client hears next is of the scope, and it takes the statement of the name for prepared.
      query.name = undefined;
    }
  };
  query.handleDataRow = (message) => {
    if (isScoped) handleDataRow(message);
  };
  query.handleCommandComplete = (message, connection) => {
    if (isScoped) return handleCommandComplete(message, connection);
    isScoped = true;
    query.name = name;
  };
  return query;
}
