import { expect, test } from 'vitest';
import { answerOne } from '../../server/engine/policy/answer.ts';
import { dayEnd, type Policy, z } from '../../server/engine/policy/contract.ts';
import type { Question } from '../../server/engine/policy/facts.ts';

const because = { en: 'Because.', zh: '因为。' };
const offer = (over: object) => ({
  answer: [{ metric: 'RESOLUTION', target: { kind: 'DURATION', minutes: 5 }, ...over }],
  because,
});
const task = { key: 'a', title: because, origin: 'CADENCE', purpose: 'CARE', dueAt: '2026-03-31T23:59:59+08:00' };
const owed = (over: object) => ({ answer: [{ ...task, ...over }], because });

/** What is said of what a plugin answered: the place, what stands there, and what is asked. */
function said(question: Question, given: unknown): string {
  const policy = { id: 'example', contract: 1, answers: { [question]: () => given } } as unknown as Policy;
  const outcome = answerOne(policy, question, {} as never, {});
  return outcome.kind === 'BROKEN' ? outcome.breakage.message : outcome.kind;
}

test.each<{ it: string; question?: Question; given: unknown; says: string }>([
  {
    it: 'a text',
    given: 'soon',
    says: 'promise is "soon", an object is asked: { answer, because }, or undefined where the question is left',
  },
  {
    it: 'null',
    given: null,
    says: 'promise is null, an object is asked: { answer, because }, or undefined where the question is left',
  },
  { it: 'no reason', given: { answer: [] }, says: 'promise.because is missing, an object is asked' },
  {
    it: 'a reason without its Chinese',
    given: { answer: [], because: { en: 'Because.' } },
    says: 'promise.because.zh is missing, a text is asked',
  },
  {
    it: 'a reason with empty Chinese',
    given: { answer: [], because: { en: 'Because.', zh: '' } },
    says: 'promise.because.zh is empty',
  },
  {
    it: 'a reason without end',
    given: { answer: [], because: { en: 'x'.repeat(2001), zh: '因' } },
    says: 'promise.because.en has 2001 characters, 2000 at most',
  },
  {
    it: 'half of a character, cut out of a text',
    question: 'care',
    given: owed({ title: { en: '😀😀😀'.slice(0, 3), zh: '因' } }),
    says: 'care.answer.0.title.en has a NUL character or half of a surrogate pair, which no text has',
  },
  {
    it: 'a NUL character in its reason',
    given: { answer: [], because: { en: 'Because\0', zh: '因' } },
    says: 'promise.because.en has a NUL character or half of a surrogate pair, which no text has',
  },
  {
    it: 'one promise for a list',
    given: { answer: {}, because },
    says: 'promise.answer is an object, a list is asked',
  },
  {
    it: 'a key that is misspelt',
    given: offer({ atRisks: [50] }),
    says: 'promise.answer.0 has atRisks, which nobody reads',
  },
  {
    it: 'a word that there is not',
    given: offer({ metric: 'RESOLVED' }),
    says: 'promise.answer.0.metric is "RESOLVED", one of FIRST_RESPONSE, RESOLUTION, NEXT_UPDATE, FULFILMENT, CALLBACK is asked',
  },
  {
    it: 'no number',
    given: offer({ target: { kind: 'DURATION', minutes: Number.NaN } }),
    says: 'promise.answer.0.target.minutes is NaN, a number is asked',
  },
  {
    it: 'a number below zero',
    given: offer({ target: { kind: 'DURATION', minutes: -1 } }),
    says: 'promise.answer.0.target.minutes is -1, 0 at least',
  },
  {
    it: 'a point at the end',
    given: offer({ atRisk: [100] }),
    says: 'promise.answer.0.atRisk.0 is 100, less than 100',
  },
  {
    it: 'half a day',
    given: offer({ target: { kind: 'END_OF_DAY', days: 0.5, count: 'CALENDAR' } }),
    says: 'promise.answer.0.target.days is 0.5, a whole number is asked',
  },
  {
    it: 'another kind of target',
    given: offer({ target: { kind: 'SOON' } }),
    says: 'promise.answer.0.target.kind is "SOON", which is none of the forms that are asked',
  },
  {
    it: 'a day for an instant',
    question: 'care',
    given: owed({ dueAt: '2026-03-31' }),
    says: 'care.answer.0.dueAt is "2026-03-31", an instant such as 2026-03-31T23:59:59+08:00 is asked',
  },
  {
    it: 'a Date for an instant',
    question: 'care',
    given: owed({ dueAt: new Date() }),
    says: 'care.answer.0.dueAt is a Date, a text is asked',
  },
  {
    it: 'an instant for a day',
    question: 'care',
    given: owed({ period: { from: '2026-03-01T00:00:00Z', to: '2026-03-31' } }),
    says: 'care.answer.0.period.from is "2026-03-01T00:00:00Z", a day such as 2026-03-31 is asked',
  },
  {
    it: 'a code in lower case',
    question: 'guard',
    given: { answer: { refusals: [{ code: 'no-way', text: because }] }, because },
    says: 'guard.answer.refusals.0.code is "no-way", which is not an upper-case code',
  },
  {
    it: 'too many tasks',
    question: 'care',
    given: { answer: Array.from({ length: 101 }, (_, key) => ({ ...task, key: `${key}` })), because },
    says: 'care.answer has 101 entries, 100 at most',
  },
  {
    it: 'a promise to answer',
    given: Promise.resolve(offer({})),
    says: 'promise answered with a Promise; policies are synchronous',
  },
])('$it is told by place, by what it is and what is asked', ({ question = 'promise', given, says }) => {
  expect(said(question, given)).toBe(says);
});

