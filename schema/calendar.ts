import { applyPolicy } from '../server/domain/policies/apply.ts';
import type { Applied } from '../server/domain/policies/reapply.ts';
import {
  type CalendarRevision,
  calendarImpact,
  type DeadlineMove,
  reviseCalendar,
} from '../server/domain/policies/revise-calendar.ts';
import type { CalendarDefinition } from '../server/engine/sla/calendar.ts';
import { asApplication } from '../server/platform/storage/viewers/viewer-rows.ts';
import { toGlobalId } from '../server/platform/values/ids.ts';
import { asExecutionError, type Builder, callerOf, mutationErrors } from './base/builder.ts';
import type { Effort } from './base/effort.ts';
import type { Enums } from './base/enums.ts';
import { wordOf } from './base/ids.ts';

/** Corrections of calendars, and policies applied to open tickets: first what they would do, then exactly that. */
export function addCalendars(builder: Builder, enums: Enums): void {
  const Revised = builder.objectRef<CalendarDefinition>('CalendarVersion').implement({
    description: 'A version of a calendar; promises from now on are made on the newest.',
    fields: (t) => ({
      version: t.exposeInt('version'),
      definition: t.field({ type: 'JSON', resolve: (definition) => definition }),
    }),
  });
  const Move = builder.objectRef<DeadlineMove>('DeadlineMove').implement({
    fields: (t) => ({
      ticketId: t.id({ resolve: ({ ticketId }) => toGlobalId('Ticket', ticketId) }),
      metric: t.field({ type: enums.ClockMetric, resolve: ({ metric }) => metric as 'RESOLUTION' }),
      from: t.expose('from', { type: 'DateTime' }),
      to: t.expose('to', { type: 'DateTime' }),
    }),
  });
  const CalendarImpact = builder.objectRef<{ count: number; moves: DeadlineMove[] }>('CalendarImpact').implement({
    description: 'The open deadlines that a revision would move.',
    fields: (t) => ({
      count: t.exposeInt('count'),
      moves: t.field({ type: [Move], description: 'The first 100.', resolve: ({ moves }) => moves }),
    }),
  });
  const revision = (t: Parameters<Parameters<typeof builder.inputType>[1]['fields']>[0]) => ({
    policyId: t.id({ required: true }),
    calendarId: t.id({ required: true }),
    week: t.field({
      type: 'JSON',
      description: 'Hours by ISO weekday: {"1": [{"start": "09:00", "end": "12:00"}, ...], ...}.',
    }),
    exceptions: t.field({
      type: 'JSON',
      description:
        'Dates that are otherwise: [{"date": "2027-01-04", "kind": "CLOSED"}, {"date": ..., "kind": "HOURS", "hours": [...]}, {"date": ..., "kind": "WORKING_DAY", "like": 1}].',
    }),
    effectiveFrom: t.field({ type: 'Date', description: 'From when promises are made on it; at once unless said.' }),
  });
  const CalendarRevisionInput = builder.inputType('CalendarRevisionInput', { fields: (t) => revision(t) });
  const ReviseCalendarInput = builder.inputType('ReviseCalendarInput', {
    fields: (t) => ({
      ...revision(t),
      expectedVersion: t.int({ required: true }),
      reason: t.string({ required: true }),
    }),
  });
  const read = (input: (typeof CalendarRevisionInput)['$inferInput']): CalendarRevision => ({
    policyId: input.policyId,
    calendarId: wordOf('Calendar', input.calendarId),
    week: (input.week ?? null) as CalendarRevision['week'] & object,
    exceptions: (input.exceptions ?? null) as CalendarRevision['exceptions'] & object,
    effectiveFrom: input.effectiveFrom?.toISOString().slice(0, 10) ?? null,
  });
  builder.queryField('calendarImpact', (t) =>
    t.field({
      type: CalendarImpact,
      extensions: { cost: 2_000, timeMs: 60_000 } satisfies Effort,
      description: 'Dry run: which open deadlines would move if the revision were applied to open tickets.',
      args: { input: t.arg({ type: CalendarRevisionInput, required: true }) },
      resolve: async (_root, { input }, context) => {
        try {
          return await asApplication(() => calendarImpact(context.services, callerOf(context), read(input)));
        } catch (error) {
          throw asExecutionError(error);
        }
      },
    }),
  );
  builder.mutationField('reviseCalendar', (t) =>
    t.field({
      type: Revised,
      extensions: { timeMs: 60_000 } satisfies Effort,
      errors: mutationErrors,
      description: 'Makes a new version; open tickets keep theirs until the policy is applied to them.',
      args: { input: t.arg({ type: ReviseCalendarInput, required: true }) },
      resolve: (_root, { input }, context) =>
        reviseCalendar(context.services, callerOf(context), {
          ...read(input),
          expectedVersion: input.expectedVersion,
          reason: input.reason,
        }),
    }),
  );

  const AppliedPolicy = builder.objectRef<Applied>('AppliedPolicy').implement({
    description: 'What applying a policy did to the open tickets.',
    fields: (t) => ({
      open: t.exposeInt('open'),
      deadlinesMoved: t.exposeInt('deadlinesMoved'),
      breachesCreated: t.exposeInt('breachesCreated'),
      breachesAvoided: t.exposeInt('breachesAvoided'),
    }),
  });
  const ApplyPolicyInput = builder.inputType('ApplyPolicyInput', {
    fields: (t) => ({
      policyId: t.id({ required: true }),
      expectedVersion: t.string({ required: true }),
      reason: t.string({ required: true }),
    }),
  });
  builder.mutationField('applyPolicy', (t) =>
    t.field({
      type: AppliedPolicy,
      extensions: { timeMs: 60_000 } satisfies Effort,
      errors: mutationErrors,
      description:
        'Applies the policy in force, its parameters and calendars, to open tickets. What was counted and paused stays; `policyImpact` tells the same numbers beforehand.',
      args: { input: t.arg({ type: ApplyPolicyInput, required: true }) },
      resolve: (_root, { input }, context) => applyPolicy(context.services, callerOf(context), input),
    }),
  );
}
