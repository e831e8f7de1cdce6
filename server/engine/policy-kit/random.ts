/** A seeded source of chance: the same seed asks the same facts, so that a finding can be seen again. */
export interface Random {
  /** A whole number from 0 up to, not including, `below`. */
  int(below: number): number;
  /** One of the values. @throws {RangeError} there is none */
  pick<T>(values: readonly T[]): T;
  /** True so many times of 100. */
  chance(percent: number): boolean;
}

/** Mulberry32: 32 bits of state, good enough to pick facts. */
export function seeded(seed: number): Random {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let bits = Math.imul(state ^ (state >>> 15), state | 1);
    bits ^= bits + Math.imul(bits ^ (bits >>> 7), bits | 61);
    return ((bits ^ (bits >>> 14)) >>> 0) / 2 ** 32;
  };
  const int = (below: number) => Math.floor(next() * below);
  return {
    int,
    pick: (values) => {
      if (values.length === 0) throw new RangeError('there is nothing to pick from');
      return values[int(values.length)] as (typeof values)[number];
    },
    chance: (percent) => int(100) < percent,
  };
}
