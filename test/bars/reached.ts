import { expect } from 'vitest';

/** Faults that a run injected, and how many its bar asks for: a run without its faults has shown nothing. */
export type Faults = Readonly<Record<string, { readonly injected: number; readonly least: number }>>;

/** Tells the figure that a test has reached to whoever runs the bars (test/bars/run.ts). */
export function reached(bar: number, figure: string, faults: Faults = {}): void {
  for (const [fault, { injected, least }] of Object.entries(faults))
    expect(injected, `bar ${bar} asks for ${least} ${fault}`).toBeGreaterThanOrEqual(least);
  const injected = Object.entries(faults).map(([fault, { injected: count }]) => `${count} ${fault}`);
  console.log(`bar ${bar}: ${JSON.stringify({ figure, faults: injected.join(', ') })}`);
}
