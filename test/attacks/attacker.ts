// Runs attacks in a process of its own, one after the other: told which and against whom, says that it has begun, and, when told
// to stop, what it was answered.
import { ATTACKS, type Target } from './attacks.ts';

let stop = new AbortController();
process.on('message', async (message: 'stop' | { readonly attack: string; readonly target: Target }) => {
  if (message === 'stop') return stop.abort();
  stop = new AbortController();
  const answers: Record<string, number> = {};
  const running = ATTACKS[message.attack]?.(
    message.target,
    (answer) => {
      answers[answer] = (answers[answer] ?? 0) + 1;
    },
    stop.signal,
  );
  process.send?.('begun');
  await running;
  process.send?.(answers);
});
// Whoever told it has ended.
process.on('disconnect', () => process.exit());
