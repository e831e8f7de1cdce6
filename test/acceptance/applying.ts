import type { Person } from '../support/app.ts';
import type { InputOf } from '../support/ask.ts';

export const BANK = { policyId: 'bank-vip', branchCode: 'BK-A' };

export const refused = (code: string) => ({ __typename: 'Refused', reasons: [{ code }] });

export const decide = (person: Person, id: string, decision = 'APPROVE', comment: string | null = null) =>
  person.does('DecideApproval', { input: { id, decision, comment } });

export const expense = (customerId: string, amount: string, more: Record<string, unknown> = {}) => ({
  policyId: 'bank-vip',
  kind: 'EXPENSE',
  customerId,
  amount: { amount },
  reason: 'Flowers',
  ...more,
});

export const apply = (person: Person, input: InputOf<'SubmitApplication'>) =>
  person.does('SubmitApplication', { input });

/** The roles of an application's steps, in their order. */
export const stepOf = (application: { approval: { steps: { role: string }[] } }) =>
  application.approval.steps.map(({ role }) => role);
