import { Duplex } from 'node:stream';
import type { Engine } from './engine.ts';

const TERMINATE = 0x58;

/**
 * What `pg` takes for its socket: an in-process stream that speaks PostgreSQL's protocol with the embedded database, so
 * that it takes the same path, adapter and parsers as a server. Only whole messages are passed on.
 *
 * The database has one session: two streams at a time would share a transaction, hence a pool of one. A new stream
 * first wipes what the one before it left behind (an open transaction, prepared statements, settings).
 */
export class PGliteStream extends Duplex {
  readonly #engine: Engine;
  #pending: Buffer<ArrayBufferLike> = Buffer.alloc(0);
  #isStarted = false;

  constructor(engine: Engine) {
    super();
    this.#engine = engine;
    this.once(
      'close',
      engine.onCrash((error) => this.destroy(error)),
    );
  }

  connect(): this {
    const { error } = this.#engine;
    queueMicrotask(() => (error ? this.destroy(error) : this.emit('connect')));
    return this;
  }

  // A socket has these and `pg` calls them; here there is nothing to set.
  setNoDelay(): this {
    return this;
  }
  setKeepAlive(): this {
    return this;
  }
  ref(): this {
    return this;
  }
  unref(): this {
    return this;
  }

  override _read(): void {}

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    this.#receive([chunk]).then(() => done(), done);
  }

  /** `pg` corks a statement's messages, so they come together and cost one trip to the thread. */
  override _writev(chunks: Array<{ chunk: Buffer }>, done: (error?: Error | null) => void): void {
    this.#receive(chunks.map(({ chunk }) => chunk)).then(() => done(), done);
  }

  override _final(done: (error?: Error | null) => void): void {
    this.push(null);
    done();
  }

  async #receive(chunks: Buffer[]): Promise<void> {
    this.#pending = Buffer.concat([this.#pending, ...chunks]);
    if (!this.#isStarted && !(await this.#start())) return;
    const { end, isLast } = wholeMessages(this.#pending);
    if (end > 0) {
      // A copy of its own: the memory moves to the thread, and a Buffer's may belong to others too.
      const messages = new Uint8Array(this.#pending.subarray(0, end));
      this.#pending = this.#pending.subarray(end);
      const answer = await this.#engine.exec(messages);
      if (answer.length > 0) this.push(Buffer.from(answer.buffer, answer.byteOffset, answer.byteLength));
    }
    if (isLast) this.push(null);
  }

  /** @returns false while the start-up packet is not complete */
  async #start(): Promise<boolean> {
    if (this.#pending.length < 4) return false;
    const length = this.#pending.readInt32BE(0);
    if (this.#pending.length < length) return false;
    this.#pending = this.#pending.subarray(length);
    this.#isStarted = true;
    // Sync ends a batch that was cut off; DISCARD ALL refuses inside a transaction, so that is ended first.
    await this.#engine.exec(new Uint8Array(Buffer.concat([message('S', ''), query('ROLLBACK')])));
    await this.#engine.exec(new Uint8Array(query('DISCARD ALL')));
    this.push(welcome);
    return true;
  }
}

/** Where the last whole message ends, not counting a farewell and what follows it. */
function wholeMessages(bytes: Buffer): { end: number; isLast: boolean } {
  let end = 0;
  while (bytes.length - end >= 5) {
    const length = 1 + bytes.readInt32BE(end + 1);
    if (bytes.length - end < length) break;
    if (bytes[end] === TERMINATE) return { end, isLast: true };
    end += length;
  }
  return { end, isLast: false };
}

/** One message of the protocol: its letter, its length with itself but without the letter, its body. */
function message(letter: string, body: string | Buffer): Buffer {
  const bytes = Buffer.from(body);
  const head = Buffer.alloc(5);
  head.write(letter);
  head.writeInt32BE(bytes.length + 4, 1);
  return Buffer.concat([head, bytes]);
}

function query(sql: string): Buffer {
  return message('Q', `${sql}\0`);
}

/** The answer to the start-up packet: authenticated, the parameters that clients read, a key, ready. */
const welcome = Buffer.concat([
  message('R', Buffer.alloc(4)),
  message('S', 'server_version\x0018.6\0'),
  message('S', 'client_encoding\0UTF8\0'),
  message('S', 'standard_conforming_strings\0on\0'),
  message('S', 'DateStyle\0ISO, MDY\0'),
  message('S', 'TimeZone\0UTC\0'),
  message('K', Buffer.from([0, 0, 0, 1, 0, 0, 0, 1])),
  message('Z', 'I'),
]);
