import { expect, test } from 'vitest';
import { gapsOf, Roster } from '../../server/domain/rota/rules.ts';

const at = (time: string) => new Date(`2026-03-02T${time}:00Z`);
const shift = (staffId: string, from: string, until: string) => ({
  staffId,
  validFrom: at(from),
  validUntil: at(until),
});
const window = { from: at('08:00'), until: at('20:00') };

test.each([
  {
    it: 'has none where the next begins as the last ends',
    held: [shift('a', '08:00', '14:00'), shift('b', '14:00', '20:00')],
    away: [],
    gaps: [],
  },
  {
    it: 'finds what lies between two',
    held: [shift('a', '08:00', '12:00'), shift('b', '13:00', '20:00')],
    away: [],
    gaps: [['12:00', '13:00']],
  },
  {
    it: 'finds the end that nobody covers',
    held: [shift('a', '08:00', '18:00')],
    away: [],
    gaps: [['18:00', '20:00']],
  },
  {
    it: 'takes who is absent for not there',
    held: [shift('a', '08:00', '20:00')],
    away: [shift('a', '10:00', '11:00')],
    gaps: [['10:00', '11:00']],
  },
  {
    it: 'needs one of two alone',
    held: [shift('a', '08:00', '20:00'), shift('b', '08:00', '20:00')],
    away: [shift('a', '08:00', '20:00')],
    gaps: [],
  },
  {
    it: 'tells one gap, not its pieces',
    held: [shift('a', '08:00', '09:00')],
    away: [shift('c', '10:00', '11:00')],
    gaps: [['09:00', '20:00']],
  },
  { it: 'is nothing but gap without a shift', held: [], away: [], gaps: [['08:00', '20:00']] },
])('a rota $it', ({ held, away, gaps }) => {
  expect(gapsOf(held, away, window)).toEqual(
    gaps.map(([from, until]) => ({ from: at(from ?? ''), until: at(until ?? '') })),
  );
});

test('who came last holds a post, and who is absent holds none', () => {
  const roster = new Roster([
    { branchId: 'B', post: 'SUPERVISOR', staffId: 'a' },
    { branchId: 'B', post: 'SUPERVISOR', staffId: 'b' },
    { branchId: 'B', post: 'DIRECTOR', staffId: 'c' },
    { branchId: 'B', post: null, staffId: 'c' },
  ]);
  expect([roster.onDuty('B', 'SUPERVISOR'), roster.onDuty('B', 'DIRECTOR'), roster.onDuty('C', 'SUPERVISOR')]).toEqual([
    'b',
    null,
    null,
  ]);
  expect([roster.isAbsent('c'), roster.isAbsent('a')]).toEqual([true, false]);
});
