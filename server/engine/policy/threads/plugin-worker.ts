import { parentPort, workerData } from 'node:worker_threads';
import { servePlugin } from './serve-plugin.ts';
import { PROGRESS, type ToThread } from './thread-protocol.ts';
import { ownThreadId } from './thread-time.ts';

/** The thread of one plugin: what it is at stands in memory that the platform shares. */
const given = workerData as { progress?: Int32Array };
const progress = given.progress ?? new Int32Array(PROGRESS.LENGTH);
// Whatever is left within reach is the plugin's to change.
delete given.progress;
Atomics.store(progress, PROGRESS.THREAD, ownThreadId());

if (parentPort) {
  const hear = servePlugin({
    send: parentPort.postMessage.bind(parentPort),
    at: (question, entry) => {
      Atomics.store(progress, PROGRESS.ENTRY, entry);
      Atomics.store(progress, PROGRESS.QUESTION, question);
    },
    spent: (microseconds) => void Atomics.add(progress, PROGRESS.SPENT, microseconds),
    held: (kilobytes) => {
      Atomics.store(progress, PROGRESS.HELD, kilobytes);
      Atomics.add(progress, PROGRESS.LOOKS, 1);
    },
  });
  parentPort.on('message', (message: ToThread) => hear(message));
}
