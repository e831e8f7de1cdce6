import { expect, test } from 'vitest';
import { type Cadence, type ContactFact, cadence } from '../../server/engine/policy/contract.ts';

const quarterly: Cadence = {
  key: 'visit',
  every: 'QUARTER',
  timeZone: 'Europe/Berlin',
  by: ['VISIT', 'HALL'],
  title: ({ from, to }) => ({ en: `Visit, ${from} to ${to}`, zh: `走访（${from} 至 ${to}）` }),
};
const contact = (on: string, channel: ContactFact['channel'] = 'VISIT'): ContactFact => ({
  on,
  channel,
  purpose: 'CARE',
});

test('a task stands for the contact of its period, is due at its end and may be done late', () => {
  expect(cadence({ today: '2026-03-02', contacts: [] }, quarterly)).toEqual([
    {
      key: 'visit:2026-01-01',
      title: { en: 'Visit, 2026-01-01 to 2026-03-31', zh: '走访（2026-01-01 至 2026-03-31）' },
      origin: 'CADENCE',
      purpose: 'CARE',
      channel: 'VISIT',
      period: { from: '2026-01-01', to: '2026-03-31' },
      metBy: { channels: ['VISIT', 'HALL'], late: true },
      dueAt: '2026-03-31T23:59:59+02:00',
    },
  ]);
});

test('where any contact counts a call is proposed, and the manager is warned where that is asked', () => {
  const { by: _by, ...any } = quarterly;
  const warned = { ...any, warnAt: ({ to }: { to: string }) => `${to.slice(0, 8)}25T00:00:00+02:00` };
  const [task] = cadence({ today: '2026-03-02', contacts: [] }, warned);
  expect([task?.channel, task?.metBy, task?.warnAt]).toEqual(['PHONE', { late: true }, '2026-03-25T00:00:00+02:00']);
});

test.each([
  { it: 'a visit of its first day', contacts: [contact('2026-01-01')], tasks: 0 },
  { it: 'a visit of its last day', contacts: [contact('2026-03-31')], tasks: 0 },
  { it: 'a meeting in the hall', contacts: [contact('2026-02-10', 'HALL')], tasks: 0 },
  { it: 'one of several', contacts: [contact('2025-12-31'), contact('2026-02-10')], tasks: 0 },
  { it: 'a call does not', contacts: [contact('2026-02-10', 'PHONE')], tasks: 1 },
  { it: 'the visit of the day before does not', contacts: [contact('2025-12-31')], tasks: 1 },
])('what meets the period: $it', ({ contacts, tasks }) => {
  expect(cadence({ today: '2026-03-31', contacts }, quarterly)).toHaveLength(tasks);
});

test('contact by any channel meets a cadence that names none', () => {
  const { by: _by, ...any } = quarterly;
  expect(cadence({ today: '2026-03-31', contacts: [contact('2026-02-10', 'LETTER')] }, any)).toEqual([]);
});
