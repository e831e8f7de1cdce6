import type { Logger } from 'pino';
import type { PolicyBreakage } from '../errors.ts';
import type { Parameters } from '../evaluate/operands.ts';
import { IdleWatch } from './idle-watch.ts';
import type { Runner, Slot, Slots } from './slot.ts';
import {
  askedOf,
  deathOf,
  hasWorked,
  type Job,
  LOOKS_PER_CALL,
  logOutput,
  MAX_GROWTH,
  MAX_LOSSES,
  outcomesOf,
  PATIENCE,
  type Sighting,
  type TimeLimits,
} from './thread-jobs.ts';
import { type Asking, isFromThread, PROGRESS, type SentOutcome, type ToThread } from './thread-protocol.ts';

/**
 * The thread of one plugin. Questions are sent as they come, those of one moment together, and answered in order. A call that takes too long, or ends the
 * thread, is told BROKEN; all others are asked again in the next thread and notice only the time.
 */
export class PluginThread {
  readonly #policyId: string;
  readonly #url: string;
  readonly #spares: Slots;
  readonly #limits: TimeLimits;
  readonly #log: Pick<Logger, 'debug' | 'warn'>;
  readonly #onFault: (message: string) => void;
  readonly #queue: Job[] = [];
  /** Those that leave together when what came in with them has been looked at. */
  #outbox: Job[] = [];
  #slot: Slot | null = null;
  #isReady = false;
  #startedAt = 0;
  #lastId = 0;
  #watch: NodeJS.Timeout | null = null;
  #idleWatch: IdleWatch | null = null;
  /** The next question that finds it idle is asked in another. */
  #isStale = false;
  #sighting: Sighting | null = null;
  /** The job at work, when it was first seen, and the memory of the process then. */
  #head = { id: 0, since: 0, rss: 0 };
  /** What the thread said before it ended. */
  #death = '';
  #isClosed = false;

  constructor(options: {
    policyId: string;
    url: string;
    spares: Slots;
    limits: TimeLimits;
    log: Pick<Logger, 'debug' | 'warn'>;
    /** Told of what the thread did while it was at no question. */
    onFault?: (message: string) => void;
  }) {
    this.#policyId = options.policyId;
    this.#url = options.url;
    this.#spares = options.spares;
    this.#limits = options.limits;
    this.#log = options.log;
    this.#onFault = options.onFault ?? (() => {});
  }

