import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import type { Worker } from 'node:worker_threads';
import { compile } from '../../threads/compile.ts';
import { startThread } from '../../threads/thread.ts';
import { DatabaseCrashedError } from '../errors.ts';
import type { EngineAnswer, EngineRequest, EngineStart, EngineStatistics } from './pglite-worker.ts';

/**
 * How long one trip to the database may take, in milliseconds. PostgreSQL's `statement_timeout` does nothing in a
 * single-user backend: a statement that does not end can only be ended with its thread.
 */
const LIMIT_MS = 30_000;

type Waiting = { resolve: (answer: EngineAnswer) => void; reject: (error: Error) => void };

/** `Omit` on each member of a union. */
type Without<Union, Key extends string> = Union extends unknown ? Omit<Union, Key> : never;

/**
 * The embedded database as the main thread sees it. Every call that is waiting when the thread ends unexpectedly fails
 * with `DatabaseCrashedError`, and so does every later one.
 */
export class Engine {
  readonly #worker: Worker;
  readonly #waiting = new Map<number, Waiting>();
  readonly #crashed = new Set<(error: DatabaseCrashedError) => void>();
  readonly #limitMs: number;
  #lastId = 0;
  #error: DatabaseCrashedError | undefined;
  #isClosing = false;
  #stderr = '';

  /** While true, a statement may take as long as it needs. */
  isPatient = false;

  private constructor(worker: Worker, limitMs: number) {
    this.#worker = worker;
    this.#limitMs = limitMs;
    worker.stderr.on('data', (text: Buffer) => {
      this.#stderr = (this.#stderr + text.toString()).slice(-2_000);
    });
    worker.stdout.resume();
    worker.on('message', (answer: EngineAnswer) => this.#answered(answer));
    worker.on('messageerror', (error) => this.#ended(error.message));
    worker.on('error', (error) => this.#ended(error instanceof Error ? error.message : String(error)));
    worker.on('exit', (code) =>
      this.#ended(`its thread ended with code ${code}${this.#stderr && `: ${this.#stderr.trim()}`}`),
    );
  }

  /**
   * Starts the thread and opens the database in it.
   *
   * @param limitMs how long one statement may take, in milliseconds
   * @throws {Error} the database does not start; the message is the engine's own
   */
  static async start(options: Omit<EngineStart, 'module'>, limitMs = LIMIT_MS): Promise<Engine> {
    const start: EngineStart = { ...options, module: await program() };
    const source = new URL('./pglite-worker.ts', import.meta.url).href;
    // It finds its program beside its own package.
    const [entry = source] = await compile([source], 'external');
    const worker = startThread(new URL(entry), { workerData: start, name: 'database', stdout: true, stderr: true });
    const engine = new Engine(worker, limitMs);
    try {
      await new Promise<EngineAnswer>((resolve, reject) => engine.#waiting.set(0, { resolve, reject }));
      return engine;
    } catch (error) {
      await engine.terminate();
      throw error;
    }
  }

  /** Runs whole messages of PostgreSQL's protocol and gives the answer's bytes. */
  async exec(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array> {
    const limit = this.isPatient ? undefined : setTimeout(() => this.#giveUp(), this.#limitMs);
    try {
      const answer = await this.#ask({ ask: 'exec', bytes }, [bytes.buffer]);
      return 'bytes' in answer ? answer.bytes : new Uint8Array();
    } finally {
      clearTimeout(limit);
    }
  }

  /** The database's files as one uncompressed archive. Nothing may run on the database meanwhile. */
  async dump(): Promise<Uint8Array> {
    const answer = await this.#ask({ ask: 'dump' });
    return 'bytes' in answer ? answer.bytes : new Uint8Array();
  }

  async statistics(): Promise<EngineStatistics> {
    const answer = await this.#ask({ ask: 'statistics' });
    return 'statistics' in answer ? answer.statistics : { syncedFiles: 0, syncedDirectories: 0 };
  }

  /** Shuts the database down cleanly and ends the thread. */
  async close(): Promise<void> {
    if (!this.#error) await this.#ask({ ask: 'close' }).catch(() => {});
    await this.terminate();
  }

  /** Ends the thread at once, as a kill would. */
  async terminate(): Promise<void> {
    this.#isClosing = true;
    await this.#worker.terminate();
  }

  get error(): DatabaseCrashedError | undefined {
    return this.#error;
  }

  /** Calls back, once, when the thread has ended without being told to. @returns how to call that off */
  onCrash(callback: (error: DatabaseCrashedError) => void): () => void {
    this.#crashed.add(callback);
    return () => this.#crashed.delete(callback);
  }

  #ask(request: Without<EngineRequest, 'id'>, transfer: ArrayBuffer[] = []): Promise<EngineAnswer> {
    if (this.#error) return Promise.reject(this.#error);
    const id = ++this.#lastId;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.#worker.postMessage({ ...request, id }, transfer);
    });
  }

  #giveUp(): void {
    this.#ended(`a statement ran for more than ${this.#limitMs / 1_000} s`);
    void this.#worker.terminate();
  }

  #answered(answer: EngineAnswer): void {
    const waiting = this.#waiting.get(answer.id);
    this.#waiting.delete(answer.id);
    if ('failure' in answer) {
      this.#stderr = answer.failure;
      waiting?.reject(answer.id === 0 ? new Error(answer.failure) : new DatabaseCrashedError(answer.failure));
    } else {
      waiting?.resolve(answer);
    }
  }

  #ended(reason: string): void {
    if (this.#error) return;
    this.#error = new DatabaseCrashedError(this.#isClosing ? 'it was closed.' : reason);
    for (const { reject } of this.#waiting.values()) reject(this.#error);
    this.#waiting.clear();
    if (!this.#isClosing) for (const callback of this.#crashed) callback(this.#error);
  }
}

/** Node has it, its types here do not. */
declare const WebAssembly: { compile(bytes: Uint8Array): Promise<object> };

let compiled: Promise<object> | undefined;

/** PostgreSQL's program; its threads share one compiled copy, which saves each about 0.1 s. */
function program(): Promise<object> {
  const file = path.join(path.dirname(createRequire(import.meta.url).resolve('@electric-sql/pglite')), 'pglite.wasm');
  compiled ??= fs.promises.readFile(file).then((bytes) => WebAssembly.compile(bytes));
  return compiled;
}
