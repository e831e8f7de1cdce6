import net from 'node:net';
import pg from 'pg';

/** Of PostgreSQL's protocol: what a client opens with to ask for TLS. */
const SSL_REQUEST = 80_877_103;

/** A message of the server: its kind, four bytes of length, its body. */
const HEAD = 5;

interface Backend {
  readonly socket: net.Socket;
  /** What it does with a message of the server; nothing while it is idle. */
  take: (message: Buffer) => void;
}

/**
 * Stands before PostgreSQL as PgBouncer does with pool_mode=transaction: a client has a session of the server for as long as a
 * transaction, the session that was left last before the others, and settings that it asked for at connecting are lost or refused.
 */
export class TransactionPooler {
  readonly url: string;
  readonly #server: net.Server;
  readonly #idle: Backend[];
  readonly #all: Backend[];
  readonly #refuses: boolean;
  readonly #waiting: (() => void)[] = [];

  private constructor(server: net.Server, to: string, backends: Backend[], refuses: boolean) {
    this.#server = server;
    this.#all = backends;
    this.#idle = [...backends];
    this.#refuses = refuses;
    this.url = Object.assign(new URL(to), { host: `127.0.0.1:${(server.address() as net.AddressInfo).port}` }).href;
    server.on('connection', (socket) => this.#serve(socket));
  }

  /** @param refuses settings at connecting, as PgBouncer does unless ignore_startup_parameters names them */
  static async open(to: string, { refuses = false, sessions = 2 } = {}): Promise<TransactionPooler> {
    const backends = await Promise.all(Array.from({ length: sessions }, () => connectBackend(to)));
    const server = net.createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return new TransactionPooler(server, to, backends, refuses);
  }

  close(): void {
    this.#server.close();
    for (const { socket } of this.#all) socket.destroy();
  }

  #serve(client: net.Socket): void {
    let backend: Backend | null = null;
    let isStarted = false;
    let left = Buffer.alloc(0);
    const letGo = () => {
      if (backend) this.#idle.push(backend);
      backend = null;
      this.#waiting.shift()?.();
    };
    const send = async (bytes: Buffer) => {
      if (bytes[0] === 'X'.charCodeAt(0)) return client.end();
      while (!backend) {
        backend = this.#idle.pop() ?? null;
        if (!backend) await new Promise<void>((resolve) => this.#waiting.push(resolve));
      }
      backend.take = (message) => {
        client.write(message);
        if (message[0] === 'Z'.charCodeAt(0) && message[HEAD] === 'I'.charCodeAt(0)) letGo();
      };
      backend.socket.write(bytes);
    };
    let sent = Promise.resolve<unknown>(undefined);
    client.on('error', () => {});
    client.on('data', (bytes: Buffer) => {
      if (isStarted) {
        sent = sent.then(() => send(bytes));
        return;
      }
      left = Buffer.concat([left, bytes]);
      if (left.length >= 8 && left.readInt32BE(4) === SSL_REQUEST) {
        client.write('N');
        left = left.subarray(8);
      }
      if (left.length < 8 || left.length < left.readInt32BE(0)) return;
      isStarted = true;
      const refused = this.#refuses && left.toString().includes('statement_timeout');
      client.write(refused ? refusal('unsupported startup parameter: statement_timeout') : WELCOME);
      if (refused) client.end();
    });
  }
}

const message = (kind: string, body: Buffer) => {
  const head = Buffer.alloc(HEAD);
  head.write(kind);
  head.writeInt32BE(body.length + 4, 1);
  return Buffer.concat([head, body]);
};

const refusal = (text: string) => message('E', Buffer.from(`SFATAL\0C08P01\0M${text}\0\0`));

/** AuthenticationOk, BackendKeyData, ReadyForQuery. */
const WELCOME = Buffer.concat([
  message('R', Buffer.alloc(4)),
  message('K', Buffer.alloc(8)),
  message('Z', Buffer.from('I')),
]);

/** A session of the server, signed in by the driver and then taken from it. */
async function connectBackend(url: string): Promise<Backend> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const { stream: socket } = (client as pg.Client & { connection: { stream: net.Socket } }).connection;
  socket.removeAllListeners();
  socket.on('error', () => {});
  const backend: Backend = { socket, take: () => {} };
  let left = Buffer.alloc(0);
  socket.on('data', (bytes: Buffer) => {
    left = Buffer.concat([left, bytes]);
    while (left.length >= HEAD && left.length > left.readInt32BE(1)) {
      const end = left.readInt32BE(1) + 1;
      backend.take(left.subarray(0, end));
      left = left.subarray(end);
    }
  });
  return backend;
}
