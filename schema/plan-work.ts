import { addPlanTask } from '../server/domain/plans/add-measure.ts';
import { cancelPlan, confirmPlan, improvePlan } from '../server/domain/plans/plan-work.ts';
import { revisePlan } from '../server/domain/plans/revise.ts';
import { completePlan, draftPlan, submitPlan } from '../server/domain/plans/service.ts';
import { spendPlanBudget } from '../server/domain/plans/spend.ts';
import { idOf, referenceOf } from '../server/platform/values/ids.ts';
import type { Builder } from './base/builder.ts';
import { command } from './base/command.ts';
import type { Enums } from './base/enums.ts';
import type { Shared } from './base/shared.ts';

/** A plan until it is approved. */
export function addPlanDrafting(builder: Builder, enums: Enums, shared: Shared): void {
  const PlanMeasureInput = builder.inputType('PlanMeasureInput', {
    fields: (t) => ({
      way: t.field({ type: enums.Channel, required: true }),
      measure: t.string({ required: true }),
      assigneeId: t.id(),
      dueAt: t.field({ type: 'DateTime', required: true }),
      budget: t.field({ type: shared.MoneyInput }),
    }),
  });
  const DraftPlanInput = builder.inputType('DraftPlanInput', {
    fields: (t) => ({
      customerId: t.id({ required: true }),
      objective: t.string({ required: true }),
      startsOn: t.field({ type: 'Date', required: true }),
      endsOn: t.field({ type: 'Date', required: true }),
      budget: t.field({ type: shared.MoneyInput, required: true }),
      ownerId: t.id({ description: 'You, unless another is named.' }),
      kind: t.string({ description: 'MAINTENANCE, unless another kind of the policy is named.' }),
      parts: t.stringList({ description: 'Parts that the policy declares, by which the route differs.' }),
      measures: t.field({ type: [PlanMeasureInput], required: true }),
    }),
  });
  const RevisePlanInput = builder.inputType('RevisePlanInput', {
    fields: (t) => ({
      id: t.id({ required: true }),
      expectedVersion: t.int({ required: true }),
      objective: t.string({ required: true }),
      startsOn: t.field({ type: 'Date', required: true }),
      endsOn: t.field({ type: 'Date', required: true }),
      budget: t.field({ type: shared.MoneyInput, required: true }),
      ownerId: t.id({ description: 'Whoever it was, unless another is named.' }),
      kind: t.string(),
      parts: t.stringList(),
      measures: t.field({ type: [PlanMeasureInput], required: true }),
    }),
  });
  const measuresOf = (measures: readonly (typeof PlanMeasureInput)['$inferInput'][]) =>
    measures.map((measure, index) => ({
      ...measure,
      assigneeId: measure.assigneeId
        ? referenceOf('Staff', measure.assigneeId, `input.measures[${index}].assigneeId`)
        : null,
    }));

  builder.mutationFields((t) => ({
    draftPlan: command(t, 'MaintenancePlan', {
      args: { input: t.arg({ type: DraftPlanInput, required: true }), idempotencyKey: t.arg.string() },
      run: (services, caller, { input, idempotencyKey }) => {
        const draft = {
          ...input,
          customerId: idOf('Customer', input.customerId),
          ownerId: input.ownerId ? referenceOf('Staff', input.ownerId, 'input.ownerId') : null,
          measures: measuresOf(input.measures),
        };
        return draftPlan(services, caller, draft, idempotencyKey);
      },
    }),
    submitPlan: command(t, 'MaintenancePlan', {
      args: { id: t.arg.id({ required: true }), expectedVersion: t.arg.int({ required: true }) },
      run: (services, caller, { id, expectedVersion }) =>
        submitPlan(services, caller, idOf('MaintenancePlan', id), expectedVersion),
    }),
    revisePlan: command(t, 'MaintenancePlan', {
      description: 'Changes a draft or a returned plan as a whole.',
      args: { input: t.arg({ type: RevisePlanInput, required: true }) },
      run: (services, caller, { input }) =>
        revisePlan(services, caller, {
          ...input,
          id: idOf('MaintenancePlan', String(input.id)),
          ownerId: input.ownerId ? referenceOf('Staff', String(input.ownerId), 'input.ownerId') : null,
          measures: measuresOf(input.measures),
        }),
    }),
    cancelPlan: command(t, 'MaintenancePlan', {
      args: {
        id: t.arg.id({ required: true }),
        expectedVersion: t.arg.int({ required: true }),
        reason: t.arg.string({ required: true }),
      },
      run: (services, caller, args) =>
        cancelPlan(services, caller, {
          ...args,
          id: idOf('MaintenancePlan', String(args.id)),
        }),
    }),
  }));
}

