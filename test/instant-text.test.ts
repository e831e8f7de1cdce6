import { expect, test } from 'vitest';
import { instantText } from '../server/platform/values/instant-text.ts';

test.each([
  { at: '2026-03-02T10:30:00Z', zone: 'Asia/Shanghai', en: '2 March 2026, 18:30', zh: '2026年3月2日 18:30' },
  { at: '2026-11-29T22:23:46.304Z', zone: 'Asia/Shanghai', en: '30 November 2026, 06:23', zh: '2026年11月30日 06:23' },
  { at: '2026-12-31T15:59:59.999Z', zone: 'Asia/Shanghai', en: '31 December 2026, 23:59', zh: '2026年12月31日 23:59' },
  { at: '2026-12-31T16:00:00Z', zone: 'Asia/Shanghai', en: '1 January 2027, 00:00', zh: '2027年1月1日 00:00' },
  { at: '2026-07-01T10:00:00Z', zone: 'Europe/Berlin', en: '1 July 2026, 12:00', zh: '2026年7月1日 12:00' },
])('$at in $zone', ({ at, zone, en, zh }) => {
  expect(instantText(new Date(at), zone)).toEqual({ en, zh });
});
