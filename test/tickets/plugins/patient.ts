import { definePolicy, hours } from '../../../server/engine/policy/contract.ts';

/** Lets one clock stand still for an approval, the other for another party. */
export default definePolicy({
  id: 'patient',
  contract: 1,
  version: '1.0.0',
  label: { en: 'Patient', zh: '耐心' },
  businessLine: true,
  access: 'CENTRAL',
  timeZone: 'Asia/Shanghai',
  ticketTypes: { COMPLAINT: { label: { en: 'Complaint', zh: '投诉' } } },
  answers: {
    promise: () => ({
      answer: [
        { metric: 'RESOLUTION', target: hours(4), calendar: 'always', pauses: ['APPROVAL'] },
        {
          metric: 'FULFILMENT',
          target: hours(8),
          calendar: 'always',
          pauses: ['ANOTHER_PARTY', 'WAITING_ON_CUSTOMER'],
        },
      ],
      because: { en: 'Four hours, and eight.', zh: '四小时与八小时。' },
    }),
  },
});