/** A plan in execution, and what it came to. */
export function addPlanExecution(builder: Builder, enums: Enums, shared: Shared): void {
  const PlanTaskInput = builder.inputType('PlanTaskInput', {
    fields: (t) => ({
      planId: t.id({ required: true }),
      way: t.field({ type: enums.Channel, required: true }),
      measure: t.string({ required: true }),
      assigneeId: t.id({ description: 'Needed.' }),
      dueAt: t.field({ type: 'DateTime', description: 'Needed.' }),
      budget: t.field({ type: shared.MoneyInput }),
    }),
  });
  const SpendingInput = builder.inputType('SpendingInput', {
    fields: (t) => ({
      planId: t.id({ required: true }),
      measureId: t.id(),
      amount: t.field({ type: shared.MoneyInput, required: true }),
      purpose: t.string({ required: true }),
      afterEnd: t.boolean({
        description: "Confirms that it is spent after the plan's last day: a bill that came late.",
      }),
    }),
  });
  const SkippedMeasureInput = builder.inputType('SkippedMeasureInput', {
    fields: (t) => ({ measureId: t.id({ required: true }), reason: t.string({ required: true }) }),
  });
  builder.mutationFields((t) => ({
    addPlanTask: command(t, 'Task', {
      description: 'Splits a task off a plan in execution, with who does it and until when.',
      args: { input: t.arg({ type: PlanTaskInput, required: true }), idempotencyKey: t.arg.string() },
      isDoneOnce: true,
      run: (services, caller, { input }) =>
        addPlanTask(services, caller, {
          ...input,
          planId: idOf('MaintenancePlan', String(input.planId)),
          assigneeId: input.assigneeId ? referenceOf('Staff', String(input.assigneeId), 'input.assigneeId') : null,
        }),
    }),
    spendPlanBudget: command(t, 'MaintenancePlan', {
      description: "Spends from an approved plan's budget.",
      args: { input: t.arg({ type: SpendingInput, required: true }), idempotencyKey: t.arg.string() },
      run: (services, caller, { input, idempotencyKey }) => {
        const spending = {
          ...input,
          planId: idOf('MaintenancePlan', String(input.planId)),
          measureId: input.measureId ? referenceOf('PlanMeasure', String(input.measureId), 'input.measureId') : null,
        };
        return spendPlanBudget(services, caller, spending, idempotencyKey);
      },
    }),
    completePlan: command(t, 'MaintenancePlan', {
      args: {
        id: t.arg.id({ required: true }),
        expectedVersion: t.arg.int({ required: true }),
        summary: t.arg.string({ required: true }),
        skipped: t.arg({
          type: [SkippedMeasureInput],
          description: 'Why measures were not carried out: each that is open needs a reason.',
        }),
      },
      run: (services, caller, { id, expectedVersion, summary, skipped }) =>
        completePlan(services, caller, {
          id: idOf('MaintenancePlan', id),
          expectedVersion,
          summary,
          skipped: (skipped ?? []).map(({ measureId, reason }) => ({
            measureId: idOf('PlanMeasure', String(measureId)),
            reason,
          })),
        }),
    }),
    confirmPlan: command(t, 'MaintenancePlan', {
      description: 'Records whether the customer is satisfied, and how that is known.',
      args: {
        id: t.arg.id({ required: true }),
        satisfied: t.arg.boolean({ required: true }),
        evidence: t.arg.string({ required: true }),
      },
      run: (services, caller, args) =>
        confirmPlan(services, caller, {
          ...args,
          id: idOf('MaintenancePlan', String(args.id)),
        }),
    }),
    improvePlan: command(t, 'MaintenancePlan', {
      description: 'Records what is done otherwise from now on, after the summary.',
      args: { id: t.arg.id({ required: true }), improvement: t.arg.string({ required: true }) },
      run: (services, caller, args) =>
        improvePlan(services, caller, {
          ...args,
          id: idOf('MaintenancePlan', String(args.id)),
        }),
    }),
  }));
}
