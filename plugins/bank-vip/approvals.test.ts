import { expect, test } from 'vitest';
import type { RouteFacts } from '../../server/engine/policy/contract.ts';
import { route } from './approvals.ts';
import { now, parameters, person } from './fixtures.ts';

const routed = (facts: Partial<RouteFacts>) =>
  route(
    {
      now,
      kind: 'PLAN',
      amount: null,
      cumulated: null,
      requester: { roles: ['CUSTOMER_MANAGER'], atHeadOffice: false },
      customer: person,
      request: {},
      ...facts,
    },
    parameters,
  )?.answer;

test.each<{ it: string; facts: Partial<RouteFacts>; steps: string[] | undefined }>([
  { it: 'plans to the command centre (A-038)', facts: {}, steps: ['COMMAND_CENTER LINE'] },
  {
    it: 'plans with international business past the department (A-031)',
    facts: { customer: { ...person, kind: 'INSTITUTION', profile: { internationalBusiness: true } } },
    steps: ['SUPERVISOR HEAD_OFFICE', 'COMMAND_CENTER LINE'],
  },
  {
    it: "executives' plans past personal banking (A-032)",
    facts: { customer: { ...person, profile: { executiveOfCorporateCustomer: true } } },
    steps: ['SUPERVISOR HEAD_OFFICE', 'COMMAND_CENTER LINE'],
  },
  {
    it: "a manager's proposal to supervisor and command centre (X-01)",
    facts: { kind: 'ASSESSMENT', request: { scheme: 'rural-credit' } },
    steps: ['SUPERVISOR LINE', 'COMMAND_CENTER LINE'],
  },
  {
    it: "a supervisor's rating to the command centre",
    facts: { kind: 'ASSESSMENT', requester: { roles: ['SUPERVISOR'], atHeadOffice: false } },
    steps: ['COMMAND_CENTER LINE'],
  },
  {
    it: 'personal cards to head-office personal banking in the end (A-022)',
    facts: { kind: 'ASSESSMENT', request: { scheme: 'personal' } },
    steps: ['SUPERVISOR LINE', 'DIRECTOR HEAD_OFFICE'],
  },
  {
    it: 'corporate tiers to head-office corporate banking (A-029)',
    facts: { kind: 'ASSESSMENT', request: { scheme: 'corporate' } },
    steps: ['SUPERVISOR LINE', 'DIRECTOR HEAD_OFFICE'],
  },
  {
    it: 'rural exceptions to the bank card department (A-008 to A-010)',
    facts: { kind: 'GRADE_EXCEPTION', request: { scheme: 'rural-credit' } },
    steps: ['DIRECTOR HEAD_OFFICE'],
  },
  {
    it: "executives' cards past corporate banking first (A-023)",
    facts: {
      kind: 'GRADE_EXCEPTION',
      request: { scheme: 'personal' },
      customer: { ...person, profile: { executiveOfCorporateCustomer: true } },
    },
    steps: ['SUPERVISOR HEAD_OFFICE', 'DIRECTOR HEAD_OFFICE'],
  },
  {
    it: 'an expense below S to a specialist (A-069)',
    facts: { kind: 'EXPENSE', amount: '9999.99' },
    steps: ['CUSTOMER_MANAGER LINE'],
  },
  { it: 'an expense at S to a manager', facts: { kind: 'EXPENSE', amount: '10000' }, steps: ['SUPERVISOR LINE'] },
  { it: 'an expense at M to a manager', facts: { kind: 'EXPENSE', amount: '50000' }, steps: ['SUPERVISOR LINE'] },
  { it: 'an expense above M to the CEO', facts: { kind: 'EXPENSE', amount: '50000.01' }, steps: ['EXECUTIVE LINE'] },
  {
    it: 'a split expense by its sum',
    facts: { kind: 'EXPENSE', amount: '5000', cumulated: '60000' },
    steps: ['EXECUTIVE LINE'],
  },
  {
    it: 'purchases to three in order (A-062)',
    facts: { kind: 'PROCUREMENT' },
    steps: ['DIRECTOR LINE', 'FINANCE LINE', 'EXECUTIVE LINE'],
  },
  {
    it: 'archived contracts to the director (A-067, A-068)',
    facts: { kind: 'ARCHIVE_ACCESS' },
    steps: ['DIRECTOR LINE'],
  },
  {
    it: 'plans with a part of international business past the department (A-031)',
    facts: { request: { parts: ['INTERNATIONAL_BUSINESS'] } },
    steps: ['SUPERVISOR HEAD_OFFICE', 'COMMAND_CENTER LINE'],
  },
  {
    it: 'plans with a part for executives past the department (A-032)',
    facts: { request: { parts: ['EXECUTIVES'] } },
    steps: ['SUPERVISOR HEAD_OFFICE', 'COMMAND_CENTER LINE'],
  },
  {
    it: 'plans with both parts past both departments (A-031, A-032)',
    facts: { request: { parts: ['EXECUTIVES', 'INTERNATIONAL_BUSINESS'] } },
    steps: ['SUPERVISOR HEAD_OFFICE', 'DIRECTOR HEAD_OFFICE', 'COMMAND_CENTER LINE'],
  },
  {
    it: "an executive's plan with international business past both departments",
    facts: {
      customer: { ...person, profile: { executiveOfCorporateCustomer: true } },
      request: { parts: ['INTERNATIONAL_BUSINESS'] },
    },
    steps: ['SUPERVISOR HEAD_OFFICE', 'DIRECTOR HEAD_OFFICE', 'COMMAND_CENTER LINE'],
  },
  {
    it: 'an expense by the limits that were decided, up to and with them (A-071)',
    facts: { kind: 'EXPENSE', amount: '20000', limits: [{ role: 'CUSTOMER_MANAGER', upTo: '20000' }] },
    steps: ['CUSTOMER_MANAGER LINE'],
  },
  {
    it: 'an expense to the lowest post within its limit',
    facts: {
      kind: 'EXPENSE',
      amount: '20000.01',
      limits: [
        { role: 'DIRECTOR', upTo: null },
        { role: 'SUPERVISOR', upTo: '30000' },
        { role: 'CUSTOMER_MANAGER', upTo: '20000' },
      ],
    },
    steps: ['SUPERVISOR LINE'],
  },
  {
    it: 'an expense to the director where he has a band without limit',
    facts: { kind: 'EXPENSE', amount: '90000', limits: [{ role: 'DIRECTOR', upTo: null }] },
    steps: ['DIRECTOR LINE'],
  },
  {
    it: 'an expense beyond every limit to the CEO',
    facts: { kind: 'EXPENSE', amount: '90000', limits: [{ role: 'SUPERVISOR', upTo: '30000' }] },
    steps: ['EXECUTIVE LINE'],
  },
  {
    it: 'an expense of another currency to the CEO, for no limit is in it',
    facts: { kind: 'EXPENSE', amount: '1', currency: 'EUR' },
    steps: ['EXECUTIVE LINE'],
  },
  {
    it: 'one within the limit that was decided in its currency',
    facts: { kind: 'EXPENSE', amount: '1', currency: 'EUR', limits: [{ role: 'SUPERVISOR', upTo: '1' }] },
    steps: ['SUPERVISOR LINE'],
  },
  { it: 'a change of process to top management (A-080)', facts: { kind: 'PROCESS_CHANGE' }, steps: ['EXECUTIVE LINE'] },
  { it: 'a benefit to the next', facts: { kind: 'BENEFIT' }, steps: undefined },
])('route sends $it', ({ facts, steps }) => {
  expect(routed(facts)?.steps.map(({ role, where }) => `${role} ${where}`)).toEqual(steps);
});

test('exceptions are decided one by one, emergencies ratified in 3 days (A-011, A-070)', () => {
  expect(routed({ kind: 'GRADE_EXCEPTION', request: { scheme: 'rural-credit' } })?.oneByOne).toBe(true);
  expect(routed({ kind: 'EXPENSE', amount: '1' })?.ratifyWithinDays).toBe(3);
});
