import type pg from 'pg';

/** Tells of connections that broke while nobody used them, each once; one in use tells whoever uses it. */
export function hearPoolErrors(pool: pg.Pool, onError: (error: unknown) => void): void {
  pool.on('error', (error: Error & { client?: unknown }) => {
    // The pool hangs the whole client on it, which would all stand in the log.
    delete error.client;
    onError(error);
  });
  // Without a listener here, a connection that breaks in use would end the process.
  pool.on('connect', (client) => client.on('error', () => {}));
}
