import { expect, test } from 'vitest';
import telecom from '../../plugins/telecom-vip/index.ts';
import { milestoneDueOn } from '../../server/domain/plans/milestones.ts';
import { templatesFor } from '../../server/domain/plans/plan-templates.ts';

const day = (iso: string) => new Date(`${iso}T00:00:00Z`);

test.each([
  { tier: 'DIAMOND', from: '2026-01-01', to: '2026-12-31', count: 12, first: '2026-01-31', last: '2026-12-31' },
  { tier: 'GOLD', from: '2027-03-01', to: '2028-02-29', count: 12, first: '2027-03-31', last: '2028-02-29' },
  { tier: 'SILVER', from: '2026-01-01', to: '2026-12-31', count: 4, first: '2026-03-31', last: '2026-12-31' },
])('a $tier plan from $from has $count contacts, until $to', ({ tier, from, to, count, first, last }) => {
  const [template, ...others] = templatesFor(telecom, { schemeId: 'club', tierCode: tier }, day(from));
  expect(others).toEqual([]);
  expect(template?.endsOn).toEqual(day(to));
  expect(template?.measures).toHaveLength(count);
  const due = template?.measures.map(({ dueAt }) => dueAt.toISOString());
  expect([due?.[0], due?.at(-1)]).toEqual([`${first}T15:59:59.000Z`, `${last}T15:59:59.000Z`]);
});

test('another tier or scheme has no template', () => {
  expect(templatesFor(telecom, { schemeId: 'club', tierCode: 'BRONZE' }, day('2026-01-01'))).toEqual([]);
  expect(templatesFor(telecom, { schemeId: 'other', tierCode: 'GOLD' }, day('2026-01-01'))).toEqual([]);
});

test.each([
  { it: 'seven days after the approval', due: { after: 'APPROVAL', days: 7 }, on: '2026-03-09' },
  { it: 'halfway, the earlier day of two', due: { at: 'HALF' }, on: '2026-04-15' },
  { it: 'at the end', due: { at: 'END' }, on: '2026-05-31' },
] as const)('a milestone is due $it', ({ due, on }) => {
  const plan = { startsOn: day('2026-03-01'), endsOn: day('2026-05-31') };
  expect(milestoneDueOn({ due }, plan, day('2026-03-02'))).toEqual(day(on));
});
