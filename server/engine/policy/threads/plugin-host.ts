import type { FromProcess } from './process-slots.ts';
import { servePlugin } from './serve-plugin.ts';
import type { ToThread } from './thread-protocol.ts';

/**
 * The process of one plugin, under Node's permission model. The plugin runs in its only thread: one of its own would need a permission
 * with which a plugin leaves the others behind.
 */
const post = process.send?.bind(process);
const exit = process.exit.bind(process);
const send = (message: FromProcess) => void post?.(message);

const hear = servePlugin({
  send,
  at: (question, entry) => send({ kind: 'AT', question, entry }),
  spent: (microseconds) => send({ kind: 'SPENT', microseconds }),
  held: (kilobytes) => send({ kind: 'HELD', kilobytes }),
});
process.on('message', (message: ToThread) => hear(message));
process.on('uncaughtException', (error: unknown) => {
  const message = error instanceof Error ? error.message : String(error);
  post?.({ kind: 'DYING', message } satisfies FromProcess, () => exit(1));
});
process.on('disconnect', () => exit());
