import { expect, test } from 'vitest';
import * as models from '../../prisma/generated/client/enums.ts';
import * as enums from '../../server/platform/values/enums.ts';

const words: Readonly<Record<string, readonly string[]>> = { ...enums };
const stored: Readonly<Record<string, readonly string[]>> = Object.fromEntries(
  Object.entries(models).map(([name, values]) => [name, Object.values(values)]),
);

/** The policy's lists that a model stores too, by the stored enumeration. */
const SAME = {
  ROLES: 'Role',
  CUSTOMER_KINDS: 'CustomerKind',
  CUSTOMER_STAGES: 'CustomerStage',
  GRADE_STATES: 'GradeState',
  ASSESSMENT_RESULTS: 'AssessmentResult',
  TICKET_STATUSES: 'TicketStatus',
  CLOCK_METRICS: 'ClockMetric',
  CHANNELS: 'Channel',
  PURPOSES: 'Purpose',
  TASK_ORIGINS: 'TaskOrigin',
  ALERT_KINDS: 'AlertKind',
  ALERT_SEVERITIES: 'AlertSeverity',
} as const;

/** Lists of which a policy has a part, and what the platform keeps to itself. */
const PARTS = {
  RAISED_ALERTS: {
    of: 'AlertKind',
    without: [
      'SLA_AT_RISK',
      'SLA_BREACHED',
      'SLA_FULFILLED_LATE',
      'ACKNOWLEDGEMENT_EXPIRED',
      'TASK_OVERDUE',
      'POLICY_FAILED',
      'GRADE_REVIEW_DUE',
      'ROTA_GAP',
    ],
  },
  TICKET_EVENTS: { of: 'TicketEventKind', without: ['POLICY_APPLIED'] },
} as const;

/** Lists that are no enumeration of a model. */
const OWN = [
  'ACTIONS',
  'CLOCK_STARTS',
  'DAY_COUNTS',
  'EVENTS',
  'FIGURES',
  'PAUSE_REASONS',
  'PROMISE_CAUSES',
  'REQUESTS',
  'SELECTION_METHODS',
  'STEP_PLACES',
  'TIME_HOLDERS',
];

test.each(Object.entries(SAME))('%s are the stored %s, in their order', (list, name) => {
  expect(words[list]).toEqual(stored[name]);
  expect(words[list]?.length).toBeGreaterThan(0);
});

test.each(Object.entries(PARTS))('%s are the stored ones without those of the platform alone', (list, part) => {
  const without: readonly string[] = part.without;
  expect(words[list]?.toSorted()).toEqual(stored[part.of]?.filter((value) => !without.includes(value)).toSorted());
});

test('each list is the same as a stored one, a part of one, or stored nowhere', () => {
  expect(Object.keys(words).sort()).toEqual([...Object.keys(SAME), ...Object.keys(PARTS), ...OWN].sort());
});

test('no list that is stored nowhere is a stored one after all', () => {
  const alike = OWN.flatMap((list) =>
    Object.entries(stored).flatMap(([name, values]) => {
      const common = values.filter((value) => words[list]?.includes(value)).length;
      return common * 2 > Math.min(values.length, words[list]?.length ?? 0) ? [`${list} ${name}`] : [];
    }),
  );
  // EVENTS hold TICKET_EVENTS, which are checked above; a promise is made at some of them.
  expect(alike).toEqual(['EVENTS TicketEventKind', 'PROMISE_CAUSES TicketEventKind']);
});
