// Runs attacks in a process of its own, one after the other: told which and against whom, says that it has begun, and, when told
// to stop, what it was answered. One that is to be refused goes on until it was, however little the machine lets it do.
import { ATTACKS, REFUSED_WITH, type Target } from './attacks.ts';

/** After so long an attack ends also without the answer that was due. */
const PATIENCE_MS = 30_000;

let stop = new AbortController();
let isRefused = Promise.resolve();
process.on('message', async (message: 'stop' | { readonly attack: string; readonly target: Target }) => {
  if (message === 'stop') {
    await isRefused;
    return stop.abort();
  }
  const { attack, target } = message;
  const due = REFUSED_WITH[attack];
  const answers: Record<string, number> = {};
  stop = new AbortController();
  let refused = () => {};
  isRefused = new Promise((resolve) => {
    refused = resolve;
    setTimeout(resolve, due ? PATIENCE_MS : 0).unref();
  });
  const running = ATTACKS[attack]?.(
    target,
    (answer) => {
      answers[answer] = (answers[answer] ?? 0) + 1;
      if (answer === due) refused();
    },
    stop.signal,
  );
  process.send?.('begun');
  await running;
  process.send?.(answers);
});
// Whoever told it has ended.
process.on('disconnect', () => process.exit());
