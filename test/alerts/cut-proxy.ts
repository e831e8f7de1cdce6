import net from 'node:net';

/** A cable between a client and a node, which can be cut. */
export class CutProxy {
  cuts = 0;
  readonly #server: net.Server;
  readonly #sockets = new Set<net.Socket>();

  private constructor(server: net.Server) {
    this.#server = server;
  }

  /** @param port of the node */
  static async start(port: number): Promise<CutProxy> {
    const server = net.createServer();
    const proxy = new CutProxy(server);
    server.on('connection', (socket) => {
      const other = net.connect(port, '127.0.0.1');
      for (const [one, two] of [
        [socket, other],
        [other, socket],
      ] as const) {
        proxy.#sockets.add(one);
        one.on('error', () => two.destroy());
        one.on('close', () => {
          proxy.#sockets.delete(one);
          two.destroy();
        });
        one.pipe(two);
      }
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return proxy;
  }

  url(scheme: 'ws' | 'http'): string {
    return `${scheme}://127.0.0.1:${(this.#server.address() as net.AddressInfo).port}/graphql`;
  }

  /** Ends every connection, in the middle of whatever is on its way. */
  cut(): void {
    if (this.#sockets.size > 0) this.cuts += 1;
    for (const socket of this.#sockets) socket.destroy();
  }

  async close(): Promise<void> {
    this.cut();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}
