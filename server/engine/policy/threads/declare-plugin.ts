import type { Policy } from '../contract.ts';
import { policyFrom } from '../reading/declared.ts';
import type { Slot } from './slot.ts';
import { deathOf } from './thread-jobs.ts';
import { type FromThread, isFromThread, type ToThread } from './thread-protocol.ts';

/** What a plugin declares, and what is wrong with that, each in a sentence. */
export interface Declared {
  readonly policy: Policy;
  readonly problems: readonly string[];
}

/** Milliseconds for a thread to start, on a machine that has much else to do. */
const START_MS = 30_000;

/**
 * Loads a plugin to hear what it declares. No line of it runs elsewhere.
 *
 * @param slot in which it is loaded, and which is ended
 * @param url of the plugin's module
 * @param loadMs how long that may take, once the thread is there
 * @throws {Error} it cannot be loaded; the message ends a sentence
 */
export async function declarePlugin({ worker }: Slot, url: string, loadMs: number): Promise<Declared> {
  worker.stdout.resume();
  worker.stderr.resume();
  let timer: NodeJS.Timeout | undefined;
  try {
    const said = await new Promise<FromThread>((resolve, reject) => {
      const end = (why: string) => reject(new Error(why));
      timer = setTimeout(() => end('its thread did not start'), START_MS);
      let isUp = false;
      worker.on('message', (message: unknown) => {
        if (!isFromThread(message)) end('it sent what cannot be read');
        else if (message.kind !== 'UP') resolve(message);
        else if (!isUp) {
          // Once: whatever the plugin says of itself gives it no more time.
          isUp = true;
          clearTimeout(timer);
          timer = setTimeout(() => end(`its module was not loaded within ${loadMs / 1000} s`), loadMs);
          worker.postMessage({ kind: 'LOAD', url, declares: true } satisfies ToThread);
        }
      });
      worker.on('messageerror', () => end('it sent what cannot be read'));
      worker.on('error', (error: Error & { code?: string }) => end(deathOf(error)));
      worker.on('exit', (code) => end(`it ended its thread with code ${code} while it was loaded`));
    });
    if (said.kind === 'UNUSABLE') throw new Error(said.message);
    if (said.kind !== 'READY' || said.declaration === null) throw new Error('it did not say what it declares');
    return { policy: policyFrom(JSON.parse(said.declaration)), problems: said.problems };
  } finally {
    clearTimeout(timer);
    await worker.terminate();
  }
}
