import { expect, test } from 'vitest';
import type { CareFacts, ContactFact, CustomerFacts } from '../../server/engine/policy/contract.ts';
import { care } from './care.ts';
import { customer, parameters } from './fixtures.ts';

const tier = (code: string) =>
  ({ scheme: 'club', tier: code, rank: 1, since: '2025-01-01T00:00:00Z', state: 'ACTIVE', misses: 0 }) as const;

type Caring = Omit<Partial<CareFacts>, 'customer'> & { customer?: Partial<CustomerFacts> };

const caredFor = (facts: Caring) =>
  care(
    {
      today: '2026-04-30',
      birthday: null,
      important: false,
      contacts: [],
      holidays: [],
      ...facts,
      customer: { ...customer, ...facts.customer },
    },
    parameters,
  ).answer.map(({ key, dueAt }) => [key, dueAt]);
const contacts = (...days: string[]) => days.map((on): ContactFact => ({ on, channel: 'PHONE', purpose: 'CARE' }));
const willing = { vipService: true, marketing: true };

test.each<{ it: string; facts: Caring; tasks: string[][] }>([
  {
    it: 'is satisfied in March and April by a contact in each (A-087)',
    facts: { contacts: contacts('2026-03-31', '2026-04-30'), customer: { grade: tier('DIAMOND') } },
    tasks: [],
  },
  {
    it: 'wants gold contacted by the end of April (A-088)',
    facts: { contacts: contacts('2026-03-31'), customer: { grade: tier('GOLD') } },
    tasks: [['contact:2026-04-01', '2026-04-30T23:59:59+08:00']],
  },
  {
    it: 'is satisfied for the quarter by one contact with silver (A-089)',
    facts: { today: '2026-03-31', contacts: contacts('2026-01-05'), customer: { grade: tier('SILVER') } },
    tasks: [],
  },
  {
    it: 'wants silver again in the next quarter',
    facts: { today: '2026-04-01', contacts: contacts('2026-01-05'), customer: { grade: tier('SILVER') } },
    tasks: [['contact-3-months:2026-04-01', '2026-06-30T23:59:59+08:00']],
  },
  {
    it: 'wants silver within the first quarter (A-090)',
    facts: { today: '2026-03-31', customer: { grade: tier('SILVER') } },
    tasks: [['contact-3-months:2026-01-01', '2026-03-31T23:59:59+08:00']],
  },
  {
    it: 'wants an important VIP met, not only called (A-091)',
    facts: { important: true, contacts: contacts('2026-04-02'), customer: { grade: tier('GOLD') } },
    tasks: [['face-to-face:2026-04-01', '2026-06-30T23:59:59+08:00']],
  },
  { it: 'asks nothing for an ordinary customer', facts: {}, tasks: [] },
  {
    it: 'introduces the hall within a week of storing the number (A-110)',
    facts: {
      today: '2026-03-02',
      contacts: [{ on: '2026-03-01', channel: 'SMS', purpose: 'CARE' }],
      customer: { consent: willing, profile: { enteredOn: '2026-03-02' } },
    },
    tasks: [['introduction', '2026-03-09T23:59:59+08:00']],
  },
  {
    it: 'wants a service message each month (A-112)',
    facts: { customer: { consent: willing } },
    tasks: [['service-sms:2026-04-01', '2026-04-30T23:59:59+08:00']],
  },
  {
    it: 'sends nothing to who did not agree',
    facts: { customer: { profile: { enteredOn: '2026-04-30' } } },
    tasks: [],
  },
  {
    it: 'greets on a holiday',
    facts: {
      today: '2026-05-01',
      contacts: [{ on: '2026-05-01', channel: 'SMS', purpose: 'CARE' }],
      holidays: [{ on: '2026-05-01', name: '劳动节' }],
      customer: { consent: willing },
    },
    tasks: [['holiday:2026-05-01:劳动节', '2026-05-01T23:59:59+08:00']],
  },
  {
    it: 'does not greet again who was greeted on the eve',
    facts: {
      today: '2026-05-01',
      contacts: [
        { on: '2026-05-01', channel: 'SMS', purpose: 'CARE' },
        { on: '2026-04-30', channel: 'PHONE', purpose: 'GREETING' },
      ],
      holidays: [{ on: '2026-05-01', name: '劳动节' }],
      holidaySeasonFrom: '2026-04-07',
      customer: { consent: willing },
    },
    tasks: [],
  },
])('care $it', ({ facts, tasks }) => {
  expect(caredFor(facts)).toEqual(tasks);
});
