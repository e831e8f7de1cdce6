import { definePolicy } from '../../server/engine/policy/contract.ts';
import { alerts, duty } from './alerts.ts';
import { route } from './approvals.ts';
import { care } from './care.ts';
import { applications, meetings, plans, reports } from './department.ts';
import { duties } from './duties.ts';
import { checkParameters, parameters, timeZone } from './parameters.ts';
import { profiles, sensitive } from './profiles.ts';
import { records } from './records/index.ts';
import { benefits, metrics, schemes } from './schemes.ts';
import { measure } from './targets.ts';
import { guard, promise, react, ticketTypes } from './tickets.ts';

/** Bank VIP customers: personal, branch, rural credit and corporate tiers, maintenance plans, telephone callbacks. */
export default definePolicy({
  id: 'bank-vip',
  contract: 1,
  version: '1.0.0',
  label: { en: 'Bank VIP', zh: '银行VIP客户' },
  businessLine: true,
  // A VIP's file is closed even to other outlets; head office sees its tree.
  access: 'BRANCH_AND_BELOW',
  // The director alone opens archived contracts; all others apply. The 24 hours are ours.
  archive: { opensArchived: ['DIRECTOR'], requestHours: 24 },
  // Internal audit samples service records at random each quarter.
  samplesServiceRecords: true,
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
  profiles,
  sensitive,
  // Three consecutive months on target bring the quarterly bonus (S01-bank-relationship-dept, A-074).
  performance: { periods: ['MONTH'], monthlyTarget: 'monthlyResolutionPercent', bonusMonths: 3 },
  plans,
  applications,
  posts: {
    HR: { label: { en: 'Human resources', zh: '人力资源部' }, role: 'SUPERVISOR', keepsPeoplesFiles: true },
    COMMAND_CENTRE: { label: { en: 'Command centre', zh: '指挥中心' }, role: 'COMMAND_CENTER' },
    CARD_DEPARTMENT: { label: { en: 'County union bank card department', zh: '县联社银行卡部' }, role: 'SUPERVISOR' },
  },
  records,
  meetings,
  disputes: { days: 'disputeDays' },
  reports,
  approvals: { cumulationDays: 'cumulationDays' },
  answers: { promise, guard, react, route, care, measure },
});
