/**
 * A way into an ascending array: `counts[b]` is how many entries lie below `origin + b * step`. It narrows a binary
 * search to a step's few entries; over ten years of hours that saves three quarters of the time.
 */
export interface Ladder {
  readonly origin: number;
  readonly step: number;
  readonly counts: Int32Array;
}

/** A ladder with about as many rungs as there are entries. `origin` is at or below the first. */
export function ladderOf(ascending: Float64Array, origin: number): Ladder {
  const last = ascending.length === 0 ? origin : (ascending[ascending.length - 1] as number);
  // A whole number, so that dividing by it puts no entry on the wrong rung.
  const step = Math.max(1, Math.ceil((last - origin + 1) / Math.max(1, ascending.length)));
  const counts = new Int32Array(Math.floor((last - origin) / step) + 2);
  let count = 0;
  for (let b = 0; b < counts.length; b++) {
    while (count < ascending.length && (ascending[count] as number) < origin + b * step) count++;
    counts[b] = count;
  }
  return { origin, step, counts };
}

/** How many entries of an ascending array are at most `x`. */
export function countUpTo(ascending: Float64Array, { origin, step, counts }: Ladder, x: number): number {
  if (x < origin) return 0;
  const rung = Math.min(Math.floor((x - origin) / step), counts.length - 2);
  let low = counts[rung] as number;
  let high = x >= origin + (counts.length - 1) * step ? ascending.length : (counts[rung + 1] as number);
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((ascending[middle] as number) <= x) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** How many entries of an ascending array are below `x`. */
export function countBelow(ascending: Float64Array, { origin, step, counts }: Ladder, x: number): number {
  if (x <= origin) return 0;
  const rung = Math.min(Math.floor((x - origin) / step), counts.length - 2);
  let low = counts[rung] as number;
  let high = x >= origin + (counts.length - 1) * step ? ascending.length : (counts[rung + 1] as number);
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((ascending[middle] as number) < x) low = middle + 1;
    else high = middle;
  }
  return low;
}
