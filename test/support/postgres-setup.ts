import { randomUUID } from 'node:crypto';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import type { TestProject } from 'vitest/node';
import { makeTemplate, type PostgresServer, startPostgres } from './postgres.ts';

/**
 * Opens a door at which test files ask for the run's PostgreSQL server. It starts when the first one asks, so a run
 * without such tests costs nothing, and stops when the run ends.
 */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  let starting: Promise<PostgresServer> | undefined;
  const start = async () => {
    const server = await startPostgres();
    await makeTemplate(server);
    return server;
  };
  const door = net.createServer((socket) => {
    socket.on('error', () => {});
    starting ??= start();
    starting.then(
      (server) => socket.end(server.url),
      (error: unknown) => socket.end(String(error)),
    );
  });
  const name = `tierline-${randomUUID()}`;
  const address = process.platform === 'win32' ? `\\\\.\\pipe\\${name}` : path.join(os.tmpdir(), `${name}.sock`);
  await new Promise<void>((resolve) => door.listen(address, resolve));
  project.provide('postgresDoor', address);

  return async () => {
    await new Promise((resolve) => door.close(resolve));
    const server = await starting?.catch(() => undefined);
    await server?.stop();
  };
}
