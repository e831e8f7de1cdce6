import net from 'node:net';

/** A way to the run's PostgreSQL that can be shut, as when the server goes down, and opened again at the same port. */
export class DatabaseDoor {
  readonly url: string;
  readonly #port: number;
  readonly #to: URL;
  readonly #sockets = new Set<net.Socket>();
  #server: net.Server;

  private constructor(server: net.Server, to: URL) {
    this.#server = server;
    this.#to = to;
    this.#port = (server.address() as net.AddressInfo).port;
    const url = new URL(to);
    url.host = `127.0.0.1:${this.#port}`;
    this.url = url.href;
    server.on('connection', this.#pass);
  }

  static async open(databaseUrl: string): Promise<DatabaseDoor> {
    return new DatabaseDoor(await listening(0), new URL(databaseUrl));
  }

  readonly #pass = (socket: net.Socket): void => {
    const other = net.connect(Number(this.#to.port), this.#to.hostname);
    for (const [one, two] of [
      [socket, other],
      [other, socket],
    ] as const) {
      this.#sockets.add(one);
      one.on('error', () => two.destroy());
      one.on('close', () => {
        this.#sockets.delete(one);
        two.destroy();
      });
      one.pipe(two);
    }
  };

  /** Breaks every connection, and takes none until it is opened again. */
  async shut(): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve));
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }

  async reopen(): Promise<void> {
    this.#server = await listening(this.#port);
    this.#server.on('connection', this.#pass);
  }
}

async function listening(port: number): Promise<net.Server> {
  const server = net.createServer();
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  return server;
}
