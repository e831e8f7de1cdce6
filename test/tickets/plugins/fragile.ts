import { definePolicy, hours } from '../../../server/engine/policy/contract.ts';

/** Promises when a ticket opens, and breaks whenever it is asked again. */
export default definePolicy({
  id: 'fragile',
  contract: 1,
  version: '1.0.0',
  label: { en: 'Fragile', zh: '易碎' },
  businessLine: true,
  access: 'CENTRAL',
  ticketTypes: {
    COMPLAINT: {
      label: { en: 'Complaint', zh: '投诉' },
      levels: { 1: { en: 'General', zh: '一般' }, 2: { en: 'Serious', zh: '严重' } },
    },
  },
  answers: {
    promise: ({ cause }) => {
      if (cause !== 'OPENED') throw new Error('out of order');
      return {
        answer: [{ metric: 'RESOLUTION', target: hours(5) }],
        because: { en: 'Resolved within five hours.', zh: '五小时内解决。' },
      };
    },
  },
});
