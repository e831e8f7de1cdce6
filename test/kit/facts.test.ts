import { expect, test } from 'vitest';
import { definePolicy, z } from '../../server/engine/policy/contract.ts';
import type { Facts, Question } from '../../server/engine/policy/facts.ts';
import { allFacts } from '../../server/engine/policy-kit/facts/all.ts';
import { subjectOf } from '../../server/engine/policy-kit/subject.ts';
import { CHANNELS, EVENTS, TICKET_STATUSES } from '../../server/platform/values/enums.ts';

const text = { en: 'Text', zh: '文本' };
const nothing = () => undefined;
const policy = definePolicy({
  id: 'example',
  contract: 1,
  version: '1.0.0',
  label: text,
  access: 'CENTRAL',
  messages: { NEWS: { label: text, purposes: ['PUBLICISE'] } },
  duties: {
    INSPECTION: {
      label: text,
      every: 'MONTH',
      of: 'BRANCH',
      due: { after: 'END', days: 5 },
      record: z.object({ note: z.string(), leaks: z.number().int() }),
      source: 'test',
    },
  },
  applications: { METER: { label: text, about: 'CUSTOMER', fields: z.object({}) } },
  answers: { guard: nothing, react: nothing, route: nothing, care: nothing },
});

const asked = allFacts(subjectOf(policy, { folder: '', entry: '', sources: [] }, 1));
const factsOf = <Q extends Question>(question: Q): Facts[Q][] =>
  asked.flatMap((one) => (one.question === question ? [one.facts as Facts[Q]] : []));
const distinct = (values: readonly unknown[]) => [...new Set(values)].sort();

test('a guarded ticket is in every status that a ticket can have, and in no other', () => {
  expect(distinct(factsOf('guard').flatMap(({ ticket }) => ticket?.status ?? []))).toEqual(TICKET_STATUSES.toSorted());
});

test('every event is told, and a duty that was done is a declared one with its record', () => {
  const events = factsOf('react').map(({ event }) => event);
  expect(distinct(events.map(({ kind }) => kind))).toEqual(EVENTS.toSorted());
  const done = events.filter(({ kind }) => kind === 'DUTY_RECORDED');
  expect(distinct(done.map(({ duty }) => duty))).toEqual(['INSPECTION']);
  // Of a text only whether there is one is told.
  expect(distinct(done.map(({ note }) => note))).toEqual([true, undefined]);
});

test('messages and applications are of the kinds that the policy declares', () => {
  const inputs = factsOf('guard');
  const sent = inputs
    .filter(({ action }) => action === 'SEND_MESSAGE')
    .map(({ input }) => (input as { readonly kind?: unknown }).kind);
  expect(distinct(sent)).toEqual(['NEWS', null]);
  const requests = distinct(factsOf('route').map(({ kind }) => kind));
  expect(requests).toEqual(['ARCHIVE_ACCESS', 'ASSESSMENT', 'GRADE_EXCEPTION', 'METER', 'OTHER', 'PLAN']);
});

test('contact is by every channel but our own records', () => {
  const contacts = factsOf('care').flatMap((facts) => facts.contacts.map(({ channel }) => channel));
  expect(distinct(contacts)).toEqual(CHANNELS.filter((channel) => channel !== 'INTERNAL').sort());
});
