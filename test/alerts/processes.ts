import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import net from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { createOrganisation } from '../../server/app/sandbox/sandbox-organisation.ts';
import { createTokenIssuer, type TokenIssuer } from '../../server/platform/access/identity.ts';
import { openDatabase } from '../../server/platform/storage/database.ts';
import { built } from '../support/built.ts';
import { createDatabase } from '../support/postgres.ts';
import type { NodeSettings } from './cluster.ts';

/** A node that can be killed and started again on the same port. */
export class NodeProcess {
  readonly port: number;
  starts = 0;
  /** How the process ended that was started last. */
  ended: string | null = null;
  readonly #environment: Record<string, string>;
  #child: ChildProcess | null = null;

  constructor(port: number, environment: Record<string, string>) {
    this.port = port;
    this.#environment = environment;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}/graphql`;
  }

  get wsUrl(): string {
    return `ws://127.0.0.1:${this.port}/graphql`;
  }

  /** Resolves when the port is open. */
  async start(): Promise<void> {
    const child = fork(await built('test/alerts/programs/node.ts'), {
      execArgv: ['--expose-gc'],
      env: { ...process.env, NODE_ENV: 'production', ...this.#environment, PORT: String(this.port) },
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    });
    this.#child = child;
    this.starts += 1;
    child.on('exit', (code, signal) => {
      this.ended = `code ${code}, signal ${signal}`;
    });
    const [first] = (await Promise.race([once(child, 'message'), once(child, 'exit')])) as [unknown];
    if (first !== 'ready') throw new Error(`the node ended with ${first} before it was ready`);
  }

  /** Ends the process as a power cut would. */
  async kill(): Promise<void> {
    const child = this.#child;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGKILL');
    await once(child, 'exit');
  }

  /** Stops it as a deployment does. @returns the exit code */
  async stop(): Promise<number | null> {
    const child = this.#child;
    if (!child || child.exitCode !== null || child.signalCode !== null) return null;
    child.kill('SIGTERM');
    const [code] = (await once(child, 'exit')) as [number | null];
    return code;
  }

  /** Bytes that the process holds after a collection. */
  async memory(): Promise<{ rss: number; heapUsed: number; external: number }> {
    const child = this.#child as ChildProcess;
    if (!child.connected) throw new Error(`the node has ended: ${this.ended}`);
    const answer = Promise.race([once(child, 'message'), once(child, 'exit')]);
    child.send('memory');
    const [message] = (await answer) as [
      { memory: { rss: number; heapUsed: number; external: number } } | number | null,
    ];
    if (message === null || typeof message === 'number') throw new Error(`the node has ended: ${this.ended}`);
    return message.memory;
  }
}

/** Node processes on a PostgreSQL database of their own, with the bare organisation; all end with `await using`. */
export class Fleet implements AsyncDisposable {
  readonly pool: pg.Pool;
  readonly nodes: readonly NodeProcess[];
  readonly #keys: string;
  readonly #issuer: TokenIssuer;
  readonly #staff: Readonly<Record<string, string>>;
  readonly #branches: ReadonlyMap<string, string>;

  private constructor(
    pool: pg.Pool,
    nodes: readonly NodeProcess[],
    keys: string,
    issuer: TokenIssuer,
    staff: Readonly<Record<string, string>>,
    branches: ReadonlyMap<string, string>,
  ) {
    this.pool = pool;
    this.nodes = nodes;
    this.#keys = keys;
    this.#issuer = issuer;
    this.#staff = staff;
    this.#branches = branches;
  }

  /** @param database the URL of one with the project's tables; without it, a fresh one on the run's server */
  static async start(count: number, settings: NodeSettings = {}, database?: string): Promise<Fleet> {
    const url = database ?? (await createDatabase());
    const keys = mkdtempSync(join(tmpdir(), 'tierline-keys-'));
    const issuer = createTokenIssuer(keys);
    const opened = await openDatabase({ url, acceptDataLoss: true });
    const staff = await createOrganisation(opened.prisma, new Date());
    const branches = await opened.prisma.branch.findMany({ select: { code: true, id: true } });
    await opened.close();
    const pool = new pg.Pool({ connectionString: url, max: 40, application_name: 'harness' });
    pool.on('error', () => {});
    const environment = { DATABASE_URL: url, KEYS: keys, SETTINGS: JSON.stringify(settings) };
    const nodes = await Promise.all(
      Array.from({ length: count }, async () => new NodeProcess(await freePort(), environment)),
    );
    const byCode = new Map(branches.map(({ code, id }) => [code, id]));
    const fleet = new Fleet(pool, nodes, keys, issuer, staff, byCode);
    try {
      await Promise.all(nodes.map((node) => node.start()));
    } catch (error) {
      await fleet[Symbol.asyncDispose]();
      throw error;
    }
    return fleet;
  }

  staff(who: string): string {
    const id = this.#staff[who];
    if (!id) throw new Error(`nobody is ${who}`);
    return id;
  }

  branch(code: string): string {
    const id = this.#branches.get(code);
    if (!id) throw new Error(`there is no branch ${code}`);
    return id;
  }

  token(who: string, seconds = 3_600): Promise<string> {
    return this.#issuer.sign(this.staff(who), { hours: seconds / 3_600 });
  }

  /** Waits until every committed alert has its position. */
  async numbered(): Promise<void> {
    while ((await this.pool.query('select from alert where pos is null limit 1')).rowCount)
      await new Promise((resolve) => setTimeout(resolve, 10));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.nodes.map((node) => node.kill()));
    await this.pool.end();
    rmSync(this.#keys, { recursive: true, force: true });
  }
}

async function freePort(): Promise<number> {
  const server = net.createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as net.AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
