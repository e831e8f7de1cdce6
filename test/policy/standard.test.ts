import { expect, test } from 'vitest';
import standard from '../../plugins/standard/index.ts';
import { answerOne } from '../../server/engine/policy/answer.ts';
import { QUESTIONS } from '../../server/engine/policy/facts.ts';
import { parseParameters } from '../../server/engine/policy/parameters.ts';
import { customer, gradeFacts, guardFacts, promiseFacts } from './support.ts';

const parameters = parseParameters(standard, {}, 'parameters').parameters;
const period = { from: '2026-02-01', to: '2026-02-28' };

test('every question has an answer', () => {
  const facts = {
    grade: gradeFacts('any', {}),
    promise: promiseFacts('ANY'),
    guard: guardFacts(),
    react: { now: '', event: { kind: 'OPENED' }, customer, ticket: null },
    route: {
      now: '',
      kind: 'PLAN',
      amount: null,
      cumulated: null,
      requester: { roles: [], atHeadOffice: false },
      customer,
      request: {},
    },
    care: {
      today: '2026-03-02',
      customer,
      grades: [],
      birthday: null,
      important: false,
      contacts: [],
      messages: [],
      holidays: [],
    },
    measure: { period, figures: {}, before: {} },
  } as const;
  for (const question of QUESTIONS) {
    expect(answerOne(standard, question, facts[question] as never, parameters), question).toMatchObject({
      kind: 'ANSWERED',
    });
  }
});

test('a first response within 24 hours and a resolution within 72, around the clock', () => {
  const outcome = answerOne(standard, 'promise', promiseFacts('ANY'), parameters);
  expect(outcome).toMatchObject({
    answered: {
      answer: [
        { metric: 'FIRST_RESPONSE', target: { kind: 'DURATION', minutes: 1_440 }, calendar: 'always', pauses: [] },
        {
          metric: 'RESOLUTION',
          target: { kind: 'DURATION', minutes: 4_320 },
          calendar: 'always',
          pauses: ['WAITING_ON_CUSTOMER'],
        },
      ],
    },
  });
});

test.each([
  { it: 'who has no grade is given none', grade: null, tier: null },
  { it: 'who has one keeps it', grade: { scheme: 'any', tier: 'GOLD' }, tier: 'GOLD' },
  { it: 'a grade of another scheme says nothing', grade: { scheme: 'other', tier: 'GOLD' }, tier: null },
])('$it', ({ grade, tier }) => {
  const facts = gradeFacts(
    'any',
    {},
    {
      customer: { ...customer, grade: grade && { ...grade, rank: 1, since: '2026-01-01', state: 'ACTIVE', misses: 0 } },
    },
  );
  expect(answerOne(standard, 'grade', facts, parameters)).toMatchObject({
    answered: { answer: { tier, reasons: [{ code: 'NO_RULE' }] } },
  });
});

test.each([
  { actual: '90', met: true },
  { actual: '89.9999', met: false },
])('a satisfaction of $actual meets the target of 90: $met', ({ actual, met }) => {
  const outcome = answerOne(standard, 'measure', { period, figures: { SATISFACTION: actual }, before: {} }, parameters);
  expect(outcome).toMatchObject({ answered: { answer: [{ key: 'SATISFACTION', target: '90', actual, met }] } });
});