  /** Asks about all of the facts in one message; the outcomes are in their order. Never rejects for the plugin's fault. */
  ask(question: Asking, facts: readonly unknown[], parameters: Parameters): Promise<SentOutcome[]> {
    return new Promise((resolve, reject) => {
      const asked = facts.map((_, index) => index);
      const job: Job = {
        id: ++this.#lastId,
        question,
        facts,
        parameters,
        outcomes: [],
        asked,
        losses: 0,
        resolve,
        reject,
      };
      if (this.#isClosed) {
        this.#giveUp(job, 'GONE', 'the policies are closed');
        return;
      }
      try {
        this.#start();
      } catch (error) {
        reject(error instanceof Error ? error : new Error(String(error)));
        return;
      }
      if (this.#isReady) this.#post(job);
      this.#queue.push(job);
      this.#watch ??= this.#lookLater();
    });
  }

  /** Whatever its module remembers, or has spoiled, is gone with the thread: the next question is asked in another. */
  renew(): void {
    this.#isStale = true;
    if (this.#queue.length === 0) this.#drop();
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#idleWatch?.stop();
    if (this.#watch) clearTimeout(this.#watch);
    const slot = this.#slot;
    this.#slot = null;
    const isIdle = this.#isReady && this.#queue.length === 0;
    for (const job of this.#queue.splice(0)) this.#giveUp(job, 'GONE', 'the policies are closed');
    if (slot && isIdle) await this.#spares.giveBack(slot);
    else await slot?.worker.terminate();
  }

  #start(): void {
    if (this.#slot) return;
    const slot = this.#spares.take(this.#url);
    this.#slot = slot;
    this.#isReady = slot.loaded === this.#url;
    this.#startedAt = performance.now();
    const { worker } = slot;
    worker.on('message', (message: unknown) => this.#hear(worker, message));
    worker.on('messageerror', () => this.#lose(worker, 'RUBBISH', 'it sent what cannot be read'));
    worker.on('error', (error: Error & { code?: string }) => {
      if (this.#slot?.worker === worker) this.#death = deathOf(error);
    });
    worker.on('exit', (code) => this.#lose(worker, 'DIED', this.#death || `it ended its thread with code ${code}`));
    logOutput(worker, this.#policyId, this.#log);
    if (this.#isReady) this.#watchIdle(slot);
    else worker.postMessage({ kind: 'LOAD', url: this.#url, declares: false } satisfies ToThread);
  }

  #watchIdle(slot: Slot): void {
    this.#idleWatch = new IdleWatch(slot, (message) => {
      if (this.#slot === slot) this.#lose(slot.worker, 'DIED', message);
    });
  }

  #post(job: Job): void {
    this.#outbox.push(job);
    if (this.#outbox.length === 1) setImmediate(() => this.#send(this.#outbox.splice(0)));
  }

  #send(jobs: readonly Job[]): void {
    if (jobs.length === 0) return;
    try {
      this.#slot?.worker.postMessage({ kind: 'ASK', asked: jobs.map(askedOf) } satisfies ToThread);
    } catch (error) {
      // One of them holds what cannot be sent: each by itself, and only that one fails.
      if (jobs.length > 1) {
        for (const job of jobs) this.#send([job]);
        return;
      }
      for (const job of jobs) {
        this.#queue.splice(this.#queue.indexOf(job), 1);
        job.reject(error instanceof Error ? error : new Error(String(error)));
      }
    }
  }

  #hear(worker: Runner, message: unknown): void {
    if (this.#slot?.worker !== worker) return;
    if (!isFromThread(message)) {
      this.#lose(worker, 'RUBBISH', 'it sent what cannot be read');
      return;
    }
    if (message.kind === 'UP') return;
    if (message.kind === 'READY') {
      if (this.#isReady) return;
      this.#isReady = true;
      this.#slot.loaded = this.#url;
      this.#watchIdle(this.#slot);
      for (const job of this.#queue) this.#post(job);
      return;
    }
    if (message.kind === 'UNUSABLE') {
      this.#abandon(message.message);
      return;
    }
    for (const { id, outcomes } of message.answered) {
      const [job] = this.#queue;
      if (job?.id !== id) return;
      this.#queue.shift();
      for (const [place, index] of job.asked.entries()) job.outcomes[index] = outcomes[place];
      job.resolve(outcomesOf(job, 'RUBBISH', 'it left out an answer'));
    }
    if (this.#isStale && this.#queue.length === 0) this.#drop();
  }

  /** The question that the thread answers just now; those before it are answered, and their answers on the way. */
  #atWork({ progress }: Slot): Job | undefined {
    const id = Atomics.load(progress, PROGRESS.QUESTION);
    return id === 0 ? undefined : this.#queue.find((job) => job.id === id);
  }

  #lookLater(): NodeJS.Timeout {
    // An answer that waits to be read is read first: an own delay is not the plugin's.
    return setTimeout(() => setImmediate(() => this.#look()), this.#limits.callMs / LOOKS_PER_CALL);
  }

  /** Looks at what the thread is at, as long as somebody waits. */
  #look(): void {
    this.#watch = null;
    const [first] = this.#queue;
    if (!first || !this.#slot) {
      this.#sighting = null;
      return;
    }
    this.#watch = this.#lookLater();
    const { worker, progress, workedMs, rssBytes } = this.#slot;
    const now = performance.now();
    const { callMs, entryMs, loadMs } = this.#limits;
    if (!this.#isReady) {
      if (now - this.#startedAt > loadMs) this.#abandon(`it was not ready within ${loadMs} ms`);
      return;
    }
    const entry = Atomics.load(progress, PROGRESS.ENTRY);
    const atWork = this.#atWork(this.#slot);
    const isAtWork = atWork !== undefined;
    const job = atWork ?? first;
    const at = isAtWork ? `${job.id} ${entry}` : `before ${job.id}`;
    if (this.#sighting?.at !== at) this.#sighting = { at, workedMs: workedMs(), looks: 0 };
    const sighting = this.#sighting;
    sighting.looks += 1;
    if (isAtWork && this.#head.id !== job.id) this.#head = { id: job.id, since: now, rss: rssBytes() };
    // Buffers lie outside of the heap that the thread is limited to.
    if (isAtWork && rssBytes() - this.#head.rss > MAX_GROWTH) {
      this.#lose(worker, 'DIED', 'it took too much memory');
      return;
    }
    // Looks are counted, not milliseconds: where the processor is short, they come late as the thread does.
    const isSilent =
      sighting.looks >= LOOKS_PER_CALL * PATIENCE ||
      (isAtWork && sighting.looks >= LOOKS_PER_CALL && hasWorked(sighting.workedMs, workedMs(), callMs));
    const isOverdue = isAtWork && now - this.#head.since > PATIENCE * (callMs + entryMs * job.asked.length);
    if (isSilent || isOverdue) this.#lose(worker, 'HUNG', `${job.question} did not answer within ${callMs} ms`);
  }

  /** The thread is lost. The entry at work is to blame; everything else is asked again. */
  #lose(worker: Runner, kind: 'HUNG' | 'DIED' | 'RUBBISH', message: string): void {
    if (this.#slot?.worker !== worker) return;
    if (!this.#isReady) {
      this.#abandon(message);
      return;
    }
    const atWork = this.#atWork(this.#slot);
    const job = atWork ?? this.#queue[0];
    const entry = Atomics.load(this.#slot.progress, PROGRESS.ENTRY);
    this.#drop();
    this.#log.warn({ policyId: this.#policyId, kind, detail: message }, 'the thread of a policy was lost');
    if (!atWork) this.#onFault(message);
    if (!job) return;
    if (atWork) {
      const [index = 0] = job.asked.splice(entry, 1);
      job.outcomes[index] = { kind: 'BROKEN', breakage: kind, message };
    }
    job.losses += 1;
    if (job.losses >= MAX_LOSSES || job.asked.length === 0) {
      this.#queue.splice(this.#queue.indexOf(job), 1);
      this.#giveUp(job, kind, message);
    } else {
      job.id = ++this.#lastId;
    }
    if (this.#queue.length > 0) this.#start();
  }

  /** The plugin cannot be loaded: nobody is answered. The next to ask tries again. */
  #abandon(message: string): void {
    this.#drop();
    for (const job of this.#queue.splice(0)) this.#giveUp(job, 'GONE', `it cannot be loaded: ${message}`);
  }

  #drop(): void {
    const slot = this.#slot;
    this.#idleWatch?.stop();
    this.#idleWatch = null;
    this.#slot = null;
    this.#isReady = false;
    this.#isStale = false;
    this.#outbox = [];
    this.#sighting = null;
    this.#death = '';
    void slot?.worker.terminate();
  }

  #giveUp(job: Job, breakage: PolicyBreakage['kind'], message: string): void {
    job.resolve(outcomesOf(job, breakage, message));
  }
}
