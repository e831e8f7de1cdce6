import { addPlanTask } from '../server/domain/plans/add-measure.ts';
import { revisePlan } from '../server/domain/plans/revise.ts';
import { completePlan, draftPlan, submitPlan } from '../server/domain/plans/service.ts';
import { spendPlanBudget } from '../server/domain/plans/spend.ts';
import type { PlanVersionContent } from '../server/domain/plans/versions.ts';
import { cancelPlan, confirmPlan, improvePlan } from '../server/domain/plans/work.ts';
import { idOf, referenceOf } from '../server/platform/values/ids.ts';
import { type Builder, seenBy } from './base/builder.ts';
import { command } from './base/command.ts';
import type { Enums } from './base/enums.ts';
import type { Shared } from './base/shared.ts';

/** Maintenance plans. */
export function addPlans(builder: Builder, enums: Enums, shared: Shared): void {
  addVersions(builder, enums, shared);
  builder.prismaNode('PlanMeasure', {
    id: { field: 'id' },
    description: 'One thing that a plan does.',
    include: { plan: { select: { currency: true } } },
    fields: (t) => ({
      way: t.expose('way', { type: enums.Channel }),
      measure: t.exposeString('measure'),
      assignee: t.relation('assignee', { nullable: true }),
      dueAt: t.expose('dueAt', { type: 'DateTime' }),
      budget: t.field({
        type: shared.Money,
        nullable: true,
        resolve: ({ budget, plan }) => budget && { amount: budget, currency: plan.currency },
      }),
      status: t.expose('status', { type: enums.TaskStatus }),
    }),
  });

  builder.prismaNode('MaintenancePlan', {
    id: { field: 'id' },
    ...seenBy,
    description: 'What is done for a customer in a period, by whom and with what money.',
    fields: (t) => ({
      version: t.exposeInt('version', { description: 'Counts up when it is returned.' }),
      status: t.expose('status', { type: enums.PlanStatus }),
      objective: t.exposeString('objective'),
      startsOn: t.expose('startsOn', { type: 'Date' }),
      endsOn: t.expose('endsOn', { type: 'Date' }),
      budget: t.field({
        type: shared.Money,
        select: { budget: true, currency: true },
        resolve: ({ budget, currency }) => ({ amount: budget, currency }),
      }),
      spent: t.field({
        type: shared.Money,
        select: { spent: true, currency: true },
        resolve: ({ spent, currency }) => ({ amount: spent, currency }),
      }),
      owner: t.relation('owner'),
      customer: t.relation('customer'),
      measures: t.relation('measures', { description: 'At most 50.', query: { orderBy: { position: 'asc' } } }),
      approval: t.relation('approval', { nullable: true }),
      summary: t.exposeString('summary', { nullable: true }),
      kind: t.exposeString('kind', { description: 'MAINTENANCE, or another that the policy declares.' }),
      parts: t.exposeStringList('parts', { description: 'Parts that other departments review.' }),
      reserved: t.field({
        type: shared.Money,
        description: 'What of the budget is reserved and not spent yet.',
        select: { reserved: true, currency: true },
        resolve: ({ reserved, currency }) => ({ amount: reserved, currency }),
      }),
      confirmed: t.exposeBoolean('confirmed', {
        nullable: true,
        description: 'Whether the customer said to be satisfied; null while nobody asked.',
      }),
      confirmedAt: t.expose('confirmedAt', { type: 'DateTime', nullable: true }),
      evidence: t.exposeString('evidence', { nullable: true, description: "How the customer's word is known." }),
      improvement: t.exposeString('improvement', {
        nullable: true,
        description: 'What is done otherwise from now on.',
      }),
      milestones: t.relation('tasks', {
        description: 'Kick-off, review and acceptance, where the kind of plan has them; at most 10.',
        query: { where: { milestone: { not: null } }, orderBy: [{ dueAt: 'asc' }, { id: 'asc' }] },
      }),
      versions: t.relation('versions', {
        description: 'What was submitted, the first first; at most 100.',
        query: { orderBy: { version: 'asc' }, take: 100 },
      }),
      ledger: t.relation('entries', {
        description: 'Every movement of its money, the first first; at most 100.',
        query: { orderBy: [{ at: 'asc' }, { id: 'asc' }], take: 100 },
      }),
      createdAt: t.expose('createdAt', { type: 'DateTime' }),
    }),
  });

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
    completePlan: command(t, 'MaintenancePlan', {
      args: {
        id: t.arg.id({ required: true }),
        expectedVersion: t.arg.int({ required: true }),
        summary: t.arg.string({ required: true }),
      },
      run: (services, caller, { id, expectedVersion, summary }) =>
        completePlan(services, caller, idOf('MaintenancePlan', id), expectedVersion, summary),
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
    addPlanTask: command(t, 'Task', {
      description: 'Splits a task off a plan in execution, with who does it and until when.',
      args: { input: t.arg({ type: PlanTaskInput, required: true }) },
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
  }));
}

/** What a plan was when it was submitted. */
function addVersions(builder: Builder, enums: Enums, shared: Shared): void {
  const Measure = builder
    .objectRef<PlanVersionContent['measures'][number] & { currency: string }>('PlanVersionMeasure')
    .implement({
      fields: (t) => ({
        way: t.field({ type: enums.Channel, resolve: ({ way }) => way }),
        measure: t.exposeString('measure'),
        dueAt: t.field({ type: 'DateTime', resolve: ({ dueAt }) => new Date(dueAt) }),
        budget: t.field({
          type: shared.Money,
          nullable: true,
          resolve: ({ budget, currency }) => (budget === null ? null : { amount: budget, currency }),
        }),
      }),
    });
  const content = (row: { content: unknown }) => row.content as PlanVersionContent;
  builder.prismaObject('PlanVersion', {
    description: 'What a plan was when it was submitted, and what was said of it.',
    select: { content: true },
    fields: (t) => ({
      version: t.exposeInt('version'),
      objective: t.string({ resolve: (row) => content(row).objective }),
      startsOn: t.field({ type: 'Date', resolve: (row) => new Date(`${content(row).startsOn}T00:00:00Z`) }),
      endsOn: t.field({ type: 'Date', resolve: (row) => new Date(`${content(row).endsOn}T00:00:00Z`) }),
      budget: t.field({
        type: shared.Money,
        resolve: (row) => ({ amount: content(row).budget, currency: content(row).currency }),
      }),
      measures: t.field({
        type: [Measure],
        description: 'At most 50.',
        resolve: (row) => content(row).measures.map((one) => ({ ...one, currency: content(row).currency })),
      }),
      submittedBy: t.prismaField({
        type: 'Staff',
        select: { submittedById: true },
        resolve: (query, { submittedById }, _args, { services }) =>
          services.database.prisma.staff.findUniqueOrThrow({ ...query, where: { id: submittedById } }),
      }),
      submittedAt: t.expose('submittedAt', { type: 'DateTime' }),
      decision: t.expose('decision', { type: enums.Decision, nullable: true }),
      comment: t.exposeString('comment', { nullable: true, description: 'Why it was returned or rejected.' }),
      decidedAt: t.expose('decidedAt', { type: 'DateTime', nullable: true }),
    }),
  });
}
