import { z } from 'zod';
import { definePolicy, minutes } from '../../../server/engine/policy/contract.ts';

const because = { en: 'Because.', zh: '因为。' };

/** Asks for a call after each event of a ticket and each contact, within minutes that nobody has set. */
export default definePolicy({
  id: 'owing',
  contract: 1,
  version: '1.0.0',
  label: { en: 'Owing', zh: '欠' },
  businessLine: true,
  access: 'CENTRAL',
  parameters: {
    callWithinMinutes: {
      schema: z.number().int().positive(),
      description: { en: 'Minutes until the call', zh: '回电时限' },
      source: 'test',
    },
  },
  ticketTypes: { EMERGENCY: { label: { en: 'Emergency', zh: '紧急' } } },
  answers: {
    promise: () => ({
      answer: [
        { metric: 'RESOLUTION', target: minutes(60), calendar: 'always', audience: ['SUPERVISOR'], atRisk: [50] },
      ],
      because,
    }),
    react: ({ event, now }, { callWithinMinutes }) => ({
      answer: {
        tasks: [
          {
            key: `call:${event.kind}`,
            title: { en: 'Call', zh: '回电' },
            origin: 'CALLBACK',
            purpose: 'CARE',
            dueAt: new Date(Date.parse(now) + callWithinMinutes * 60_000).toISOString(),
          },
        ],
      },
      because,
    }),
  },
});
