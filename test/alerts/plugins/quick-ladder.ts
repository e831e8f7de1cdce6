import { definePolicy, minutes } from '../../../server/engine/policy/contract.ts';

/** Breaches climb every six seconds, around the clock. */
export default definePolicy({
  id: 'quick-ladder',
  contract: 1,
  version: '1.0.0',
  label: { en: 'Quick ladder', zh: '快梯' },
  businessLine: true,
  access: 'CENTRAL',
  alerts: {
    SLA_BREACHED: [
      { to: { role: 'CUSTOMER_MANAGER', where: 'SAME_BRANCH' }, within: minutes(0.1) },
      { to: { role: 'SUPERVISOR', where: 'SAME_BRANCH' }, within: minutes(0.1) },
      { to: 'DIRECTOR' },
    ],
    calendar: 'always',
  },
});
