import { expect, test } from 'vitest';
import { measure } from './targets.ts';

type Figures = Readonly<Record<string, string>>;

test.each<{ it: string; figures: Figures; before: Figures; met: (boolean | null)[] }>([
  { it: 'misses at 89.9 % satisfaction (A-055)', figures: { SATISFACTION: '89.9' }, before: {}, met: [false, null] },
  { it: 'meets at 90.0 % satisfaction', figures: { SATISFACTION: '90.0' }, before: {}, met: [true, null] },
  {
    it: 'meets with complaints from 5.0 to 4.0 % (A-056)',
    figures: { COMPLAINT_RATE: '4.0' },
    before: { COMPLAINT_RATE: '5.0' },
    met: [null, true],
  },
  {
    it: 'misses with complaints from 5.0 to 4.1 %',
    figures: { COMPLAINT_RATE: '4.1' },
    before: { COMPLAINT_RATE: '5.0' },
    met: [null, false],
  },
  {
    it: 'meets a fifth of thirds, which no rounded rate shows',
    figures: { COMPLAINTS: '4', TICKETS: '15', COMPLAINT_RATE: '26.6667' },
    before: { COMPLAINTS: '3', TICKETS: '9', COMPLAINT_RATE: '33.3333' },
    met: [null, true],
  },
  {
    it: 'misses with one more, from 20,000 of 30,000 to 16,001 of 30,000',
    figures: { COMPLAINT_RATE: '53.3366', COMPLAINTS: '16001', TICKETS: '30000' },
    before: { COMPLAINT_RATE: '66.6666', COMPLAINTS: '20000', TICKETS: '30000' },
    met: [null, false],
  },
  {
    it: 'judges no reduction in a period without tickets',
    figures: { COMPLAINTS: '0', TICKETS: '0' },
    before: { COMPLAINTS: '3', TICKETS: '9', COMPLAINT_RATE: '33.3333' },
    met: [null, null],
  },
  {
    it: 'judges no reduction from nothing',
    figures: { COMPLAINT_RATE: '1' },
    before: { COMPLAINT_RATE: '0' },
    met: [null, null],
  },
])('measure $it', ({ figures, before, met }) => {
  const { answer } = measure({ period: { from: '2026-01-01', to: '2026-03-31' }, figures, before });
  expect(answer.map((one) => one.met)).toEqual(met);
});
