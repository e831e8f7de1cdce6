import { expect, test } from 'vitest';
import type { GuardFacts, ReactFacts } from '../../server/engine/policy/contract.ts';
import { now, parameters, person, ticket } from './fixtures.ts';
import { guard, promise, react } from './tickets.ts';

/** Facts of a guard, with as much of the input as the rule reads. */
type Guarded = {
  readonly [K in keyof GuardFacts]?: K extends 'input' ? Readonly<Record<string, unknown>> : GuardFacts[K];
};

const guarded = (facts: Guarded) =>
  guard(
    {
      now,
      action: 'SUBMIT_PLAN',
      viewer: { roles: ['CUSTOMER_MANAGER'] },
      customer: person,
      ticket: null,
      input: {},
      ...facts,
    } as GuardFacts,
    parameters,
  )?.answer.refusals.map(({ code }) => code);

const closing: NonNullable<GuardFacts['ticket']> = { ...ticket, status: 'RESOLVED', calledBack: true, assigned: true };

test.each<{ it: string; facts: Guarded; codes: string[] | undefined }>([
  {
    it: 'refuses a plan without budget (A-037)',
    facts: { input: { budget: '0', measures: [{ assigned: true }] } },
    codes: ['PLAN_WITHOUT_BUDGET'],
  },
  {
    it: 'refuses a measure without assignee (A-040)',
    facts: { input: { budget: '500', measures: [{ assigned: true }, { assigned: false }] } },
    codes: ['MEASURE_WITHOUT_ASSIGNEE'],
  },
  {
    it: 'names both at once',
    facts: { input: { budget: '0', measures: [{ assigned: false }] } },
    codes: ['PLAN_WITHOUT_BUDGET', 'MEASURE_WITHOUT_ASSIGNEE'],
  },
  {
    it: 'leaves a complete plan to the next',
    facts: { input: { budget: '0.01', measures: [{ assigned: true }] } },
    codes: undefined,
  },
  {
    it: 'refuses to close a complaint without prevention (A-084)',
    facts: { action: 'CLOSE_TICKET', ticket: closing, input: { rootCause: false } },
    codes: ['NO_PREVENTION_MEASURE'],
  },
  {
    it: 'leaves a complaint with prevention to the next',
    facts: { action: 'CLOSE_TICKET', ticket: closing, input: { rootCause: true } },
    codes: undefined,
  },
  {
    it: 'asks no prevention of an inquiry',
    facts: { action: 'CLOSE_TICKET', ticket: { ...closing, type: 'INQUIRY' }, input: { rootCause: false } },
    codes: undefined,
  },
  {
    it: 'refuses a card while the real name is not verified (A-025)',
    facts: {
      action: 'REQUEST_GRADE_EXCEPTION',
      customer: { ...person, profile: { realNameVerified: false } },
      input: { scheme: 'personal' },
    },
    codes: ['REAL_NAME_NOT_VERIFIED'],
  },
])('guard $it', ({ facts, codes }) => {
  expect(guarded(facts)).toEqual(codes);
});

interface Reacting {
  readonly event: ReactFacts['event'];
  readonly ticket?: Partial<typeof ticket>;
}

const reacted = (facts: Reacting) => {
  const about = { ...ticket, status: 'NEW' as const, ...facts.ticket };
  return react({ now, event: facts.event, customer: person, ticket: about }, parameters)?.answer.tasks?.map(
    ({ key, dueAt }) => [key, dueAt],
  );
};

test.each<{ it: string; facts: Reacting; tasks: string[][] | undefined }>([
  {
    it: 'calls at once after a written complaint (A-048)',
    facts: { event: { kind: 'OPENED' }, ticket: { channel: 'LETTER' } },
    tasks: [['callback:written-complaint', '2026-03-02T02:30:00.000Z']],
  },
  {
    it: 'does not call whom no number reaches (A-049)',
    facts: { event: { kind: 'OPENED', reachable: false }, ticket: { channel: 'EMAIL' } },
    tasks: undefined,
  },
  {
    it: 'leaves a complaint by telephone to the next',
    facts: { event: { kind: 'OPENED' }, ticket: { channel: 'PHONE' } },
    tasks: undefined,
  },
  {
    it: 'thanks for an opinion at once (A-050)',
    facts: { event: { kind: 'OPENED' }, ticket: { type: 'OPINION' } },
    tasks: [['callback:opinion', '2026-03-02T02:30:00.000Z']],
  },
  {
    it: 'calls within a day of the solution (A-051)',
    facts: { event: { kind: 'RESOLVED' } },
    tasks: [[`callback:resolved:${now}`, '2026-03-03T02:00:00.000Z']],
  },
  {
    it: 'calls when the limit is exceeded (A-052)',
    facts: { event: { kind: 'BREACHED', metric: 'RESOLUTION' } },
    tasks: [['callback:overdue:RESOLUTION:1', '2026-03-02T02:30:00.000Z']],
  },
  {
    it: 'answers an open question within a day (A-054)',
    facts: { event: { kind: 'CALLED_BACK', openQuestion: true } },
    tasks: [[`callback:answer:${now}`, '2026-03-03T02:00:00.000Z']],
  },
  { it: 'leaves a comment to the next', facts: { event: { kind: 'COMMENTED' } }, tasks: undefined },
])('react $it', ({ facts, tasks }) => {
  expect(reacted(facts)).toEqual(tasks);
});

test.each([
  { it: 'gives an internal dispute 15 days (A-079)', type: 'DISPUTE', kind: 'INTERNAL', minutes: 15 * 24 * 60 },
  { it: "leaves a customer's dispute to the next", type: 'DISPUTE', kind: 'INDIVIDUAL', minutes: undefined },
  { it: 'leaves complaints to the next', type: 'COMPLAINT', kind: 'INTERNAL', minutes: undefined },
] as const)('promise $it', ({ type, kind, minutes }) => {
  const answer = promise(
    { now, cause: 'OPENED', ticket: { ...ticket, type }, customer: { ...person, kind } },
    parameters,
  )?.answer;
  expect(answer?.map(({ target }) => target)).toEqual(minutes && [{ kind: 'DURATION', minutes }]);
});
