import { type Person, startTestApp, type TestApp } from '../support/app.ts';

export const BANK = { policyId: 'bank-vip', branchCode: 'BK-HQ' };
export const refused = (code: string) => ({ __typename: 'Refused', reasons: [{ code }] });

/** Alerts of what is overdue, the newest first. */
export async function overdue(person: Person): Promise<{ message: string; raisedAt: string }[]> {
  const history = await person.does('AlertHistory', { filter: { kinds: ['TASK_OVERDUE'] } });
  return history.edges.map(({ node }: { node: { message: string; raisedAt: string } }) => node);
}

export const answered = async (person: Person, customerId: string, score: number, topic = 'SERVICE_QUALITY') =>
  person.does('SubmitSurveyResponse', { input: { customerId, topic, score, channel: 'PHONE' } });

/** A department of the bank, with its meetings. */
export async function department(now: string) {
  const app = await startTestApp({ now: `${now}:00+08:00` });
  const [chief, manager, executive] = ['DIRECTOR', 'SUPERVISOR', 'EXECUTIVE'].map((role) => app.as(`BK-A/${role}`)) as [
    Person,
    Person,
    Person,
  ];
  const hold = (kind: string, more: Record<string, unknown> = {}) =>
    manager.does('HoldMeeting', {
      input: { policyId: 'bank-vip', kind, agenda: 'The week', attendeeIds: [chief.id, manager.id], ...more },
    });
  return { app, chief, manager, executive, hold };
}

/** A promise can still be kept at its due instant. */
export const justAfter = (due: string) => new Date(Date.parse(due) + 1).toISOString();

export const later = (app: TestApp, hours: number) =>
  new Date(app.app.services.clock.now().getTime() + hours * 3_600_000).toISOString();
