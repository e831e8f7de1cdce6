import type { Worker } from 'node:worker_threads';
import { startThread } from '../../../platform/threads/thread.ts';
import type { Slot, Slots } from './slot.ts';
import { PROGRESS } from './thread-protocol.ts';
import { processorMs } from './thread-time.ts';

/** A slot whose runner is a thread of this process. */
export interface WorkerSlot extends Slot {
  readonly worker: Worker;
}

/** What a plugin's thread may take. Its environment is empty: no address, no secret. */
const RESOURCES = { maxOldGenerationSizeMb: 64, maxYoungGenerationSizeMb: 16, stackSizeMb: 4 };

/** The spare is replaced a little later, so that starting it does not compete with the work that took it. */
const REFILL_MS = 1_000;

/** Where the threads of plugins come from. */
export interface Threads extends Slots {
  take(url: string): WorkerSlot;
  giveBack(slot: Slot): Promise<void>;
}

/** Keeps one thread started and empty: who lost a thread to a plugin that hangs has the next one at once. */
export class ThreadPool implements Threads {
  #spare: WorkerSlot | null = null;
  #refill: NodeJS.Timeout | null = null;
  #isClosed = false;
  readonly #entry: string;
  readonly #plugins: readonly string[];

  /**
   * @param entry the URL of `worker.ts`, or of what was compiled from it
   * @param plugins URLs of the plugins that the threads may have to load
   */
  constructor(entry: string, plugins: readonly string[] = []) {
    this.#entry = entry;
    this.#plugins = plugins;
    this.#fill();
  }

  /** The spare, or a new thread if it is taken: it can load any plugin. */
  take(): WorkerSlot {
    const slot = this.#spare ?? startSlot(this.#entry, this.#plugins);
    this.#spare = null;
    slot.worker.removeAllListeners();
    this.#refill ??= setTimeout(() => {
      this.#refill = null;
      this.#fill();
    }, REFILL_MS).unref();
    return slot;
  }

  /** What has loaded a plugin serves no other one. */
  async giveBack({ worker }: Slot): Promise<void> {
    await worker.terminate();
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    if (this.#refill) clearTimeout(this.#refill);
    await this.#spare?.worker.terminate();
    this.#spare = null;
  }

  #fill(): void {
    if (this.#spare || this.#isClosed) return;
    const slot = startSlot(this.#entry, this.#plugins);
    const drop = () => {
      if (this.#spare === slot) this.#spare = null;
    };
    slot.worker.on('error', drop).on('exit', drop);
    this.#spare = slot;
  }
}

/** Starts a thread that has loaded nothing yet. */
export function startSlot(entry: string, plugins: readonly string[]): WorkerSlot {
  const progress = new Int32Array(new SharedArrayBuffer(PROGRESS.LENGTH * Int32Array.BYTES_PER_ELEMENT));
  const options = {
    workerData: { progress },
    env: {},
    resourceLimits: RESOURCES,
    stdout: true,
    stderr: true,
    name: 'policy',
  };
  const worker = startThread(new URL(entry), options, plugins);
  const told = () => processorMs(Atomics.load(progress, PROGRESS.THREAD));
  const workedMs = () => told() ?? worker.performance.eventLoopUtilization().active;
  return { worker, progress, workedMs, rssBytes: () => process.memoryUsage.rss() };
}
