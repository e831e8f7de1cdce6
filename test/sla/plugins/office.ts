import { definePolicy, hours } from '../../../server/engine/policy/contract.ts';

const DAY = [{ start: '09:00', end: '18:00' }];

/** A desk that opens in business hours, resolves within four of them and calls back within four more. */
export default definePolicy({
  id: 'office',
  contract: 1,
  version: '1.0.0',
  label: { en: 'Office', zh: '办公室' },
  businessLine: true,
  access: 'CENTRAL',
  timeZone: 'Asia/Shanghai',
  calendars: {
    desk: {
      label: { en: 'Desk', zh: '前台' },
      timeZone: 'Asia/Shanghai',
      holidays: 'CN',
      week: { 1: DAY, 2: DAY, 3: DAY, 4: DAY, 5: DAY },
    },
  },
  ticketTypes: { COMPLAINT: { label: { en: 'Complaint', zh: '投诉' } } },
  answers: {
    promise: () => ({
      answer: [
        { metric: 'RESOLUTION', target: hours(4), calendar: 'desk' },
        { metric: 'CALLBACK', target: hours(4), calendar: 'desk' },
      ],
      because: { en: 'Resolved within four hours of business.', zh: '四个工作小时内解决。' },
    }),
  },
});
