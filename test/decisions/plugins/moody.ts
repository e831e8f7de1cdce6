import { definePolicy, hours, z } from '../../../server/engine/policy/contract.ts';

const text = { en: 'Text', zh: '文本' };

/** Does what its parameter says: promises, throws, or never ends. */
export default definePolicy({
  id: 'moody',
  contract: 1,
  version: '1.0.0',
  label: text,
  access: 'CENTRAL',
  businessLine: true,
  parameters: {
    mood: { schema: z.enum(['FINE', 'THROWS', 'HANGS']), description: text, default: 'FINE', source: 'test' },
  },
  ticketTypes: { COMPLAINT: { label: text } },
  answers: {
    promise: (_facts, { mood }) => {
      if (mood === 'THROWS') throw new Error('in a mood');
      while (mood === 'HANGS');
      return { answer: [{ metric: 'RESOLUTION', target: hours(4) }], because: text };
    },
  },
});
