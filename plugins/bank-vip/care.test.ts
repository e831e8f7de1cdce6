import { expect, test } from 'vitest';
import type { CareFacts, ContactFact, CustomerFacts } from '../../server/engine/policy/contract.ts';
import { care } from './care.ts';
import { parameters, person } from './fixtures.ts';

const caredFor = (facts: Omit<Partial<CareFacts>, 'customer'> & { customer?: Partial<CustomerFacts> }) =>
  care(
    {
      today: '2026-03-02',
      birthday: null,
      important: false,
      contacts: [{ on: '2026-03-01', channel: 'VISIT', purpose: 'CARE' }],
      holidays: [],
      ...facts,
      customer: { ...person, ...facts.customer },
    },
    parameters,
  ).answer.map(({ key, dueAt }) => [key, dueAt]);

const bought = { profile: { purchasedOn: ['2026-01-01'] } };
const vip = {
  grade: { scheme: 'branch', tier: 'VIP', rank: 1, since: '2026-02-01T00:00:00Z', state: 'ACTIVE', misses: 0 },
} as const;
const visited = (on: string): ContactFact[] => [{ on, channel: 'VISIT', purpose: 'CARE' }];

test('two holidays of one name that begin in a year are two, as New Year of 2022 and of 2023 (A-045)', () => {
  const keys = ['2022-01-01', '2022-12-31'].flatMap((today) =>
    caredFor({ today, contacts: visited(today), holidays: [{ on: today, name: '元旦' }] }).map(([key]) => key),
  );
  expect(new Set(keys).size).toBe(4);
});

test.each([
  {
    it: 'calls a week after a purchase (A-046)',
    facts: { today: '2026-01-02', contacts: visited('2026-01-01'), customer: bought },
    tasks: [['callback:2026-01-01:1w', '2026-01-08T23:59:59+08:00']],
  },
  {
    it: 'calls in months 4 to 6',
    facts: { today: '2026-05-01', contacts: visited('2026-05-01'), customer: bought },
    tasks: [['callback:2026-01-01:4-6m', '2026-07-01T23:59:59+08:00']],
  },
  {
    it: 'calls in months 10 to 12',
    facts: { today: '2027-01-01', contacts: visited('2027-01-01'), customer: bought },
    tasks: [['callback:2026-01-01:10-12m', '2027-01-01T23:59:59+08:00']],
  },
  {
    it: 'calls nobody between the windows',
    facts: { today: '2026-01-09', contacts: visited('2026-01-09'), customer: bought },
    tasks: [],
  },
  {
    it: 'calls only as needed after a year (A-047)',
    facts: { customer: { profile: { purchasedOn: ['2024-06-01'] } } },
    tasks: [],
  },
  {
    it: 'greets and gives a week before a holiday of several days, once (A-045)',
    facts: {
      today: '2026-09-24',
      contacts: visited('2026-09-01'),
      holidays: ['2026-10-01', '2026-10-02'].map((on) => ({ on, name: '国庆节' })),
    },
    tasks: [
      ['holiday:2026-10-01:国庆节:greeting', '2026-10-01T23:59:59+08:00'],
      ['holiday:2026-10-01:国庆节:gift', '2026-10-01T23:59:59+08:00'],
    ],
  },
  {
    it: 'does not greet eight days ahead',
    facts: { today: '2026-09-23', contacts: visited('2026-09-01'), holidays: [{ on: '2026-10-01', name: '国庆节' }] },
    tasks: [],
  },
  {
    it: 'goes round to whom nobody visited this quarter (A-201)',
    facts: { contacts: visited('2025-12-31') },
    tasks: [['round-visit:2026-01-01', '2026-03-31T23:59:59+08:00']],
  },
  {
    it: "registers a branch VIP's file each month (A-019)",
    facts: { customer: vip },
    tasks: [['vip-file:2026-03', '2026-03-31T23:59:59+08:00']],
  },
  {
    it: 'archives the file when the year has ended (A-021)',
    facts: { today: '2027-01-01', contacts: visited('2027-01-01'), customer: vip },
    tasks: [
      ['vip-file:2027-01', '2027-01-31T23:59:59+08:00'],
      ['vip-file:archive:2026', '2027-01-01T23:59:59+08:00'],
    ],
  },
  {
    it: 'inspects a loan every three months, by the end of a shorter month (A-085)',
    facts: { today: '2026-03-02', customer: { profile: { loanDisbursedOn: ['2025-11-30'] } } },
    tasks: ['visit', 'use', 'monitoring'].map((name) => [
      `post-loan:2025-11-30:2026-05-30:${name}`,
      '2026-05-30T23:59:59+08:00',
    ]),
  },
  {
    it: 'leaves the departed alone',
    facts: { contacts: [], customer: { ...bought, stage: 'LAPSED' as const } },
    tasks: [],
  },
])('care $it', ({ facts, tasks }) => {
  expect(caredFor(facts)).toEqual(tasks);
});
