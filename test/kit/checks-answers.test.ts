import { expect, test } from 'vitest';
import { minutes, type Policy } from '../../server/engine/policy/contract.ts';
import { answering, because, task, text } from './example-policy.ts';
import { findingsOf } from './support.ts';

test('what is due at the end of a day in its zone, or at any other time, is no finding', () => {
  const due = ['2026-03-31T23:59:59+02:00', '2026-12-31T23:59:59+01:00', '2026-03-02T10:30:00.000Z'];
  const policy = answering(
    'care',
    () => ({ answer: due.map((dueAt) => ({ ...task(dueAt), dueAt })), because: { en: 'Care.', zh: '关怀。' } }),
    { timeZone: 'Europe/Berlin' },
  );
  expect(findingsOf(policy)).toEqual([]);
});

test('whoever goes out is asked no more, and nothing went out', () => {
  const { fetch: real } = globalThis;
  let calls = 0;
  globalThis.fetch = (() => {
    calls += 1;
  }) as never;
  try {
    const policy = answering('measure', () => fetch('http://127.0.0.1:9/') as never);
    expect(findingsOf(policy).map(({ check }) => check)).toEqual(['determinism']);
  } finally {
    globalThis.fetch = real;
  }
  expect(calls).toBe(0);
});

test('the clock and the dice are as before afterwards', () => {
  const before = [Date, Date.now, Math.random, performance.now, setTimeout, fetch];
  findingsOf(answering('measure', () => ({ answer: [], because })));
  expect([Date, Date.now, Math.random, performance.now, setTimeout, fetch]).toEqual(before);
  expect(Object.hasOwn(performance, 'now')).toBe(false);
});

test('what breaks with any parameters is not told again for those that are delivered', () => {
  const broken = answering('promise', () => ({ answer: [], because: 'because' }));
  expect(findingsOf(broken).map(({ check, message }) => `${check} ${message}`)).toEqual([
    'totality promise for OTHER level 1: promise.because is "because", an object is asked',
  ]);
});

