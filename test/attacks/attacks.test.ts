import { existsSync } from 'node:fs';
import { expect, test } from 'vitest';
import { measure } from '../bench/attacks.ts';
import { ATTACKS, REFUSED_WITH } from './attacks.ts';

// How much slower a client becomes is for the bench to say, on a machine that does nothing else (test/bench/attacks.ts). Here: it
// is served all the while, nobody gets an answer of 5xx, and what the attacks took is given back.

test.skipIf(!existsSync('/proc/self/status'))(
  'attacks are refused, a client is served all the while, and memory comes back',
  async () => {
    const { figures, printed } = await measure(1, ({ attack, p99, served, answers, rssMb }) =>
      console.log(`${attack}: p99 ${p99.toFixed(0)} ms, ${served} served, ${rssMb} MB, ${JSON.stringify(answers)}`),
    );
    const attacks = figures.slice(1, -1);
    expect(attacks.map(({ attack }) => attack)).toEqual(Object.keys(ATTACKS));
    expect(attacks.filter(({ answers }) => Object.keys(answers).some((answer) => answer.startsWith('5')))).toEqual([]);
    expect(attacks.filter(({ served }) => served === 0)).toEqual([]);
    // Whoever can make a server print can fill its disk.
    expect(printed.slice(0, 5)).toEqual([]);
    const [quiet, end] = [figures[0], figures.at(-1)];
    expect((end?.rssMb ?? 0) - (quiet?.rssMb ?? 0)).toBeLessThan(400);
    const refused = attacks.map(({ attack, answers }) => [attack, REFUSED_WITH[attack], answers] as const);
    expect(refused.filter(([, status, answers]) => status && !answers[status])).toEqual([]);
  },
  240_000,
);
