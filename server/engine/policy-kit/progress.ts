/**
 * What a thread of the kit is at, in memory that it shares with the one who looks on: a plugin that hangs can say nothing
 * itself.
 */
export interface Watch {
  /** Work of the plugin's own begins. `place` tells where, in words. */
  enter(place: string, isLoading?: boolean): void;
  leave(): void;
}

/** Nobody looks on. */
export const UNWATCHED: Watch = { enter: () => {}, leave: () => {} };

const STEP = 0;
const STATE = 1;
const LENGTH = 2;
const HEADER = 3 * Int32Array.BYTES_PER_ELEMENT;
const TEXT_BYTES = 600;

export const WATCH_BYTES = HEADER + TEXT_BYTES;
const STATES = ['IDLE', 'ASKING', 'LOADING'] as const;

/** The side of the thread that works. */
export function watchIn(memory: SharedArrayBuffer): Watch {
  const numbers = new Int32Array(memory, 0, 3);
  const bytes = new Uint8Array(memory, HEADER, TEXT_BYTES);
  const encoder = new TextEncoder();
  return {
    enter: (place, isLoading = false) => {
      // The encoder takes no shared memory in every Node; places are short.
      const text = encoder.encode(place).subarray(0, TEXT_BYTES);
      bytes.set(text);
      Atomics.store(numbers, LENGTH, text.length);
      Atomics.store(numbers, STATE, isLoading ? 2 : 1);
      Atomics.add(numbers, STEP, 1);
    },
    leave: () => {
      Atomics.store(numbers, STATE, 0);
    },
  };
}

export interface Progress {
  readonly step: number;
  readonly state: (typeof STATES)[number];
  readonly place: string;
}

/** The side of the one who looks on. */
export function look(memory: SharedArrayBuffer): Progress {
  const numbers = new Int32Array(memory, 0, 3);
  const text = new Uint8Array(memory, HEADER, Atomics.load(numbers, LENGTH)).slice();
  return {
    step: Atomics.load(numbers, STEP),
    state: STATES[Atomics.load(numbers, STATE)] ?? 'IDLE',
    place: new TextDecoder().decode(text),
  };
}
