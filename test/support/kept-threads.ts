import { ThreadPool, type Threads, type WorkerSlot } from '../../server/engine/policy/threads/thread-pool.ts';

/** Threads that outlive the app that started them: the next one with the same plugins has them at once. */
class KeptThreads implements Threads {
  readonly #idle: WorkerSlot[] = [];
  readonly #spares: ThreadPool;

  constructor(worker: string) {
    this.#spares = new ThreadPool(worker);
  }

  take(url: string): WorkerSlot {
    const index = this.#idle.findIndex(({ loaded }) => loaded === url);
    const [known] = index < 0 ? [] : this.#idle.splice(index, 1);
    known?.worker.ref();
    return known ?? this.#spares.take();
  }

  async giveBack(slot: WorkerSlot): Promise<void> {
    const { worker } = slot;
    worker.removeAllListeners();
    worker.unref();
    worker.once('exit', () => this.#forget(slot));
    this.#idle.push(slot);
  }

  /** They are for whoever comes next. */
  async close(): Promise<void> {}

  #forget(slot: WorkerSlot): void {
    const index = this.#idle.indexOf(slot);
    if (index >= 0) this.#idle.splice(index, 1);
  }
}

const kept = new Map<string, KeptThreads>();

/** The threads of this test file, by what they run. */
export function keptThreads(worker: string): Threads {
  const known = kept.get(worker) ?? new KeptThreads(worker);
  kept.set(worker, known);
  return known;
}
