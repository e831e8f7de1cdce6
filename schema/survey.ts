import { type Scorecard as ScorecardValue, scorecard } from '../server/domain/reports/scorecards/service.ts';
import type { StaffScore } from '../server/domain/reports/scorecards/staff.ts';
import type { StaffFigure } from '../server/domain/reports/scorecards/staff-figures.ts';
import { addImprovementMeasure, submitSurveyResponse } from '../server/domain/surveys/service.ts';
import type { MeasureAnswer } from '../server/engine/policy/answers.ts';
import { idOf, referenceOf } from '../server/platform/values/ids.ts';
import { asExecutionError, type Builder, callerOf } from './base/builder.ts';
import { command } from './base/command.ts';
import type { Effort } from './base/effort.ts';
import type { Enums } from './base/enums.ts';
import type { Shared } from './base/shared.ts';
import { localised } from './base/text.ts';

/** Satisfaction: responses, what is done about them, and the figures of a period. */
export function addSurveys(builder: Builder, enums: Enums, shared: Shared): void {
  builder.prismaNode('SurveyResponse', {
    id: { field: 'id' },
    description: 'What a customer answered.',
    fields: (t) => ({
      topic: t.exposeString('topic'),
      score: t.exposeInt('score', { description: '1 to 5.' }),
      comment: t.exposeString('comment', { nullable: true }),
      channel: t.expose('channel', { type: enums.Channel }),
      submittedAt: t.expose('submittedAt', { type: 'DateTime' }),
      customer: t.relation('customer'),
      improvement: t.relation('improvement', { nullable: true }),
    }),
  });
  builder.prismaNode('ImprovementMeasure', {
    id: { field: 'id' },
    description: 'A measure taken from what surveys found.',
    fields: (t) => ({
      finding: t.exposeString('finding'),
      measure: t.exposeString('measure'),
      status: t.expose('status', { type: enums.ImprovementStatus }),
      dueOn: t.expose('dueOn', { type: 'Date' }),
      owner: t.relation('owner'),
      effect: t.exposeString('effect', { nullable: true }),
    }),
  });

  const SurveyResponseInput = builder.inputType('SurveyResponseInput', {
    fields: (t) => ({
      customerId: t.id({ required: true }),
      ticketId: t.id(),
      topic: t.string({ required: true }),
      score: t.int({ required: true, description: '1 to 5.' }),
      comment: t.string(),
      channel: t.field({ type: enums.Channel, required: true }),
    }),
  });
  const ImprovementMeasureInput = builder.inputType('ImprovementMeasureInput', {
    fields: (t) => ({
      policyId: t.id({ required: true }),
      finding: t.string({ required: true }),
      measure: t.string({ required: true }),
      ownerId: t.id({ required: true }),
      dueOn: t.field({ type: 'Date', required: true }),
      surveyResponseIds: t.idList(),
    }),
  });
  builder.mutationFields((t) => ({
    submitSurveyResponse: command(t, 'SurveyResponse', {
      args: { input: t.arg({ type: SurveyResponseInput, required: true }), idempotencyKey: t.arg.string() },
      isDoneOnce: true,
      run: (services, caller, { input }) => {
        const response = {
          ...input,
          customerId: idOf('Customer', input.customerId),
          ticketId: input.ticketId ? referenceOf('Ticket', input.ticketId, 'input.ticketId') : null,
        };
        return submitSurveyResponse(services, caller, response);
      },
    }),
    addImprovementMeasure: command(t, 'ImprovementMeasure', {
      args: { input: t.arg({ type: ImprovementMeasureInput, required: true }), idempotencyKey: t.arg.string() },
      isDoneOnce: true,
      run: (services, caller, { input }) => {
        const measure = {
          ...input,
          ownerId: referenceOf('Staff', input.ownerId, 'input.ownerId'),
          surveyResponseIds:
            input.surveyResponseIds?.map((id, index) =>
              referenceOf('SurveyResponse', id, `input.surveyResponseIds[${index}]`),
            ) ?? null,
        };
        return addImprovementMeasure(services, caller, measure);
      },
    }),
  }));

  addScorecards(builder, enums, shared);
}

