import {
  type AlertsDeclaration,
  type CalendarDeclaration,
  hours,
  minutes,
} from '../../server/engine/policy/contract.ts';
import { timeZone } from './club.ts';

const DAY = [{ start: '08:00', end: '20:00' }];

/** When somebody is on duty, each day of the year. The hours are ours: the documents name none. */
export const duty: CalendarDeclaration = {
  label: { en: 'Duty hours', zh: '值班时间' },
  timeZone,
  week: { 1: DAY, 2: DAY, 3: DAY, 4: DAY, 5: DAY, 6: DAY, 7: DAY },
  holidays: 'NONE',
};

/** Who is told of an alert that nobody acknowledges. All minutes are ours: the documents say whose duty it is, not how soon. */
export const alerts: AlertsDeclaration<'duty', never> = {
  SLA_BREACHED: [
    { to: 'owner', within: minutes(10) },
    { to: { role: 'SUPERVISOR', where: 'SAME_BRANCH' }, within: minutes(20) },
    { to: 'DIRECTOR' },
  ],
  ACKNOWLEDGEMENT_EXPIRED: [
    { to: 'owner', within: minutes(10) },
    { to: { role: 'SUPERVISOR', where: 'SAME_BRANCH' }, within: minutes(20) },
    { to: 'DIRECTOR' },
  ],
  TASK_OVERDUE: [{ to: 'owner', within: hours(4) }, { to: 'SUPERVISOR' }],
  ROTA_GAP: [{ to: 'SUPERVISOR', within: hours(24) }, { to: 'DIRECTOR' }],
  calendar: 'duty',
  snooze: hours(4),
  ours: true,
};
