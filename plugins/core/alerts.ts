import { type AlertsDeclaration, hours, minutes } from '../../server/engine/policy/contract.ts';

/** Who is told of an alert that nobody acknowledges. All minutes are ours: the documents say whose duty it is, not how soon. */
export const alerts: AlertsDeclaration<'office', never> = {
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
  calendar: 'office',
  snooze: hours(4),
  ours: true,
};
