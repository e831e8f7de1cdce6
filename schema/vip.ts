import * as stored from '../prisma/generated/client/enums.ts';
import { hasDeparted } from '../server/domain/customers/rules.ts';
import { setAnnualList } from '../server/domain/grades/annual-list.ts';
import { type BenefitDecision, benefitsOf, mayUse } from '../server/domain/grades/benefits.ts';
import { moveVipCard, requestVipCard } from '../server/domain/grades/cards.ts';
import { resumeGradingRun, stopGradingRun } from '../server/domain/grades/runs/grading-run.ts';
import { idOf } from '../server/platform/values/ids.ts';
import { type Builder, callerOf, mutationErrors, seenBy } from './base/builder.ts';
import { command } from './base/command.ts';
import type { Enums } from './base/enums.ts';
import type { TypeRefs } from './base/refs.ts';
import { localised } from './base/text.ts';

/** What a tier brings: benefits and cards; and the lists and runs by which tiers are given. */
export function addVip(builder: Builder, enums: Enums, refs: TypeRefs): void {
  const VipCardKind = builder.enumType('VipCardKind', { values: Object.values(stored.VipCardKind) });
  const VipCardState = builder.enumType('VipCardState', { values: Object.values(stored.VipCardState) });
  builder.prismaNode('VipCard', {
    id: { field: 'id' },
    ...seenBy,
    description: "A VIP card on its way from request to the customer's hand.",
    fields: (t) => ({
      tierCode: t.exposeString('tierCode'),
      kind: t.expose('kind', { type: VipCardKind }),
      state: t.expose('state', { type: VipCardState }),
      requestedAt: t.expose('requestedAt', { type: 'DateTime' }),
      updatedAt: t.expose('updatedAt', { type: 'DateTime' }),
      customer: t.relation('customer'),
    }),
  });

  const Decision = builder.objectRef<BenefitDecision>('BenefitDecision').implement({
    fields: (t) => ({
      allowed: t.exposeBoolean('allowed'),
      because: t.string({
        args: { locale: t.arg({ type: enums.Locale }) },
        resolve: ({ because }, { locale }, context) => localised(because, locale, context),
      }),
    }),
  });
  const held = {
    stage: true,
    departedAt: true,
    grades: { where: { state: { not: 'ENDED' as const }, scheduled: false }, orderBy: { tierRank: 'desc' as const } },
  };
  builder.prismaObjectFields('Customer', (t) => ({
    benefits: t.field({
      type: [refs.Benefit],
      description: "What the customer's grades in force give.",
      select: { policyId: true, ...held },
      resolve: ({ policyId, grades, ...standing }, _args, { services }) => {
        const policy = services.policies.get(policyId);
        // Whoever departed keeps the grade on file, and nothing that comes with it.
        return benefitsOf(policy, hasDeparted(standing) ? [] : grades).flatMap((code) => {
          const declared = policy?.declaration.benefits?.[code];
          return declared ? [{ code, ...declared }] : [];
        });
      },
    }),
    mayUse: t.field({
      type: Decision,
      description: 'Whether a benefit comes with one of the grades in force, and why.',
      args: { code: t.arg.string({ required: true }) },
      select: { policyId: true, ...held },
      resolve: ({ policyId, grades, ...standing }, { code }, { services }) =>
        mayUse(services.policies.get(policyId), grades, code, hasDeparted(standing)),
    }),
    vipCards: t.relation('vipCards', {
      description: 'At most 20, newest first.',
      query: { orderBy: { requestedAt: 'desc' }, take: 20 },
    }),
  }));

  builder.mutationFields((t) => ({
    requestVipCard: command(t, 'VipCard', {
      args: {
        customerId: t.arg.id({ required: true }),
        kind: t.arg({ type: VipCardKind, defaultValue: 'PHYSICAL', required: true }),
        idempotencyKey: t.arg.string(),
      },
      isDoneOnce: true,
      run: (services, caller, { customerId, kind }) =>
        requestVipCard(services, caller, { customerId: idOf('Customer', customerId), kind }),
    }),
    moveVipCard: command(t, 'VipCard', {
      description:
        'One step at a time: requested, in production, county stock, outlet stock, customer notified, opened.',
      args: { id: t.arg.id({ required: true }), state: t.arg({ type: VipCardState, required: true }) },
      run: (services, caller, { id, state }) => moveVipCard(services, caller, idOf('VipCard', id), state),
    }),
    stopGradingRun: command(t, 'GradingRun', {
      description: 'Stops after the batch that is under way.',
      args: { id: t.arg.id({ required: true }) },
      run: (services, caller, { id }) => stopGradingRun(services, caller, idOf('GradingRun', id)),
    }),
    resumeGradingRun: command(t, 'GradingRun', {
      description: 'Goes on from the last customer done.',
      args: { id: t.arg.id({ required: true }) },
      run: (services, caller, { id }) => resumeGradingRun(services, caller, idOf('GradingRun', id)),
    }),
  }));

  const Entry = builder.inputType('AnnualListEntryInput', {
    fields: (t) => ({ customerNumber: t.string({ required: true }), tierCode: t.string({ required: true }) }),
  });
  const AnnualListInput = builder.inputType('AnnualListInput', {
    fields: (t) => ({
      policyId: t.id({ required: true }),
      schemeId: t.id({ required: true }),
      year: t.int({ required: true }),
      entries: t.field({ type: [Entry], required: true, description: 'At most 500.' }),
    }),
  });
  const Result = builder.objectRef<{ entries: number }>('AnnualListResult').implement({
    fields: (t) => ({ entries: t.exposeInt('entries', { description: 'How many the list has now.' }) }),
  });
  builder.mutationField('setAnnualList', (t) =>
    t.field({
      type: Result,
      errors: mutationErrors,
      description:
        "Fixes who is on a scheme's list of a year. Who is on it already takes the new tier and nobody is taken off: an empty list changes nothing. Grades follow with the next assessment or grading run.",
      args: { input: t.arg({ type: AnnualListInput, required: true }) },
      resolve: async (_root, { input }, context) => ({
        entries: await setAnnualList(context.services, callerOf(context), {
          ...input,
          schemeId: input.schemeId,
        }),
      }),
    }),
  );
}
