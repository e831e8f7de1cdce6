import { expect, test } from 'vitest';
import { archiveOf, checkContract, grantEndsAt } from '../../server/domain/contracts/rules.ts';

const content = 'Terms.';
test.each([
  { it: 'year, number and type', name: '2026-0042-SERVICE', wrong: [] },
  { it: 'a type in Chinese', name: '2026-0042-服务合同', wrong: [] },
  { it: 'a number of three digits', name: '2026-042-SERVICE', wrong: ['input.name'] },
  { it: 'no type', name: '2026-0042-', wrong: ['input.name'] },
  { it: 'a type that begins with a digit', name: '2026-0042-1SERVICE', wrong: ['input.name'] },
  { it: 'a space', name: '2026-0042-SERVICE A', wrong: ['input.name'] },
])('A-066: a contract named by $it', ({ name, wrong }) => {
  expect(checkContract({ name, content }).map(({ path }) => path)).toEqual(wrong);
});

test.each([
  { it: 'nothing', content: ' \n', wrong: true },
  { it: 'as much as is kept', content: 'x'.repeat(100_000), wrong: false },
  { it: 'a character more', content: 'x'.repeat(100_001), wrong: true },
])('its text may be $it: wrong is $wrong', ({ content: text, wrong }) => {
  expect(checkContract({ name: '2026-0042-SERVICE', content: text }).length > 0).toBe(wrong);
});

test('a line that says nothing lets its director open archives, and a request hold for a day', () => {
  expect(archiveOf({})).toEqual({ opensArchived: ['DIRECTOR'], requestHours: 24 });
  expect(archiveOf({ archive: { opensArchived: ['SUPERVISOR'], requestHours: 2 } }).requestHours).toBe(2);
  expect(grantEndsAt(new Date('2026-03-02T08:00:00Z'), 24)).toEqual(new Date('2026-03-03T08:00:00Z'));
});
