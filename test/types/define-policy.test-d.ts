import type { Builder } from '../../schema/base/builder.ts';
import {
  any,
  atLeast,
  bands,
  below,
  conditions,
  definePolicy,
  minutes,
  parameter,
  scorecard,
  z,
} from '../../server/engine/policy/contract.ts';

/**
 * What must not compile when a policy is declared. `tsc` checks this file: an error that does not come is one itself.
 */

const text = { en: 'Text', zh: '文' };
const because = text;
const base = { id: 'types', contract: 1, version: '1.0.0', label: text, access: 'CENTRAL' } as const;
const declared = {
  ...base,
  metrics: { DEPOSIT: { label: text, unit: 'CNY' }, LOAN: { label: text, unit: 'CNY' } },
  benefits: { LOUNGE: { label: text } },
  parameters: {
    limit: { schema: z.number(), description: text, source: 'test' },
    mode: { schema: z.enum(['FAST', 'SLOW']), description: text, source: 'test' },
  },
} as const;
const scheme = { label: text, customerKinds: ['INDIVIDUAL'] } as const;
const tiers = { GOLD: { label: text, rank: 1 } } as const;

function is<T>(_value: T): void {}

// Facts and parameters are typed from the declarations alone.
definePolicy({
  ...declared,
  answers: {
    grade: ({ metrics, judgements }, { limit, mode }) => {
      is<string | undefined>(metrics.DEPOSIT?.value);
      is<number>(limit);
      is<'FAST' | 'SLOW'>(mode);
      is<string | undefined>(judgements[0]?.basis);
      // @ts-expect-error the metric is misspelt
      void metrics.DEPOSITS;
      return undefined;
    },
    promise: ({ ticket }, parameters) => {
      is<string | null>(ticket.case);
      // @ts-expect-error the parameter is misspelt
      void parameters.limmit;
      // @ts-expect-error a customer's name is no fact
      void ticket.customerName;
      return { answer: [{ metric: 'RESOLUTION', target: minutes(parameters.limit) }], because };
    },
  },
});

// Once the action is known, so is what it brings; words of the platform are its own.
definePolicy({
  ...declared,
  answers: {
    guard: ({ action, input, ticket }) => {
      if (action === 'CLOSE_TICKET') {
        is<boolean>(input.rootCause);
        // @ts-expect-error a tier comes with other actions
        void input.tier;
      }
      if (action === 'REQUEST_GRADE_EXCEPTION') is<string>(input.tier);
      // @ts-expect-error the action is misspelt
      void (action === 'CLOSE_TICKETS');
      // @ts-expect-error no ticket has this status
      void (ticket?.status === 'ASSIGNED');
      return undefined;
    },
    react: ({ event }) => {
      is<number | undefined>(event.satisfaction);
      // @ts-expect-error the event is misspelt
      void (event.kind === 'GRADE_GIVE');
      return undefined;
    },
    measure: ({ figures }) => {
      is<string | undefined>(figures.COMPLAINT_RATE);
      // @ts-expect-error nobody counts this
      void figures.COMPLAINTS_RATE;
      return undefined;
    },
  },
});

// All that is declared may be named, also when nothing else tells the types of a rule.
definePolicy({
  ...declared,
  schemes: {
    rows: {
      ...scheme,
      tiers: { GOLD: { label: text, rank: 1, benefits: ['LOUNGE'] } },
      metrics: ['LOAN'],
      rule: conditions([{ tier: 'GOLD', when: any(atLeast('DEPOSIT', parameter('limit')), below('LOAN', 5)) }]),
    },
    judged: {
      ...scheme,
      tiers,
      rule: scorecard({
        indicators: [{ key: 'A', label: text, weight: 100, score: { judged: true } }],
        bands: [{ from: 0, result: 'MAINTAIN' }],
      }),
    },
  },
});

