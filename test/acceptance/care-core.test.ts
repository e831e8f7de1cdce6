import { expect, test } from 'vitest';
import { startTestApp } from '../support/app.ts';
import { contact, dayOf, tasksOf } from '../support/care.ts';
import { givenCustomer } from '../support/given.ts';

const at = (day: string, time = '08:00:00') => `${day}T${time}+08:00`;

test.each([
  { said: '2026-03-02', due: '2026-03-05' },
  { said: '2028-02-27', due: '2028-03-01' },
])(
  'A-192: who says on the telephone that they are dissatisfied gets another strategy by $due',
  async ({ said, due }) => {
    await using app = await startTestApp({ now: at(said) });
    const manager = app.as('CO-A/CUSTOMER_MANAGER');
    const [cross, content] = await Promise.all(
      [1, 2].map(() => givenCustomer(manager, { policyId: 'core', branchCode: 'CO-A' })),
    );
    await contact(manager, cross?.id ?? '', { purpose: 'FOLLOW_UP', satisfaction: 2 });
    await contact(manager, content?.id ?? '', { purpose: 'FOLLOW_UP', satisfaction: 3 });
    const tasks = await tasksOf(manager, cross?.id ?? '', { origins: ['RESOLUTION'] });
    expect(tasks).toMatchObject([{ status: 'OPEN', assignee: { id: manager.id } }]);
    expect(tasks[0] && dayOf(tasks[0].dueAt)).toBe(due);
    expect(await tasksOf(manager, content?.id ?? '')).toEqual([]);
  },
);
