import { setTimeout as wait } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { PolicyCalendars } from '../../server/engine/sla/calendars.ts';
import office from './plugins/office.ts';

test('a version that another node made is known soon', async () => {
  const versions: { policyId: string; calendarId: string; definition: object }[] = [];
  const prisma = { calendarVersion: { findMany: async () => [...versions] } };
  const calendars = new PolicyCalendars({ get: () => ({ declaration: office }) } as never, prisma as never);
  await calendars.refresh();
  calendars.follow(5, () => undefined);
  expect(() => calendars.get('office/desk@2')).toThrow(RangeError);
  const definition = { ...office.calendars?.desk, id: 'office/desk', version: 2, exceptions: [] };
  versions.push({ policyId: 'office', calendarId: 'desk', definition });
  await wait(100);
  expect(calendars.get('office/desk@2').key).toBe('office/desk@2');
  await calendars.close();
});
