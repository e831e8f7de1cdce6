import { randomBytes } from 'node:crypto';
import type { Logger } from 'pino';
import { BUILT_IN } from '../../engine/policy/registry.ts';
import type { TokenScope } from '../../platform/access/actor.ts';
import { createTokenIssuer } from '../../platform/access/identity.ts';
import { toGlobalId } from '../../platform/values/ids.ts';
import { HeldClock } from '../../platform/values/wall-clock.ts';
import { type App, type AppSettings, createApp } from '../compose.ts';
import { createOrganisation } from './sandbox-organisation.ts';

export interface SandboxOptions {
  /** Where the clock stands. */
  readonly at: Date;
  readonly port: number;
  /** Load the demo data instead of the bare organisation. */
  readonly demo: boolean;
  /** A PostgreSQL database, which must be empty, instead of memory. */
  readonly databaseUrl?: string | undefined;
  readonly plugins: readonly string[];
  readonly log: Logger;
  /** What differs from the app's own, for tests. */
  readonly settings?: Partial<
    Pick<
      AppSettings,
      | 'board'
      | 'decisions'
      | 'files'
      | 'limits'
      | 'operations'
      | 'origins'
      | 'isOpen'
      | 'policyThreads'
      | 'drainMs'
      | 'bookmarkEveryMs'
      | 'metricsToken'
      | 'logsRequests'
      | 'slowMs'
    >
  >;
}

/** What `--json` prints. */
export interface SandboxInfo {
  readonly url: string;
  readonly wsUrl: string;
  readonly now: string;
  /** By `branch code/role`. */
  readonly tokens: Readonly<Record<string, string>>;
  /** Global ids, by `branch code/role`. */
  readonly staff: Readonly<Record<string, string>>;
}

/** The database of a sandbox is not empty: it would be played with. */
export class DatabaseNotEmptyError extends Error {
  constructor() {
    super('--database-url: the database is not empty. A sandbox needs one of its own: name an empty database.');
    this.name = new.target.name;
  }
}

/** The real server, streams and sweeps on a database of its own, with a clock that stands still until it is moved. */
export async function startSandbox(options: SandboxOptions): Promise<{ app: App; info: SandboxInfo }> {
  const issuer = createTokenIssuer();
  const app = await createApp({
    // It is played with and thrown away: there is nothing to lose.
    database: options.databaseUrl ? { url: options.databaseUrl, acceptDataLoss: true } : { memory: true },
    clock: new HeldClock(options.at),
    dataKeys: [{ id: 'sandbox', secret: randomBytes(32) }],
    identity: issuer.identity,
    plugins: options.plugins,
    isOpen: true,
    isPlayground: true,
    log: options.log,
    ...options.settings,
    // A month that passes holds everything else up.
    limits: { operationMs: 120_000, ...options.settings?.limits },
  });
  try {
    const { prisma } = app.services.database;
    if ((await prisma.branch.count()) > 0) throw new DatabaseNotEmptyError();
    const { prepareDemo } = options.demo ? await import('../demo/prepare.ts') : { prepareDemo: null };
    const people = prepareDemo
      ? (await prepareDemo(app.services, options.at)).staff
      : await createOrganisation(prisma, options.at, pluginLines(app));
    await app.services.alerts.numberAll();
    const port = await app.listen(options.port, '127.0.0.1');
    const tokens: Record<string, string> = {};
    const staff: Record<string, string> = {};
    for (const [name, id] of Object.entries(people)) {
      tokens[name] = await issuer.sign(id, { scopes: name.endsWith('SERVICE') ? programScopes(app) : [] });
      staff[name] = toGlobalId('Staff', id);
    }
    const info = {
      url: `http://127.0.0.1:${port}/graphql`,
      wsUrl: `ws://127.0.0.1:${port}/graphql`,
      now: app.services.clock.now().toISOString(),
      tokens,
      staff,
    };
    return { app, info };
  } catch (error) {
    await app.close();
    throw error;
  }
}

/** All that programs may do, for each line by its name: a program gets of it what its place runs. */
function programScopes({ services }: App): TokenScope[] {
  const lines = services.policies.all().filter(({ declaration }) => declaration.businessLine);
  return (['metrics:write', 'alerts:read', 'customers:read'] as const).flatMap((scope) =>
    lines.map(({ declaration }): TokenScope => `${scope}:${declaration.id}`),
  );
}

/** Business lines of plugins that are not our own. */
function pluginLines({ services }: App): string[] {
  const lines = services.policies.all().map(({ declaration }) => declaration);
  return lines.flatMap(({ id, businessLine }) => (businessLine && !BUILT_IN.includes(id) ? [id] : []));
}