test('what is thrown is told with the line of the plugin, also where the SDK threw it', () => {
  const thrown = (answer: () => unknown) => {
    const policy = { id: 'example', contract: 1, answers: { promise: answer } } as unknown as Policy;
    const outcome = answerOne(policy, 'promise', {} as never, {});
    return outcome.kind === 'BROKEN' ? outcome.breakage.message : outcome.kind;
  };
  const own = () => {
    throw new TypeError('no moon');
  };
  expect(thrown(own)).toMatch(/^promise threw TypeError: no moon \(answer\.test\.ts:\d+\)$/);
  expect(thrown(() => dayEnd('2026-02-30', 'UTC'))).toMatch(
    /^promise threw RangeError: "2026-02-30" is no day such as 2026-03-31 \(answer\.test\.ts:\d+\)$/,
  );
  const text = () => {
    throw 'no moon';
  };
  expect(thrown(text)).toBe('promise threw no moon');
});

test('a parameter that is not declared is named, and looking at all of them is no mistake', () => {
  const policy = (answer: (facts: unknown, parameters: Record<string, unknown>) => unknown): Policy =>
    ({
      id: 'example',
      contract: 1,
      parameters: { limit: { schema: z.number(), description: because, source: 'test' } },
      answers: { promise: answer },
    }) as never;
  const outcome = (answer: Parameters<typeof policy>[0], parameters = {}) =>
    answerOne(policy(answer), 'promise', {} as never, parameters);
  expect(outcome((_facts, { limmit }) => limmit)).toMatchObject({
    kind: 'BROKEN',
    breakage: { message: 'promise reads the parameter limmit, which is not declared' },
  });
  expect(outcome((_facts, { limit }) => limit)).toEqual({ kind: 'BLANK', parameters: ['limit'] });
  expect(outcome((_facts, parameters) => void ('limmit' in parameters))).toEqual({ kind: 'LEFT' });
  expect(outcome((_facts, parameters) => void JSON.stringify({ ...parameters }), { limit: 1 })).toEqual({
    kind: 'LEFT',
  });
});
