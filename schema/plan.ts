import type { PlanVersionContent } from '../server/domain/plans/versions.ts';
import { type Builder, seenBy } from './base/builder.ts';
import type { Enums } from './base/enums.ts';
import type { Shared } from './base/shared.ts';

/** Maintenance plans; schema/plan-work.ts has what is done with them. */
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
    select: { id: true, policyId: true, branchId: true },
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
