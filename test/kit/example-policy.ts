import type { Policy } from '../../server/engine/policy/contract.ts';

export const text = { en: 'Text', zh: '文本' };
export const base = { id: 'example', contract: 1, version: '1.0.0', label: text, access: 'CENTRAL' } as const;
export const because = { en: 'Because.', zh: '因为。' };

/** A policy that answers a question with what the function gives; the compiler would refuse most of it. */
export const answering = (
  question: string,
  answer: (facts: never, parameters: never) => unknown,
  more: object = {},
): Policy => ({ ...base, ...more, answers: { [question]: answer } }) as never;

export const task = (key: string, title: object = text) => ({
  key,
  title,
  origin: 'CADENCE',
  purpose: 'CARE',
  dueAt: '2026-03-02T00:00:00Z',
});
