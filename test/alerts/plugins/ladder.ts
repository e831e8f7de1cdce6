import { definePolicy, minutes } from '../../../server/engine/policy/contract.ts';

const DUTY = [{ start: '09:00', end: '18:00' }];
const PROMISED = { en: 'Within half an hour.', zh: '半小时内。' };

/** A line whose tickets are resolved within 30 minutes, and whose breaches climb: owner 10, supervisor 20, director. */
export default definePolicy({
  id: 'ladder',
  contract: 1,
  version: '1.0.0',
  label: { en: 'Ladder', zh: '梯' },
  businessLine: true,
  access: 'CENTRAL',
  calendars: {
    duty: {
      label: { en: 'Duty', zh: '值班' },
      timeZone: 'Asia/Shanghai',
      holidays: 'CN',
      week: { 1: DUTY, 2: DUTY, 3: DUTY, 4: DUTY, 5: DUTY },
    },
  },
  alerts: {
    SLA_BREACHED: [
      { to: 'owner', within: minutes(10) },
      { to: { role: 'SUPERVISOR', where: 'SAME_BRANCH' }, within: minutes(20) },
      { to: 'DIRECTOR' },
    ],
    calendar: 'duty',
    snooze: minutes(60),
  },
  acknowledgement: { minutes: 60, calendar: 'duty' },
  ticketTypes: { TASK: { label: { en: 'Work', zh: '工作' } } },
  answers: {
    promise: () => ({
      answer: [{ metric: 'RESOLUTION', target: minutes(30), calendar: 'always', audience: ['CUSTOMER_MANAGER'] }],
      because: PROMISED,
    }),
  },
});
