import { type Explanation, explainTicketClock } from '../server/domain/tickets/explain-clock.ts';
import { figuresAt } from '../server/engine/sla/clock-row.ts';
import { formatDuration } from '../server/engine/sla/duration.ts';
import type { TimeShare } from '../server/engine/sla/shares.ts';
import type { TimeHolder } from '../server/platform/values/enums.ts';
import { parseGlobalId, toGlobalId } from '../server/platform/values/ids.ts';
import { type Builder, callerOf, seenBy } from './base/builder.ts';
import type { Effort } from './base/effort.ts';
import type { Enums } from './base/enums.ts';
import type { Shared } from './base/shared.ts';
import { localised } from './base/text.ts';

/** The clocks of tickets, and the proof of each. */
export function addSlaClocks(builder: Builder, enums: Enums, shared: Shared): void {
  const locale = builder.args((t) => ({ locale: t.field({ type: enums.Locale }) }));
  const figures = {
    state: true,
    dueAt: true,
    targetMs: true,
    countedMs: true,
    countingFrom: true,
    fulfilledAt: true,
    cancelledAt: true,
    calendarKey: true,
    fireAt: true,
    firePercent: true,
  } as const;

  const ClockExplanation = addExplanation(builder, enums);
  builder.prismaNode('SlaClock', {
    id: { field: 'id' },
    ...seenBy,
    description: 'A running promise. Its figures are those of the moment of reading.',
    select: { id: true, policyId: true, branchId: true },
    fields: (t) => ({
      metric: t.expose('metric', { type: enums.ClockMetric }),
      label: t.string({
        args: locale,
        select: { label: true },
        resolve: ({ label }, args, context) => localised(label, args.locale, context),
      }),
      state: t.field({
        type: enums.ClockState,
        select: figures,
        resolve: (clock, _args, { services }) => figuresAt(clock, services.clock.now(), services.calendars.get).state,
      }),
      cycle: t.exposeInt('cycle', { description: '1, and one more with every reopening or repeated update.' }),
      startedAt: t.expose('startedAt', { type: 'DateTime' }),
      dueAt: t.expose('dueAt', {
        type: 'DateTime',
        description: 'While it is paused: when it would be due if it went on at once.',
      }),
      fulfilledAt: t.expose('fulfilledAt', { type: 'DateTime', nullable: true }),
      breachedAt: t.expose('breachedAt', {
        type: 'DateTime',
        nullable: true,
        description: 'The first due instant that passed. It stays, also where another level is due later.',
      }),
      pausedAt: t.expose('pausedAt', { type: 'DateTime', nullable: true }),
      target: t.field({
        type: 'Duration',
        select: { targetMs: true },
        resolve: ({ targetMs }) => formatDuration(Number(targetMs)),
      }),
      elapsed: t.field({
        type: 'Duration',
        description: 'What was counted.',
        select: figures,
        resolve: (clock, _args, { services }) =>
          formatDuration(figuresAt(clock, services.clock.now(), services.calendars.get).elapsedMs),
      }),
      remaining: t.field({
        type: 'Duration',
        description: 'Below zero once more was counted than was promised.',
        select: figures,
        resolve: (clock, _args, { services }) =>
          formatDuration(figuresAt(clock, services.clock.now(), services.calendars.get).remainingMs),
      }),
      percentConsumed: t.float({
        select: figures,
        resolve: (clock, _args, { services }) => figuresAt(clock, services.clock.now(), services.calendars.get).percent,
      }),
      calendar: t.field({
        type: shared.Calendar,
        select: { calendarKey: true },
        resolve: ({ calendarKey }, _args, { services }) => services.calendars.get(calendarKey).definition,
      }),
      beyondHorizon: t.exposeBoolean('beyondHorizon', {
        description: 'It is due past the years whose days off are announced: those that are to come may move it.',
      }),
      warnAtPercent: t.exposeFloatList('warnAtPercent'),
      policyVersion: t.exposeString('policyVersion'),
      decisionId: t.field({
        type: 'ID',
        nullable: true,
        description: 'Of the `PolicyDecision` that promised it; null of promises before decisions were kept.',
        select: { decisionId: true },
        resolve: ({ decisionId }) => decisionId && toGlobalId('PolicyDecision', decisionId),
      }),
      because: t.string({
        args: locale,
        select: { because: true },
        resolve: ({ because }, args, context) => localised(because, args.locale, context),
      }),
      ticket: t.relation('ticket'),
      explanation: t.field({
        type: ClockExplanation,
        nullable: true,
        description:
          'Its proof: every stretch of time since the start, counted or not, and why; for now or a past instant.',
        args: { at: t.arg({ type: 'DateTime' }) },
        extensions: { cost: 20 } satisfies Effort,
        resolve: ({ id }, { at }, context) => explainTicketClock(context.services, callerOf(context), id, at ?? null),
      }),
    }),
  });
  addExplanationQuery(builder, ClockExplanation);
}

