import { expect, test } from 'vitest';
import bank from '../../plugins/bank-vip/index.ts';
import broadband from '../../plugins/broadband-key-account/index.ts';
import telecom from '../../plugins/telecom-vip/index.ts';
import { allFacts, answerAsked } from '../../server/engine/policy-kit/facts/all.ts';
import { goldenTable } from '../../server/engine/policy-kit/golden/capture.ts';
import { goldenFindings } from '../../server/engine/policy-kit/golden/run-rows.ts';
import { parseTables } from '../../server/engine/policy-kit/golden/tables.ts';
import { UNWATCHED } from '../../server/engine/policy-kit/progress.ts';
import { subjectOf } from '../../server/engine/policy-kit/subject.ts';

/** Of so many facts one is captured. */
const ONE_OF = 7;

test.each([bank, broadband, telecom])('what $id answered holds as the golden row that is captured of it', (policy) => {
  const subject = subjectOf(policy, { folder: '', entry: '', sources: [] }, 1);
  const { sampled: parameters } = subject;
  const asked = allFacts(subject).filter((_, index) => index % ONE_OF === 0);
  const tables = asked.flatMap((one) => {
    const outcome = answerAsked(policy, one, parameters);
    if (outcome.kind === 'BROKEN' || outcome.kind === 'BLANK') return [];
    const answer = outcome.kind === 'ANSWERED' ? outcome.answered.answer : null;
    const kept = {
      question: one.question,
      facts: JSON.parse(JSON.stringify(one.facts)),
      answer,
      detail: null,
      parameters,
    };
    return goldenTable({ ...kept, it: `${one.question} of the kit`, outcome: outcome.kind });
  });
  expect(tables.length).toBeGreaterThan(20);
  const rows = tables.flatMap((table) => parseTables(table, 'captured.csv'));
  expect(rows.length).toBe(tables.length);
  const findings = goldenFindings(policy, rows, UNWATCHED).filter(({ check }) => check === 'golden');
  expect(findings.map(({ message }) => message)).toEqual([]);
});

test('only what is not as usual is in the row', () => {
  const facts = {
    now: '2026-03-02T02:00:00.000Z',
    cause: 'OPENED',
    ticket: {
      type: 'COMPLAINT',
      level: 1,
      case: null,
      channel: 'PHONE',
      openedAt: '2026-03-02T02:00:00.000Z',
      appointmentAt: null,
    },
    customer: {
      kind: 'INDIVIDUAL',
      stage: 'FORMAL',
      grade: null,
      consent: { vipService: true, marketing: null },
      profile: {},
    },
  };
  const table = goldenTable({
    it: 'left',
    question: 'promise',
    outcome: 'LEFT',
    facts,
    answer: null,
    detail: null,
    parameters: {},
  });
  const [head = ''] = table.split('\n');
  expect(head).toMatch(/^it,question,/);
  expect(head).toContain('=> outcome');
  expect(head.split(',').length).toBeLessThan(8);
});
