import type { Person } from './app.ts';

/** Drafts a plan with what a test does not care about filled in. */
export async function givenPlan(person: Person, input: { customerId: string } & Record<string, unknown>) {
  const plan = await person.does('DraftPlan', {
    input: {
      objective: 'Keep the customer',
      startsOn: '2026-03-02',
      endsOn: '2026-06-30',
      budget: { amount: '1000' },
      measures: [{ way: 'VISIT', measure: 'Visit', assigneeId: person.id, dueAt: '2026-04-01T10:00:00+08:00' }],
      ...input,
    },
  });
  if (plan.__typename !== 'MaintenancePlan') throw new Error(JSON.stringify(plan));
  return plan;
}

/** Drafts, submits and has a plan approved, step by step by the people given. */
export async function givenApprovedPlan(
  person: Person,
  approvers: readonly Person[],
  input: { customerId: string } & Record<string, unknown>,
) {
  const plan = await givenPlan(person, input);
  const submitted = await person.does('SubmitPlan', { id: plan.id, expectedVersion: 1 });
  if (submitted.__typename !== 'MaintenancePlan') throw new Error(JSON.stringify(submitted));
  for (const approver of approvers) {
    const decided = await approver.does('DecideApproval', {
      input: { id: submitted.approval.id, decision: 'APPROVE' },
    });
    if (decided.__typename !== 'Approval') throw new Error(JSON.stringify(decided));
  }
  return submitted;
}

/** Why each measure of a plan was not carried out, for who closes one about which a test asks something else. */
export function allSkipped({ measures }: { measures: readonly { id: string }[] }) {
  return measures.map(({ id: measureId }) => ({ measureId, reason: 'the customer was away' }));
}
