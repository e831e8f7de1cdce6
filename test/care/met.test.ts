import { expect, test } from 'vitest';
import { reconcile } from '../../server/domain/care/reconcile.ts';
import { firstMeeting, isMetBy, type KnownContact, type Need } from '../../server/domain/tasks/met-by.ts';
import type { TaskProposal } from '../../server/engine/policy/answers.ts';

const call: KnownContact = { on: '2026-03-15', channel: 'PHONE', purpose: 'CARE' };
const march: Need = { metBy: {}, from: '2026-03-01', to: '2026-03-31' };

test.each<{ it: string; need: Partial<Need>; contact: Partial<KnownContact>; met: boolean }>([
  { it: 'any contact of the month', need: {}, contact: {}, met: true },
  { it: 'of its first day', need: {}, contact: { on: '2026-03-01' }, met: true },
  { it: 'of its last day', need: {}, contact: { on: '2026-03-31' }, met: true },
  { it: 'not of the day before', need: {}, contact: { on: '2026-02-28' }, met: false },
  { it: 'not of the day after', need: {}, contact: { on: '2026-04-01' }, met: false },
  {
    it: 'of the day after where it may be late',
    need: { metBy: { late: true } },
    contact: { on: '2026-04-01' },
    met: true,
  },
  { it: 'not by another channel', need: { metBy: { channels: ['VISIT'] } }, contact: {}, met: false },
  { it: 'not for another purpose', need: { metBy: { purposes: ['GREETING'] } }, contact: {}, met: false },
  { it: 'not by a record of our own', need: {}, contact: { channel: 'INTERNAL' }, met: false },
  {
    it: 'not by a message where somebody should call',
    need: {},
    contact: { channel: 'SMS', isMessage: true },
    met: false,
  },
  {
    it: 'by a message where one is asked for',
    need: { metBy: { channels: ['SMS'] } },
    contact: { channel: 'SMS', isMessage: true },
    met: true,
  },
  { it: 'never where somebody has to complete it', need: { metBy: null }, contact: {}, met: false },
])('met $it: $met', ({ need, contact, met }) => {
  expect(isMetBy({ ...march, ...need }, { ...call, ...contact })).toBe(met);
});

test('the earliest contact is the one that counts', () => {
  const contacts = ['2026-03-20', '2026-03-04', '2026-02-01'].map((on) => ({ ...call, on }));
  expect(firstMeeting(march, contacts)?.on).toBe('2026-03-04');
});

const customer = { id: 'c', policyId: 'p' };
const asked = (key: string): TaskProposal => ({
  key,
  title: { en: key, zh: key },
  origin: 'CADENCE',
  purpose: 'CARE',
  dueAt: '2026-03-31T23:59:59+08:00',
});
const open = (key: string, more: object = {}) => ({
  id: key,
  key: `care:c:${key}`,
  status: 'OPEN' as const,
  dueAt: '2026-03-31T15:59:59Z',
  from: '2026-03-01',
  to: '2026-03-31',
  metBy: {},
  ...more,
});
const at = new Date('2026-03-15T16:00:00Z');

test.each([
  { it: 'what is new is added', wanted: ['a'], has: [], contacts: [], is: { added: ['care:c:a'] } },
  { it: 'what is there stays', wanted: ['a'], has: [open('a')], contacts: [], is: {} },
  { it: 'what was met is done', wanted: [], has: [open('a')], contacts: [call], is: { met: ['a'] } },
  { it: 'what nobody asks for is withdrawn', wanted: [], has: [open('a')], contacts: [], is: { withdrawn: ['a'] } },
  { it: 'what is overdue stays overdue', wanted: [], has: [open('a', { status: 'OVERDUE' })], contacts: [], is: {} },
  {
    it: 'what is due by now is not withdrawn',
    wanted: [],
    has: [open('a', { dueAt: '2026-03-15T15:59:59Z' })],
    contacts: [],
    is: {},
  },
  { it: 'nothing is withdrawn where nobody could be asked', wanted: null, has: [open('a')], contacts: [], is: {} },
])('$it', ({ wanted, has, contacts, is }) => {
  const settled = reconcile(customer, wanted?.map(asked) ?? null, has, contacts, at);
  expect({
    added: settled.added.map(({ key }) => key),
    met: settled.met.map(({ id }) => id),
    withdrawn: settled.withdrawn,
  }).toEqual({ added: [], met: [], withdrawn: [], ...is });
});
