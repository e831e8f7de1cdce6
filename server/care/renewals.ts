import { type AlertCustomer, alertAbout } from '../alerts/raise.ts';
import type { TaskProposal } from '../policy/answers.ts';

/** Something of a customer's runs out: whoever looks after the customer hears of it once. */
export function renewalAlert(customer: AlertCustomer, key: string, task: TaskProposal, at: Date) {
  if (task.origin !== 'RENEWAL') return null;
  return alertAbout(customer, {
    key: `due:${key}`,
    kind: 'RENEWAL_DUE',
    severity: 'INFO',
    message: task.title,
    audience: ['CUSTOMER_MANAGER', 'SUPERVISOR'],
    at,
  });
}