/** The figures of a period, by line and by person. */
function addScorecards(builder: Builder, enums: Enums, shared: Shared): void {
  const locale = builder.args((t) => ({ locale: t.field({ type: enums.Locale }) }));
  const Target = builder.objectRef<MeasureAnswer[number]>('ScorecardTarget').implement({
    fields: (t) => ({
      key: t.exposeString('key'),
      label: t.string({ args: locale, resolve: ({ label }, args, context) => localised(label, args.locale, context) }),
      target: t.expose('target', { type: 'Decimal' }),
      actual: t.expose('actual', {
        type: 'Decimal',
        nullable: true,
        description: 'Null where there is nothing to count.',
      }),
      unit: t.exposeString('unit'),
      met: t.exposeBoolean('met', { nullable: true }),
    }),
  });
  const Staff = builder.objectRef<StaffScore>('StaffScore').implement({
    fields: (t) => ({
      staff: t.prismaField({
        type: 'Staff',
        resolve: (query, { staffId }, _args, { services }) =>
          services.database.prisma.staff.findUniqueOrThrow({ ...query, where: { id: staffId } }),
      }),
      handled: t.exposeInt('handled'),
      resolved: t.exposeInt('resolved'),
      resolutionRate: t.expose('resolutionRate', {
        type: 'Decimal',
        nullable: true,
        description: 'Per cent, to the nearest hundredth; targets are judged on the share itself.',
      }),
      consecutiveMonthsOnTarget: t.exposeInt('consecutiveMonthsOnTarget', {
        description: "Months in a row, up to the period's last, whose resolution rate reached the policy's target.",
      }),
      bonusDue: t.exposeBoolean('bonusDue', {
        nullable: true,
        description: 'Whether these are enough for the bonus of the quarter; null where the policy grants none.',
      }),
    }),
  });
  const OfStaff = builder.objectRef<StaffFigure>('StaffFigure').implement({
    description: 'What a person did in a period beside tickets: customers visited, and what records count.',
    fields: (t) => ({
      staff: t.prismaField({
        type: 'Staff',
        resolve: (query, { staffId }, _args, { services }) =>
          services.database.prisma.staff.findUniqueOrThrow({ ...query, where: { id: staffId } }),
      }),
      key: t.exposeString('key', { description: 'VISITED_CUSTOMERS, or as records declare it.' }),
      label: t.string({ args: locale, resolve: ({ label }, args, context) => localised(label, args.locale, context) }),
      value: t.expose('value', { type: 'Decimal', nullable: true }),
      target: t.expose('target', {
        type: 'Decimal',
        nullable: true,
        description: 'Of a period of whole months, where the policy asks for so many a month.',
      }),
      met: t.exposeBoolean('met', { nullable: true }),
    }),
  });
  const Figure = builder.objectRef<{ key: string; value: string; before: string | null }>('ScorecardFigure').implement({
    fields: (t) => ({
      key: t.exposeString('key', { description: 'SATISFACTION, COMPLAINT_RATE, CHURN ...; rates are per cent.' }),
      value: t.expose('value', { type: 'Decimal' }),
      before: t.expose('before', { type: 'Decimal', nullable: true, description: 'Of the period before.' }),
    }),
  });
  const Scorecard = builder.objectRef<ScorecardValue>('Scorecard').implement({
    description: "A policy's targets against the figures of a period.",
    fields: (t) => ({
      figures: t.field({
        type: [Figure],
        description: 'What was counted; what there is nothing to count of is left out.',
        resolve: ({ figures, before }) =>
          Object.entries(figures).map(([key, value]) => ({ key, value, before: before[key] ?? null })),
      }),
      targets: t.field({ type: [Target], resolve: ({ targets }) => targets }),
      staff: t.field({ type: [Staff], description: 'At most 100.', resolve: ({ staff }) => [...staff] }),
      staffFigures: t.field({ type: [OfStaff], resolve: ({ staffFigures }) => [...staffFigures] }),
    }),
  });
  builder.queryField('scorecard', (t) =>
    t.field({
      type: Scorecard,
      extensions: { cost: 500 } satisfies Effort,
      args: { policyId: t.arg.id({ required: true }), period: t.arg({ type: shared.PeriodInput, required: true }) },
      resolve: async (_root, { policyId, period }, context) => {
        try {
          return await scorecard(context.services, callerOf(context), policyId, period);
        } catch (error) {
          throw asExecutionError(error);
        }
      },
    }),
  );
}