definePolicy({
  ...declared,
  answers: {
    // @ts-expect-error the question is misspelt
    promisse: () => undefined,
  },
});

definePolicy({
  ...declared,
  schemes: {
    s: {
      ...scheme,
      tiers,
      // @ts-expect-error the metric is misspelt
      rule: conditions([{ tier: 'GOLD', when: atLeast('DEPOSITS', 1) }]),
    },
  },
});

definePolicy({
  ...declared,
  schemes: {
    s: {
      ...scheme,
      tiers,
      // @ts-expect-error the parameter is misspelt
      rule: conditions([{ tier: 'GOLD', when: atLeast('DEPOSIT', parameter('limmit')) }]),
    },
  },
});

definePolicy({
  ...declared,
  schemes: {
    s: {
      ...scheme,
      tiers: {
        // @ts-expect-error the benefit is misspelt
        GOLD: { label: text, rank: 1, benefits: ['LOUNGES'] },
      },
      rule: conditions([]),
    },
  },
});

definePolicy({
  ...declared,
  schemes: {
    s: {
      ...scheme,
      tiers,
      // @ts-expect-error the metric that is shown is misspelt
      metrics: ['LOANS'],
      rule: conditions([]),
    },
  },
});

// A rule gives the tiers of its own scheme alone.
definePolicy({
  ...declared,
  schemes: {
    s: {
      ...scheme,
      tiers,
      // @ts-expect-error the tier is misspelt
      rule: conditions([{ tier: 'GLOD', when: atLeast('DEPOSIT', 1) }]),
    },
  },
});

definePolicy({
  ...declared,
  schemes: {
    gold: { ...scheme, tiers, rule: bands('DEPOSIT', [{ tier: 'GOLD', from: parameter('limit') }]) },
    vip: {
      ...scheme,
      tiers: { VIP: { label: text, rank: 1 } },
      // @ts-expect-error it is the tier of another scheme
      rule: bands('DEPOSIT', [{ tier: 'GOLD', from: 1 }]),
    },
  },
});

definePolicy({
  ...declared,
  schemes: {
    s: {
      ...scheme,
      tiers,
      // @ts-expect-error the total's tier is misspelt
      rule: scorecard({
        indicators: [{ key: 'A', label: text, weight: 100, score: { judged: true } }],
        bands: [{ from: 0, result: 'MAINTAIN', tier: 'GLOD' }],
      }),
    },
  },
});

definePolicy({
  ...declared,
  schemes: {
    s: {
      ...scheme,
      // @ts-expect-error contact is in days
      tiers: { GOLD: { label: text, rank: 1, contactEveryDays: 'monthly' } },
      rule: conditions([]),
    },
  },
});

definePolicy({
  ...declared,
  schemes: {
    s: {
      ...scheme,
      tiers,
      // @ts-expect-error the metric that never lowers a tier is misspelt
      monotone: ['DEPOSITS'],
      rule: conditions([]),
    },
  },
});

// What a plugin's schema.ts exports is typed by the builder's type alone.
export const extend = (builder: Builder) => {
  builder.queryField('motto', (t) => t.string({ resolve: () => 'Slow and steady.' }));
  // @ts-expect-error a text is promised
  builder.queryField('count', (t) => t.string({ resolve: () => 5 }));
};

definePolicy({
  ...base,
  // @ts-expect-error a policy adds nothing to the schema
  extend: (builder: Builder) => builder,
});

definePolicy({
  ...declared,
  answers: {
    // @ts-expect-error an answer has its reason
    promise: () => ({ answer: [{ metric: 'RESOLUTION', target: minutes(5) }] }),
  },
});

definePolicy({
  ...declared,
  answers: {
    // @ts-expect-error no clock measures this
    promise: () => ({ answer: [{ metric: 'RESOLUTIONS', target: minutes(5) }], because }),
  },
});

// @ts-expect-error a label is in both languages
definePolicy({ ...base, label: { en: 'Text' } });
