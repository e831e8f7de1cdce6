import { visibleThroughCustomer } from '../server/access/scope.ts';
import { idOf, referenceOf } from '../server/ids.ts';
import { completePlan, draftPlan, submitPlan } from '../server/plans/service.ts';
import { type Builder, callerOf, guardNode, mutationErrors, seenBy } from './builder.ts';
import type { Enums } from './enums.ts';
import type { Shared } from './shared.ts';

/** Maintenance plans. */
export function addPlans(builder: Builder, enums: Enums, shared: Shared): void {
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
  guardNode(
    'PlanMeasure',
    async ({ services, actor }, id) =>
      (await services.database.prisma.planMeasure.count({ where: { id, plan: visibleThroughCustomer(actor) } })) > 0,
  );

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
      createdAt: t.expose('createdAt', { type: 'DateTime' }),
    }),
  });
  guardNode(
    'MaintenancePlan',
    async ({ services, actor }, id) =>
      (await services.database.prisma.maintenancePlan.count({ where: { id, ...visibleThroughCustomer(actor) } })) > 0,
  );

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
      measures: t.field({ type: [PlanMeasureInput], required: true }),
    }),
  });

  builder.mutationFields((t) => ({
    draftPlan: t.prismaField({
      type: 'MaintenancePlan',
      errors: mutationErrors,
      args: { input: t.arg({ type: DraftPlanInput, required: true }), idempotencyKey: t.arg.string() },
      resolve: async (query, _root, { input, idempotencyKey }, context) => {
        const draft = {
          ...input,
          customerId: idOf('Customer', input.customerId),
          ownerId: input.ownerId ? referenceOf('Staff', input.ownerId, 'input.ownerId') : null,
          measures: input.measures.map((measure, index) => ({
            ...measure,
            assigneeId: measure.assigneeId
              ? referenceOf('Staff', measure.assigneeId, `input.measures[${index}].assigneeId`)
              : null,
          })),
        };
        const id = await draftPlan(context.services, callerOf(context), draft, idempotencyKey);
        return context.services.database.prisma.maintenancePlan.findUniqueOrThrow({ ...query, where: { id } });
      },
    }),
    submitPlan: t.prismaField({
      type: 'MaintenancePlan',
      errors: mutationErrors,
      args: { id: t.arg.id({ required: true }), expectedVersion: t.arg.int({ required: true }) },
      resolve: async (query, _root, { id, expectedVersion }, context) => {
        const plan = await submitPlan(
          context.services,
          callerOf(context),
          idOf('MaintenancePlan', id),
          expectedVersion,
        );
        return context.services.database.prisma.maintenancePlan.findUniqueOrThrow({ ...query, where: { id: plan } });
      },
    }),
    completePlan: t.prismaField({
      type: 'MaintenancePlan',
      errors: mutationErrors,
      args: {
        id: t.arg.id({ required: true }),
        expectedVersion: t.arg.int({ required: true }),
        summary: t.arg.string({ required: true }),
      },
      resolve: async (query, _root, { id, expectedVersion, summary }, context) => {
        const plan = await completePlan(
          context.services,
          callerOf(context),
          idOf('MaintenancePlan', id),
          expectedVersion,
          summary,
        );
        return context.services.database.prisma.maintenancePlan.findUniqueOrThrow({ ...query, where: { id: plan } });
      },
    }),
  }));
}
