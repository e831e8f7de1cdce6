import { assessCustomer, requestGradeException, submitAssessment } from '../server/domain/grades/service.ts';
import type { GradeAnswer, Indicator, Reason } from '../server/engine/policy/answers.ts';
import type { InstalledPolicy } from '../server/engine/policy/policies.ts';
import { idOf, toGlobalId } from '../server/platform/values/ids.ts';
import { fromJson } from '../server/platform/values/json.ts';
import type { Builder } from './base/builder.ts';
import { command } from './base/command.ts';
import type { Enums } from './base/enums.ts';
import type { TierValue, TypeRefs } from './base/refs.ts';
import { localised } from './base/text.ts';

type Installed = { get(policyId: string): InstalledPolicy | undefined };

/** A tier as its scheme declares it; one that is no longer declared keeps its code. */
export function tierOf(policies: Installed, policyId: string, schemeId: string, code: string, rank = 0): TierValue {
  const tier = policies.get(policyId)?.declaration.schemes?.[schemeId]?.tiers[code];
  return { code, policyId, ...(tier ?? { label: { en: code, zh: code }, rank }) };
}

/** What an assessment decided, line by line. */
function addAssessmentValues(builder: Builder, enums: Enums, refs: TypeRefs) {
  const locale = builder.args((t) => ({ locale: t.field({ type: enums.Locale }) }));
  const IndicatorType = builder.objectRef<Indicator>('Indicator').implement({
    description: 'One line of an assessment, as it was decided.',
    fields: (t) => ({
      key: t.exposeString('key'),
      label: t.string({ args: locale, resolve: ({ label }, args, context) => localised(label, args.locale, context) }),
      value: t.field({ type: 'Decimal', nullable: true, resolve: ({ value }) => value ?? null }),
      asOf: t.field({
        type: 'Date',
        nullable: true,
        resolve: ({ asOf }) => (asOf ? new Date(`${asOf}T00:00:00Z`) : null),
      }),
      weight: t.field({
        type: 'Decimal',
        nullable: true,
        description: 'Per cent.',
        resolve: ({ weight }) => weight ?? null,
      }),
      score: t.field({ type: 'Decimal', nullable: true, resolve: ({ score }) => score ?? null }),
      weightedScore: t.field({
        type: 'Decimal',
        nullable: true,
        resolve: ({ weightedScore }) => weightedScore ?? null,
      }),
      basis: t.string({ args: locale, resolve: ({ basis }, args, context) => localised(basis, args.locale, context) }),
      met: t.boolean({ nullable: true, resolve: ({ met }) => met ?? null }),
    }),
  });
  const ReasonType = builder.objectRef<Reason>('Reason').implement({
    fields: (t) => ({
      code: t.exposeString('code'),
      text: t.string({ args: locale, resolve: ({ text }, args, context) => localised(text, args.locale, context) }),
    }),
  });
  type NextTierValue = NonNullable<GradeAnswer['nextTier']> & { policyId: string; schemeId: string };
  const Gap = builder.objectRef<NextTierValue['gaps'][number] & { policyId: string }>('TierGap').implement({
    fields: (t) => ({
      metric: t.field({
        type: refs.Metric,
        resolve: ({ metric, policyId }, _args, { services }) => ({
          key: metric,
          ...(services.policies.get(policyId)?.declaration.metrics?.[metric] ?? {
            label: { en: metric, zh: metric },
            unit: '',
          }),
        }),
      }),
      current: t.field({ type: 'Decimal', nullable: true, resolve: ({ current }) => current }),
      needed: t.expose('needed', { type: 'Decimal' }),
    }),
  });
  const NextTier = builder.objectRef<NextTierValue>('NextTier').implement({
    description: 'How far it is to the next tier.',
    fields: (t) => ({
      tier: t.field({
        type: refs.Tier,
        resolve: ({ tier, policyId, schemeId }, _args, { services }) =>
          tierOf(services.policies, policyId, schemeId, tier),
      }),
      gaps: t.field({ type: [Gap], resolve: ({ gaps, policyId }) => gaps.map((gap) => ({ ...gap, policyId })) }),
    }),
  });
  return { IndicatorType, ReasonType, NextTier };
}