function addExplanation(builder: Builder, enums: Enums) {
  const locale = builder.args((t) => ({ locale: t.field({ type: enums.Locale }) }));
  const Segment = builder.objectRef<Explanation['segments'][number]>('ClockSegment').implement({
    description: 'A stretch of time since the start, with one cause.',
    fields: (t) => ({
      from: t.field({ type: 'DateTime', resolve: ({ from }) => new Date(from) }),
      to: t.field({ type: 'DateTime', resolve: ({ to }) => new Date(to) }),
      counted: t.exposeBoolean('counted'),
      duration: t.field({ type: 'Duration', resolve: ({ duration }) => formatDuration(duration) }),
      cause: t.exposeString('cause'),
      because: t.string({
        args: locale,
        resolve: ({ because }, args, context) => localised(because, args.locale, context),
      }),
    }),
  });
  const Holder = builder.enumType('TimeHolder', {
    values: {
      US: { description: 'Who serves the customer.' },
      ANOTHER_DEPARTMENT: {},
      CUSTOMER: {},
      APPROVAL: {},
      ANOTHER_PARTY: {},
      APPOINTMENT: { description: 'Until the appointment from which the clock counts.' },
      CLOSED_HOURS: { description: "Outside the calendar's hours, whoever is waited for." },
    } as const satisfies Record<TimeHolder, object>,
  });
  const Share = builder.objectRef<TimeShare>('TimeShare').implement({
    fields: (t) => ({
      holder: t.field({ type: Holder, resolve: ({ holder }) => holder }),
      duration: t.field({ type: 'Duration', resolve: ({ duration }) => formatDuration(duration) }),
    }),
  });
  return builder.objectRef<Explanation>('ClockExplanation').implement({
    description: 'The proof of a deadline: the counted stretches add up to `elapsed`.',
    fields: (t) => ({
      clock: t.prismaField({
        type: 'SlaClock',
        resolve: (query, { clockId }, _args, { services }) =>
          services.database.prisma.slaClock.findUniqueOrThrow({ ...query, where: { id: clockId } }),
      }),
      at: t.expose('at', { type: 'DateTime' }),
      state: t.expose('state', { type: enums.ClockState }),
      dueAt: t.field({ type: 'DateTime', resolve: ({ dueAt }) => new Date(dueAt) }),
      breachedAt: t.field({
        type: 'DateTime',
        nullable: true,
        description: 'The first due instant that passed, also where another level is due later.',
        resolve: ({ breachedAt }) => (breachedAt === undefined ? null : new Date(breachedAt)),
      }),
      elapsed: t.field({ type: 'Duration', resolve: ({ elapsed }) => formatDuration(elapsed) }),
      remaining: t.field({ type: 'Duration', resolve: ({ remaining }) => formatDuration(remaining) }),
      beyondHorizon: t.exposeBoolean('beyondHorizon', { description: 'Holidays that are not yet known may move it.' }),
      segments: t.field({ type: [Segment], resolve: ({ segments }) => [...segments] }),
      shares: t.field({
        type: [Share],
        description:
          'Who had the time from the promise until `at` or its end: every holder once, adding up to it exactly, also to what was not counted.',
        resolve: ({ shares }) => [...shares],
      }),
    }),
  });
}

function addExplanationQuery(builder: Builder, ClockExplanation: ReturnType<typeof addExplanation>): void {
  builder.queryField('clockExplanation', (t) =>
    t.field({
      type: ClockExplanation,
      nullable: true,
      description: 'Every stretch of time since the start, counted or not, and why; for now or a past instant.',
      args: { clockId: t.arg.id({ required: true }), at: t.arg({ type: 'DateTime' }) },
      resolve: (_root, { clockId, at }, context) => {
        const parsed = parseGlobalId(clockId);
        return parsed?.type === 'SlaClock'
          ? explainTicketClock(context.services, callerOf(context), parsed.id, at ?? null)
          : null;
      },
    }),
  );
}
