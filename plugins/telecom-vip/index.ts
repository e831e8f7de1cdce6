import { definePolicy } from '../../server/engine/policy/contract.ts';
import { alerts, duty } from './alerts.ts';
import { guard, measure, promise, ticketTypes } from './answers.ts';
import { BUSY_DAYS, completeProfile, profiles, sensitive } from './archive.ts';
import { care } from './care.ts';
import { benefits, checkParameters, metrics, parameters, schemes, timeZone } from './club.ts';
import { duties } from './duties.ts';
import { messages } from './messages.ts';
import { plans } from './plans.ts';
import { records } from './records.ts';

/** Telecom VIPs: the club's tiers and benefits, contact by calendar, the business hall's archive and messages. */
export default definePolicy({
  id: 'telecom-vip',
  contract: 1,
  version: '1.0.0',
  label: { en: 'Telecom VIP', zh: '电信VIP客户' },
  businessLine: true,
  access: 'BRANCH_AND_BELOW',
  phoneMask: 'PREFIX',
  timeZone,
  parameters,
  checkParameters,
  metrics,
  benefits,
  schemes,
  ticketTypes,
  calendars: { duty },
  alerts,
  duties,
  messages,
  signature: 'hall',
  busyDays: BUSY_DAYS,
  clearsDeparted: true,
  profiles,
  sensitive,
  completeProfile,
  // Churn is of the year, all VIPs and apart from them diamond and gold (S03-telecom-vip-work, A-092 to A-094).
  performance: { periods: ['YEAR'], topTiers: { club: ['DIAMOND', 'GOLD'] } },
  // Team progress and customer feedback, each month (S04-telecom-service-manager, A-123); no day is stated.
  reports: {
    TEAM: { label: { en: 'Team progress and customer feedback', zh: '团队工作进展与客户反馈报告' }, per: 'BRANCH' },
  },
  plans,
  records,
  answers: { promise, guard, care, measure },
});
