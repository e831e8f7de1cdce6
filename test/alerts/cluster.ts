import type pg from 'pg';
import { pino } from 'pino';
import { type App, type AppSettings, createApp } from '../../server/app/compose.ts';
import { createOrganisation } from '../../server/app/sandbox/sandbox-organisation.ts';
import { createTokenIssuer, type TokenIssuer } from '../../server/platform/access/identity.ts';
import { systemClock } from '../../server/platform/values/wall-clock.ts';
import { createDatabase } from '../support/postgres.ts';
import { SocketClient } from './socket-client.ts';
import { type Draft, raise } from './support.ts';

/** A node of the real server in this process, on PostgreSQL and a running clock. */
export interface Node {
  readonly app: App;
  readonly url: string;
  readonly wsUrl: string;
}

export type NodeSettings = Partial<
  Pick<AppSettings, 'slowReaderMs' | 'bookmarkEveryMs' | 'spreadMs' | 'runsJobs' | 'plugins'>
>;

/** Nodes on one database, with the bare organisation; all end with `await using`. */
export class Cluster implements AsyncDisposable {
  readonly databaseUrl: string;
  readonly issuer: TokenIssuer = createTokenIssuer();
  readonly #nodes: Node[] = [];
  readonly #clients: SocketClient[] = [];
  #staff: Record<string, string> = {};
  #branches = new Map<string, string>();

  constructor(databaseUrl: string) {
    this.databaseUrl = databaseUrl;
  }

  /** @param settings of each of the nodes */
  static async start(nodes: number, settings: NodeSettings = {}): Promise<Cluster> {
    const cluster = new Cluster(await createDatabase());
    for (let n = 0; n < nodes; n++) await cluster.add(settings);
    const { prisma } = cluster.node(0).app.services.database;
    cluster.#staff = await createOrganisation(prisma, new Date());
    const branches = await prisma.branch.findMany({ select: { code: true, id: true } });
    cluster.#branches = new Map(branches.map(({ code, id }) => [code, id]));
    return cluster;
  }

  async add(settings: NodeSettings = {}): Promise<Node> {
    const app = await createApp({
      database: { url: this.databaseUrl, acceptDataLoss: true },
      clock: systemClock,
      dataKeys: [{ id: 'test', secret: Buffer.alloc(32, 7) }],
      identity: this.issuer.identity,
      isOpen: true,
      log: pino({ level: process.env.TEST_LOG ?? 'silent' }),
      runsJobs: false,
      ...settings,
    });
    const port = await app.listen(0, '127.0.0.1');
    const node = { app, url: `http://127.0.0.1:${port}/graphql`, wsUrl: `ws://127.0.0.1:${port}/graphql` };
    this.#nodes.push(node);
    return node;
  }

  node(index: number): Node {
    const node = this.#nodes[index];
    if (!node) throw new Error(`there is no node ${index}`);
    return node;
  }

  get pool(): pg.Pool {
    return this.node(0).app.services.database.pool;
  }

  /** By `branch code/role`. */
  staff(who: string): string {
    const id = this.#staff[who];
    if (!id) throw new Error(`nobody is ${who}`);
    return id;
  }

  branch(code: string): string {
    return this.#branches.get(code) ?? code;
  }

  /** @param seconds that it is good for */
  token(who: string, seconds = 3_600): Promise<string> {
    return this.issuer.sign(this.staff(who), { hours: seconds / 3_600 });
  }

  async connect(who: string, { node = 0, token = '', locale = 'en' } = {}): Promise<SocketClient> {
    const client = await SocketClient.connect(this.node(node).wsUrl, token || (await this.token(who)), locale);
    this.#clients.push(client);
    return client;
  }

  /** Writes alerts of a bank's outlet, which its people see and the other's do not, and has them numbered. */
  async raise(drafts: readonly (Omit<Draft, 'branchId'> & { branch?: string })[]): Promise<string[]> {
    const ids = await raise(
      this.pool,
      drafts.map(({ branch = 'BK-A', ...draft }) => ({
        policyId: 'bank-vip',
        audience: 'EXECUTIVE',
        ...draft,
        branchId: this.branch(branch),
      })),
    );
    this.node(0).app.services.alerts.wake();
    return ids;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const client of this.#clients) client.cut();
    for (const { app } of this.#nodes) await app.close();
  }
}
