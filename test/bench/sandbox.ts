import { pino } from 'pino';
import type { App } from '../../server/app/compose.ts';
import { type SandboxInfo, startSandbox } from '../../server/app/sandbox/sandbox.ts';
import type { Caller } from '../../server/engine/services/services.ts';
import { parseGlobalId } from '../../server/platform/values/ids.ts';
import { administer, type PostgresServer } from '../support/postgres.ts';

export interface BenchSandbox {
  readonly app: App;
  readonly info: SandboxInfo;
  readonly databaseUrl: string;
}

/** A sandbox on a database of its own, which it makes on the server. */
export async function openSandbox(server: PostgresServer, name: string, at = new Date()): Promise<BenchSandbox> {
  await administer(server.url, `create database ${name}`);
  const databaseUrl = server.url.replace(/\/[^/]*$/, `/${name}`);
  const log = pino({ level: 'error' });
  return { ...(await startSandbox({ at, port: 0, demo: false, databaseUrl, plugins: [], log })), databaseUrl };
}

/** Somebody by `branch code/role`, as services take it. */
export async function callerOf({ app, info }: BenchSandbox, who: string): Promise<Caller> {
  const id = parseGlobalId(info.staff[who] ?? '')?.id ?? '';
  const actor = await app.services.actors.read(id, { expiresAt: Date.now() + 3_600_000, scopes: [] });
  if (!actor) throw new Error(`nobody is ${who}`);
  return { actor, requestId: null };
}
