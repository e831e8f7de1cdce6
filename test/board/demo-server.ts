import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { pino } from 'pino';
import { readEnv } from '../../server/app/env.ts';
import { type Running, startServer } from '../../server/app/serve.ts';

/** The demo as `npm start` has it, behind a line that can be cut. */
export class DemoServer {
  readonly folder = mkdtempSync(join(tmpdir(), 'tierline-board-'));
  readonly #sockets = new Set<Socket>();
  #running: Running | null = null;
  #isCut = false;
  #port = 0;
  readonly #line = createServer((browser) => {
    if (this.#isCut) {
      browser.destroy();
      return;
    }
    const server = connect(this.#port, '127.0.0.1');
    for (const [one, other] of [
      [browser, server],
      [server, browser],
    ] as const) {
      this.#sockets.add(one);
      one.on('error', () => other.destroy());
      one.on('close', () => {
        this.#sockets.delete(one);
        other.destroy();
      });
      one.pipe(other);
    }
  });

  /** Builds the page where it is not, and starts the server. */
  async start(): Promise<void> {
    const tool = fileURLToPath(new URL('../../tools/board.mjs', import.meta.url));
    execFileSync(process.execPath, [tool, 'build', '--if-stale'], { timeout: 150_000 });
    await new Promise<void>((resolve) => this.#line.listen(0, '127.0.0.1', resolve));
    await this.startServer();
  }

  async startServer(): Promise<void> {
    const env = readEnv({ NODE_ENV: 'test', PORT: '0', TIERLINE_DATA: this.folder });
    this.#running = await startServer(env, { demo: true, log: pino({ level: 'silent' }) });
    this.#port = Number(new URL(this.#running.url).port);
  }

  async stopServer(): Promise<void> {
    await this.#running?.app.close();
    this.#running = null;
  }

  get app() {
    if (!this.#running) throw new Error('the server is not started');
    return this.#running.app;
  }

  /** The page, over the line. */
  get url(): string {
    const address = this.#line.address();
    return `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}/`;
  }

  cut(): void {
    this.#isCut = true;
    for (const socket of this.#sockets) socket.destroy();
  }

  mend(): void {
    this.#isCut = false;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.cut();
    await this.stopServer();
    await new Promise((resolve) => this.#line.close(resolve));
    rmSync(this.folder, { recursive: true, force: true });
  }
}
