// Durations as answers have them, three a clock, against Temporal's. node --import tsx test/bench/durations.ts
import { Temporal } from 'temporal-polyfill';
import { formatDuration } from '../../server/engine/sla/duration.ts';
import { median } from './median.ts';

const LENGTHS = Array.from(
  { length: 2_000 },
  (_, n) => ((n * 7_919) % 400_000) * 1_000 * (n % 9 === 0 ? -1 : 1) + (n % 7 === 0 ? n : 0),
);
const byTemporal = (ms: number) =>
  Temporal.Duration.from({ milliseconds: ms }).round({ largestUnit: 'hours' }).toString();

for (const ms of LENGTHS) if (formatDuration(ms) !== byTemporal(ms)) throw new Error(`they differ at ${ms}`);

/** Microseconds a call. */
function cost(format: (ms: number) => string, repeat: number): number {
  let length = 0;
  const from = performance.now();
  for (let turn = 0; turn < repeat; turn += 1) for (const ms of LENGTHS) length += format(ms).length;
  if (length === 0) throw new Error('nothing was written');
  return ((performance.now() - from) * 1_000) / (repeat * LENGTHS.length);
}

const ratios: number[] = [];
for (let round = 0; round < 5; round += 1) {
  const [ours, theirs] = [cost(formatDuration, 50), cost(byTemporal, 1)];
  ratios.push(theirs / ours);
  console.log(`by hand ${ours.toFixed(2)} µs, Temporal ${theirs.toFixed(1)} µs: ${(theirs / ours).toFixed(0)} x`);
}
console.log('median ratio', median(ratios).toFixed(0));
