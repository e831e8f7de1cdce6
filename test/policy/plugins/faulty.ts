import {
  type Answers,
  type Because,
  definePolicy,
  type GradeFacts,
  minutes,
  type PromiseOffer,
  z,
} from '../../../server/engine/policy/contract.ts';

const because = { en: 'Because.', zh: '因为。' };
const fine: Because<readonly PromiseOffer[]> = { answer: [{ metric: 'FIRST_RESPONSE', target: minutes(30) }], because };

/** What each type of ticket makes of `promise`. The compiler would refuse most of it: hence `as never`. */
const FAULTS: Readonly<Record<string, () => unknown>> = {
  FINE: () => fine,
  LEFT: () => undefined,
  THROWS: () => {
    throw new TypeError('cannot read the moon');
  },
  THROWS_ODDLY: () => {
    throw Object.create(null);
  },
  HANGS: () => {
    for (;;);
  },
  WAITS: () => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0),
  /** As if the processor were given to others for 400 ms. */
  STARVES: () => {
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 400);
    return fine;
  },
  BACKTRACKS: () => /^(a+)+$/.test(`${'a'.repeat(40)}b`),
  NEVER: () => new Promise(() => {}),
  GARBAGE: () => 42,
  FUNCTION: () => ({ answer: () => [], because }),
  WRONG_KEYS: () => ({ answer: [{ metric: 'FIRST_RESPONSE', target: minutes(30), calender: 'always' }], because }),
  WRONG_CALENDAR: () => ({ answer: [{ metric: 'FIRST_RESPONSE', target: minutes(30), calendar: 'hall' }], because }),
  TWICE: () => ({
    answer: [
      { metric: 'RESOLUTION', target: minutes(30) },
      { metric: 'RESOLUTION', target: minutes(60) },
    ],
    because,
  }),
  NAN: () => ({ answer: [{ metric: 'FIRST_RESPONSE', target: minutes(Number.NaN) }], because }),
  NEGATIVE: () => ({ answer: [{ metric: 'FIRST_RESPONSE', target: minutes(-1) }], because }),
  UNEXPLAINED: () => ({ answer: fine.answer, because: { en: 'Because.' } }),
  PROTOTYPE: () => JSON.parse('{"answer":[],"because":{"en":"x","zh":"x"},"__proto__":{"minutes":1}}'),
  HUGE: () => ({ answer: fine.answer, because: { en: 'x'.repeat(200_000), zh: 'x' } }),
  EXITS: () => process.exit(3),
  STACK: function deeper(): unknown {
    return deeper();
  },
  HEAP: () => {
    const all: number[][] = [];
    for (;;) all.push(Array.from({ length: 100_000 }, Math.random));
  },
  BUFFERS: () => {
    const all: Buffer[] = [];
    for (;;) all.push(Buffer.alloc(16 * 1024 * 1024, 1));
  },
  LATER: () => {
    setTimeout(() => {
      throw new Error('too late');
    }, 5);
    return fine;
  },
};

/** A plugin of which everything can go wrong, by the type of the ticket or the customer's profile. */
export default definePolicy({
  id: 'faulty',
  contract: 1,
  version: '1.0.0',
  label: { en: 'Faulty', zh: '故障' },
  access: 'CENTRAL',
  businessLine: true,
  parameters: {
    limit: { schema: z.number(), description: { en: 'Blank.', zh: '空白。' }, source: 'test' },
  },
  answers: {
    promise: ({ ticket }) => FAULTS[ticket.type]?.() as never,
    guard: (facts, parameters) => {
      const input = facts.input as { readonly ask?: string };
      if (input.ask === 'limit')
        return { answer: { refusals: [] }, because: { en: `${parameters.limit}`, zh: `${parameters.limit}` } };
      if (input.ask === 'has')
        return { answer: { refusals: [] }, because: { en: `${'limit' in parameters}`, zh: 'x' } };
      if (input.ask === 'throw') throw new Error('no');
      return undefined;
    },
    grade: ({ customer }: GradeFacts): Because<Answers['grade']> => {
      if (customer.profile.hangs) for (;;);
      if (customer.profile.throws) throw new Error('this one');
      return {
        answer: {
          tier: null,
          eligible: false,
          indicators: [],
          reasons: [{ code: 'FINE', text: because }],
          missing: [],
        },
        because,
      };
    },
  },
});