test.each<{ it: string; policy: Policy; finding: string | RegExp }>([
  {
    it: 'an answer of the wrong shape',
    policy: answering('promise', () => ({ answer: [{ metric: 'RESOLUTION', target: minutes(-1) }], because })),
    finding: 'promise for OTHER level 1: promise.answer.0.target.minutes is -1, 0 at least',
  },
  {
    it: 'facts that are changed',
    policy: answering('care', ({ contacts }: { contacts: unknown[] }) => void contacts.push({})),
    finding: /^care on [\d-]+: care threw TypeError: Cannot add property .*; facts are read and not changed$/,
  },
  {
    it: 'an answer that is too long',
    policy: answering('care', () => ({
      answer: Array.from({ length: 40 }, (_, key) => task(`${key}`, { en: 'x'.repeat(1999), zh: '因' })),
      because,
    })),
    finding: /^care on [\d-]+: the answer is longer than 65536 characters, and would be thrown away$/,
  },
  {
    it: 'dice',
    policy: answering('measure', () => ({
      answer: [
        { key: 'X', label: text, target: '1', actual: String(Math.floor(Math.random() * 1e9)), unit: '', met: null },
      ],
      because,
    })),
    finding: 'measure: it calls Math.random(): a policy has no dice; the same facts have the same answer',
  },
  {
    it: 'a clock',
    policy: answering('measure', () => ({ answer: [], because: { en: `In ${new Date().getFullYear()}.`, zh: '因' } })),
    finding: 'measure: it calls new Date() or Date.now(): a policy has no clock; the time is in its facts (now, today)',
  },
  {
    it: 'what goes out',
    policy: answering('measure', () => void fetch('http://127.0.0.1:9/')),
    finding: 'measure: it calls fetch(): a policy reads nothing but its facts',
  },
  {
    it: 'what runs afterwards',
    policy: answering('measure', () => void setTimeout(() => {}, 0)),
    finding: /^measure: it calls setTimeout\(\): a policy has answered when it returns/,
  },
  {
    it: 'a memory of what was asked before',
    policy: (() => {
      let asked = 0;
      return answering('measure', () => {
        asked += 1;
        return { answer: [], because: { en: `Asked ${asked} times.`, zh: `第 ${asked} 次。` } };
      });
    })(),
    finding: /^measure: the same facts were answered differently/,
  },
  {
    it: 'a reason in one language',
    policy: answering('care', () => ({ answer: [], because: { en: 'Care.', zh: 'Care.' } })),
    finding: /^care on [\d-]+: because says the same in both languages: "Care\."$/,
  },
  {
    it: 'a title that is not in Chinese',
    policy: answering('care', () => ({ answer: [task('a', { en: 'Visit', zh: 'Besuch' })], because })),
    finding: /^care on [\d-]+: title is not in Chinese: "Besuch"$/,
  },
  {
    it: 'two tasks with one key',
    policy: answering('care', () => ({ answer: [task('a'), task('a')], because })),
    finding: /^care on [\d-]+: two tasks of one answer have the key a$/,
  },
  {
    it: 'the end of a day in another zone',
    policy: answering('care', () => ({ answer: [{ ...task('a'), dueAt: '2026-03-31T23:59:59+08:00' }], because }), {
      timeZone: 'Europe/Berlin',
    }),
    finding:
      /^care on [\d-]+: a is due at 2026-03-31T23:59:59\+08:00, when no day ends in Europe\/Berlin; dayEnd takes the policy's own timeZone$/,
  },
  {
    it: 'a key that is another each day',
    policy: answering('care', ({ today }: { today: string }) => ({ answer: [task(`visit:${today}`)], because })),
    finding: /^care on [\d-]+: the task visit:[\d-]+ is visit:[\d-]+ on the next day; each day would add another$/,
  },
  {
    it: 'one reason for two refusals',
    policy: answering('guard', ({ action }: { action: string }) => ({
      answer: { refusals: [{ code: action === 'CREATE_CUSTOMER' ? 'ONE' : 'OTHER', text: because }] },
      because,
    })),
    finding: /^guard of UPDATE_CUSTOMER: the refusals ONE and OTHER give the same reason$/,
  },
  {
    it: 'a level that is left out',
    policy: answering(
      'promise',
      ({ ticket }: { ticket: { level: number } }) =>
        ticket.level === 2 ? undefined : { answer: [{ metric: 'RESOLUTION', target: minutes(5) }], because },
      { ticketTypes: { COMPLAINT: { label: text, levels: { 1: text, 2: text } } } },
    ),
    finding: 'promise for COMPLAINT level 2: it is left to the standard policy, COMPLAINT level 1 is promised',
  },
  {
    it: 'a promise of no time at all',
    policy: answering('promise', () => ({ answer: [{ metric: 'RESOLUTION', target: minutes(0) }], because })),
    finding: 'promise for OTHER level 1: RESOLUTION is promised within 0 minutes: it is late when it is made',
  },
  {
    it: 'a slow answer',
    policy: answering('measure', ({ figures, before }: { figures: object; before: object }) => {
      if ('CHURN' in figures || 'CHURN' in before) return { answer: [], because };
      for (const end = performance.now() + 60; performance.now() < end; );
      return { answer: [], because };
    }),
    finding: /^measure: an answer takes \d+ ms, 50 at most$/,
  },
  {
    it: 'answers that are slow on the whole',
    policy: answering('measure', () => {
      for (const end = performance.now() + 1; performance.now() < end; );
      return { answer: [], because };
    }),
    finding: /^example: an answer takes [\d.]+ ms at the median, 0\.2 at most$/,
  },
])('finds $it', ({ policy, finding }) => {
  const messages = findingsOf(policy).map(({ message }) => message);
  expect(messages).toContainEqual(typeof finding === 'string' ? finding : expect.stringMatching(finding));
});
