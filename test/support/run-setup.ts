import type { TestProject } from 'vitest/node';
import { compileProgram } from './built.ts';
import { openDoor } from './doors.ts';
import { makeTemplate, type PostgresServer, startPostgres } from './postgres.ts';

/** What all processes of a run share: its PostgreSQL server, and the program as JavaScript. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  let server: PostgresServer | undefined;
  let program: { readonly folder: string; remove(): void } | undefined;
  const postgres = await openDoor(async () => {
    server = await startPostgres();
    await makeTemplate(server);
    return server.url;
  });
  const built = await openDoor(async () => {
    program = await compileProgram();
    return program.folder;
  });
  project.provide('postgresDoor', postgres.address);
  project.provide('programDoor', built.address);

  return async () => {
    await Promise.all([postgres.close(), built.close()]);
    await server?.stop();
    program?.remove();
  };
}