/** Assessments. */
export function addAssessments(builder: Builder, enums: Enums, refs: TypeRefs): void {
  const { IndicatorType, ReasonType, NextTier } = addAssessmentValues(builder, enums, refs);
  builder.prismaNode('Assessment', {
    id: { field: 'id' },
    description: 'One answer of a scheme about one customer, frozen.',
    select: { id: true },
    fields: (t) => ({
      status: t.expose('status', { type: enums.AssessmentStatus }),
      result: t.expose('result', { type: enums.AssessmentResult, nullable: true }),
      total: t.expose('total', { type: 'Decimal', nullable: true }),
      assessedAt: t.expose('assessedAt', { type: 'DateTime' }),
      assessedBy: t.relation('assessedBy'),
      policyVersion: t.exposeString('policyVersion'),
      decisionId: t.field({
        type: 'ID',
        nullable: true,
        description: 'Of the `PolicyDecision`; null where a grading run changed nothing by it.',
        select: { decisionId: true },
        resolve: ({ decisionId }) => decisionId && toGlobalId('PolicyDecision', decisionId),
      }),
      remarks: t.exposeString('remarks', { nullable: true }),
      customer: t.relation('customer'),
      scheme: t.field({
        type: refs.Scheme,
        select: { schemeId: true, policyId: true },
        resolve: ({ schemeId, policyId }) => ({ id: schemeId, policyId }),
      }),
      currentTier: t.field({
        type: refs.Tier,
        nullable: true,
        select: { schemeId: true, policyId: true, currentTierCode: true },
        resolve: ({ policyId, schemeId, currentTierCode }, _args, { services }) =>
          currentTierCode === null ? null : tierOf(services.policies, policyId, schemeId, currentTierCode),
      }),
      proposedTier: t.field({
        type: refs.Tier,
        nullable: true,
        select: { schemeId: true, policyId: true, proposedTierCode: true },
        resolve: ({ policyId, schemeId, proposedTierCode }, _args, { services }) =>
          proposedTierCode === null ? null : tierOf(services.policies, policyId, schemeId, proposedTierCode),
      }),
      eligible: t.exposeBoolean('eligible'),
      indicators: t.field({
        type: [IndicatorType],
        select: { indicators: true },
        resolve: ({ indicators }) => fromJson<Indicator[]>(indicators),
      }),
      reasons: t.field({
        type: [ReasonType],
        select: { reasons: true },
        resolve: ({ reasons }) => fromJson<Reason[]>(reasons),
      }),
      nextTier: t.field({
        type: NextTier,
        nullable: true,
        select: { nextTier: true, policyId: true, schemeId: true },
        resolve: ({ nextTier, policyId, schemeId }) =>
          nextTier === null
            ? null
            : { ...fromJson<NonNullable<GradeAnswer['nextTier']>>(nextTier), policyId, schemeId },
      }),
      missingMetrics: t.exposeStringList('missingMetrics', {
        description: 'Figures and judgements without which no decision is possible.',
      }),
      approval: t.relation('approval', { nullable: true }),
    }),
  });
}

/** What is done about a customer's grade. */
export function addAssessmentWork(builder: Builder): void {
  const JudgementInput = builder.inputType('JudgementInput', {
    fields: (t) => ({
      indicator: t.string({ required: true }),
      score: t.field({ type: 'Decimal', required: true }),
      basis: t.string({ required: true }),
    }),
  });
  const AssessCustomerInput = builder.inputType('AssessCustomerInput', {
    fields: (t) => ({
      customerId: t.id({ required: true }),
      schemeId: t.id({
        description: "The scheme of the present grade, else the policy's first for this kind of customer.",
      }),
      judgements: t.field({
        type: [JudgementInput],
        description: 'Scores that a person gives, for indicators that no metric feeds.',
      }),
      remarks: t.string(),
    }),
  });
  const GradeExceptionInput = builder.inputType('GradeExceptionInput', {
    fields: (t) => ({
      customerId: t.id({ required: true }),
      schemeId: t.id(),
      tierCode: t.string({ required: true }),
      reason: t.string({ required: true }),
      until: t.field({ type: 'Date' }),
    }),
  });

  builder.mutationFields((t) => ({
    assessCustomer: command(t, 'Assessment', {
      args: { input: t.arg({ type: AssessCustomerInput, required: true }), idempotencyKey: t.arg.string() },
      isDoneOnce: true,
      run: (services, caller, { input }) =>
        assessCustomer(services, caller, {
          ...input,
          schemeId: input.schemeId,
          customerId: idOf('Customer', input.customerId),
        }),
    }),
    submitAssessment: command(t, 'Assessment', {
      args: { id: t.arg.id({ required: true }) },
      run: (services, caller, args) => submitAssessment(services, caller, idOf('Assessment', args.id)),
    }),
    requestGradeException: command(t, 'Approval', {
      args: { input: t.arg({ type: GradeExceptionInput, required: true }), idempotencyKey: t.arg.string() },
      isDoneOnce: true,
      run: (services, caller, { input }) =>
        requestGradeException(services, caller, {
          ...input,
          schemeId: input.schemeId,
          customerId: idOf('Customer', input.customerId),
        }),
    }),
  }));
}
