import { expect, test } from 'vitest';
import { checkBirthday, checkCustomerFields } from '../../server/domain/customers/rules.ts';

test.each([
  { it: 'a mobile number', fields: { phone: '+86 139-1234-9999' }, wrong: [] },
  { it: 'letters for a number', fields: { phone: 'call me' }, wrong: ['input.phone'] },
  { it: 'an address without a domain', fields: { email: 'a@' }, wrong: ['input.email'] },
  { it: 'an empty name', fields: { name: ' ' }, wrong: ['input.name'] },
  { it: 'a name with a line break', fields: { name: 'a\nb' }, wrong: ['input.name'] },
  { it: 'a name of 201 characters', fields: { name: 'x'.repeat(201) }, wrong: ['input.name'] },
  { it: 'nothing at all', fields: {}, wrong: [] },
])('$it: wrong is $wrong', ({ fields, wrong }) => {
  expect(checkCustomerFields(fields).map(({ path }) => path)).toEqual(wrong);
});

test.each([
  { day: '2026-03-02', isRight: true },
  { day: '2026-03-03', isRight: false },
  { day: '1880-01-01', isRight: true },
  { day: '1879-12-31', isRight: false },
])('on 2 March 2026 somebody may have been born on $day: $isRight', ({ day, isRight }) => {
  expect(checkBirthday(new Date(day), new Date('2026-03-02')).length === 0).toBe(isRight);
});
