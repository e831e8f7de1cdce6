import { expect, test } from 'vitest';
import { levelTargets } from '../../server/domain/policies/policy-targets.ts';
import { PolicyCalendars } from '../../server/engine/sla/calendars.ts';
import levels from './plugins/levels.ts';
import { startPolicies } from './support.ts';

test('each level says what a ticket would be promised', async () => {
  await using started = await startPolicies({
    plugins: [{ policy: levels, url: new URL('./plugins/levels.ts', import.meta.url).href }],
  });
  const { policies, clock } = started;
  const calendars = new PolicyCalendars(policies, { calendarVersion: { findMany: async () => [] } } as never);
  expect(await levelTargets({ policies, clock, calendars }, 'levels', 'COMPLAINT')).toEqual([
    {
      level: 1,
      label: { en: 'General', zh: '一般' },
      targets: [
        {
          metric: 'RESOLUTION',
          label: { en: 'Resolution', zh: '解决' },
          duration: 'PT8H',
          calendar: expect.objectContaining({
            id: 'levels/hall',
            version: 1,
            label: { en: 'Hall', zh: '营业厅' },
            timeZone: 'Asia/Shanghai',
          }),
          warnAtPercent: [80],
        },
      ],
    },
    {
      level: 2,
      label: { en: 'Serious', zh: '严重' },
      targets: [
        expect.objectContaining({
          duration: null,
          calendar: expect.objectContaining({ id: 'levels/always', timeZone: 'Asia/Shanghai' }),
        }),
      ],
    },
    { level: 3, label: { en: 'Unset', zh: '未设定' }, targets: [] },
  ]);
  expect(await levelTargets({ policies, clock, calendars }, 'levels', 'REQUEST')).toMatchObject([
    {
      level: 1,
      label: { en: 'Standard' },
      targets: [
        { metric: 'FIRST_RESPONSE', duration: 'PT24H' },
        { metric: 'RESOLUTION', duration: 'PT72H' },
      ],
    },
  ]);
});
