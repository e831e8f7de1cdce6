import { DAY_MS, epochDay, isWorkingDay } from '../../engine/sla/holidays.ts';

const spans = new Map<string, readonly string[]>();

/** The working days between two days, both included. */
export function workingDays(from: string, to: string): readonly string[] {
  const key = `${from} ${to}`;
  const known = spans.get(key);
  if (known) return known;
  const days: string[] = [];
  for (let at = epochDay(from); at <= epochDay(to); at += 1) {
    const day = new Date(at * DAY_MS).toISOString().slice(0, 10);
    if (isWorkingDay(day)) days.push(day);
  }
  if (spans.size > 1_000) spans.clear();
  spans.set(key, days);
  return days;
}

/** How much each person has planned for each day; work that may be done on several days goes to the day with least of it. */
export class Workload {
  readonly #loads = new Map<string, Map<string, number>>();

  add(staffId: string, day: string, count = 1): void {
    const loads = this.#loads.get(staffId) ?? new Map<string, number>();
    this.#loads.set(staffId, loads);
    loads.set(day, (loads.get(day) ?? 0) + count);
  }

  /** Plans one more piece of work; the earliest of the days with least. Null where nobody works between the days. */
  place(staffId: string, from: string, to: string): string | null {
    const loads = this.#loads.get(staffId);
    let best: string | null = null;
    let least = Number.POSITIVE_INFINITY;
    for (const day of workingDays(from, to)) {
      const load = loads?.get(day) ?? 0;
      if (load >= least) continue;
      [best, least] = [day, load];
      if (load === 0) break;
    }
    if (best !== null) this.add(staffId, best);
    return best;
  }
}

/** Work that is due by a day. */
export interface DueWork {
  readonly day: string;
  readonly count: number;
}

/**
 * The first day by which more is due than can be done at so many a working day from `today` on; null where all can be.
 *
 * @param due in any order
 */
export function overload(
  due: readonly DueWork[],
  today: string,
  aDay: number,
): (DueWork & { readonly possible: number }) | null {
  let count = 0;
  for (const { day, count: more } of due.toSorted((a, b) => a.day.localeCompare(b.day))) {
    count += more;
    const possible = day < today ? 0 : workingDays(today, day).length * aDay;
    if (count > possible) return { day, count, possible };
  }
  return null;
}
