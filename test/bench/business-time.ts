/**
 * What a due instant costs: over a compiled calendar with ten years of holidays, by a naive walk over the days with
 * Temporal, and by a naive walk over the minutes. Run: node --import tsx test/bench/business-time.ts
 */
import { Temporal } from 'temporal-polyfill';
import {
  addOpenTime,
  type CompiledCalendar,
  compileCalendar,
  isOpenAt,
} from '../../server/engine/sla/business-time.ts';
import { epochDay } from '../../server/engine/sla/holidays.ts';
import { hall } from '../sla/support.ts';
import { median } from './median.ts';

const BAR_US = 0.5;
const AIM_US = 0.2;
const MINUTE = 60_000;
const [firstYear, lastYear] = [2017, 2026];

const begun = performance.now();
const calendar = compileCalendar(hall, { fromYear: firstYear, toYear: lastYear });
const compiledMs = performance.now() - begun;

/** Day by day with Temporal, as one writes it first. */
function byTemporal({ definition, plan }: CompiledCalendar, from: number, ms: number): number {
  const { timeZone } = definition;
  let date = Temporal.Instant.fromEpochMilliseconds(from).toZonedDateTimeISO(timeZone).toPlainDate();
  for (let left = ms; ; date = date.add({ days: 1 })) {
    for (const { start, end } of plan(epochDay(date.toString())).open) {
      const instant = (minute: number) =>
        date.toZonedDateTime({ timeZone, plainTime: new Temporal.PlainTime(Math.floor(minute / 60), minute % 60) })
          .epochMilliseconds;
      const begin = Math.max(instant(start), from);
      const open = instant(end) - begin;
      if (open <= 0) continue;
      if (open >= left) return begin + left;
      left -= open;
    }
  }
}

/** Minute by minute. */
function byMinutes(of: CompiledCalendar, from: number, ms: number): number {
  let now = from;
  for (let left = ms / MINUTE; left > 0; now += MINUTE) if (isOpenAt(of, now)) left--;
  return now;
}

/** The same instants in every run, whole minutes, spread over the ten years. */
function instants(count: number): Float64Array {
  let seed = 12_345;
  return Float64Array.from({ length: count }, () => {
    seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
    return Date.UTC(firstYear, 1) + Math.floor((seed / 2_147_483_648) * 9.7 * 365 * 1440) * MINUTE;
  });
}

type Adder = (of: CompiledCalendar, from: number, ms: number) => number;

/** Microseconds a call, the median of five runs after one to warm up. */
function cost(add: Adder, ms: number, count: number): number {
  const starts = instants(count);
  const run = () => {
    let sum = 0;
    const start = performance.now();
    for (let i = 0; i < count; i++) sum += add(calendar, starts[i] as number, ms);
    const took = performance.now() - start;
    if (Number.isNaN(sum)) throw new Error('no sum');
    return (took * 1000) / count;
  };
  run();
  return median(Array.from({ length: 5 }, run));
}

const byTable: Adder = (of, from, ms) => addOpenTime(of, from, ms).at;

for (const from of instants(300)) {
  for (const ms of [480 * MINUTE, 4320 * MINUTE]) {
    const due = byTable(calendar, from, ms);
    if (due !== byTemporal(calendar, from, ms) || due !== byMinutes(calendar, from, ms))
      throw new Error(`they differ at ${from}`);
  }
}

console.log(
  `${firstYear} to ${lastYear}: ${calendar.table.starts.length} intervals, laid out in ${compiledMs.toFixed(0)} ms`,
);
let worst = 0;
for (const minutes of [480, 4320]) {
  const table = cost(byTable, minutes * MINUTE, 500_000);
  const temporal = cost(byTemporal, minutes * MINUTE, 500);
  const naive = cost(byMinutes, minutes * MINUTE, 200);
  worst = Math.max(worst, table);
  console.log(
    `${minutes} min: compiled ${table.toFixed(3)} µs; Temporal ${temporal.toFixed(1)} µs (${(temporal / table).toFixed(0)} x); minutes ${naive.toFixed(1)} µs (${(naive / table).toFixed(0)} x)`,
  );
}
console.log(
  `worst ${worst.toFixed(3)} µs; bar ${BAR_US} µs, aim ${AIM_US} µs: ${worst <= AIM_US ? 'aim reached' : worst <= BAR_US ? 'accepted' : 'MISSED'}`,
);
if (worst > BAR_US) process.exitCode = 1;
