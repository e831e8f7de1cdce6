import { startThread } from '../../platform/threads/thread.ts';
import type { KitMessage, KitTask } from './kit-protocol.ts';
import { look, type Progress, WATCH_BYTES } from './progress.ts';

/** How often the thread is looked at, and after how many looks alike an answer, or a module, is taken to hang. */
const LOOK_MS = 100;
const LOOKS = { IDLE: Number.POSITIVE_INFINITY, ASKING: 10, LOADING: 150 } as const;

/** How a thread of the kit ended, and what it was at. */
export interface End {
  readonly how: 'DONE' | 'HUNG' | 'DIED';
  readonly sighting: Progress;
}

/**
 * Runs one thread of the kit until its errand is done, it hangs or it dies.
 *
 * @param hear what the thread says; true ends it
 */
export function runThread(errand: Omit<KitTask, 'memory'>, hear: (said: KitMessage) => boolean): Promise<End> {
  const memory = new SharedArrayBuffer(WATCH_BYTES);
  const options = {
    workerData: { memory, ...errand } satisfies KitTask,
    env: {},
    // What a plugin prints is not the report.
    stdout: true,
    stderr: true,
    name: 'kit',
  };
  const worker = startThread(new URL('./kit-worker.ts', import.meta.url), options, [errand.url]);
  return new Promise((resolve) => {
    let seen: Progress | null = null;
    let looks = 0;
    const end = (how: End['how']): void => {
      clearInterval(timer);
      worker.removeAllListeners('message').removeAllListeners('exit');
      const sighting = look(memory);
      void worker.terminate().then(() => resolve({ how, sighting }));
    };
    const timer = setInterval(() => {
      const now = look(memory);
      looks = now.state === seen?.state && now.step === seen.step ? looks + 1 : 0;
      seen = now;
      if (looks >= LOOKS[now.state]) end('HUNG');
    }, LOOK_MS);
    worker.on('message', (said: KitMessage) => {
      if (hear(said)) end('DONE');
    });
    // An error ends the thread: its exit tells.
    worker.on('error', () => {});
    worker.on('exit', () => end('DIED'));
  });
}
