import { queryFromInfo } from '@pothos/plugin-prisma';
import { visible } from '../server/access/scope.ts';
import { awaits, decideApproval } from '../server/approvals/service.ts';
import type { Prisma } from '../server/generated/prisma/client.ts';
import { idOf } from '../server/ids.ts';
import { actorOf, type Builder, callerOf, guardNode, mutationErrors, seenBy } from './builder.ts';
import type { Enums } from './enums.ts';
import { keysetPage } from './page.ts';
import type { TypeRefs } from './refs.ts';
import type { Shared } from './shared.ts';

/** Approvals: decisions that others have to take. */
export function addApprovals(builder: Builder, enums: Enums, shared: Shared, refs: TypeRefs): void {
  builder.prismaObject('ApprovalStep', {
    fields: (t) => ({
      role: t.expose('role', { type: enums.Role }),
      decision: t.expose('decision', { type: enums.Decision, nullable: true }),
      decidedBy: t.relation('decidedBy', { nullable: true }),
      decidedAt: t.expose('decidedAt', { type: 'DateTime', nullable: true }),
      comment: t.exposeString('comment', { nullable: true }),
    }),
  });

  builder.prismaNode('Approval', {
    id: { field: 'id' },
    ...seenBy,
    description: 'A decision that others have to take, in ordered steps.',
    fields: (t) => ({
      kind: t.exposeString('kind', {
        description:
          'ASSESSMENT, GRADE_EXCEPTION, PLAN, EXPENSE, ARCHIVE_ACCESS, BENEFIT, RECEPTION, AUTHORITY_CHANGE, EQUIPMENT.',
      }),
      state: t.expose('state', { type: enums.ApprovalState }),
      requestedBy: t.relation('requestedBy'),
      requestedAt: t.expose('requestedAt', { type: 'DateTime' }),
      reason: t.exposeString('reason', { nullable: true }),
      amount: t.field({
        type: shared.Money,
        nullable: true,
        select: { amount: true, currency: true },
        resolve: ({ amount, currency }) => amount && { amount, currency: currency ?? 'CNY' },
      }),
      customer: t.relation('customer', { nullable: true }),
      subject: t.field({
        type: 'Node' as never,
        nullable: true,
        description: 'What is decided about.',
        select: { subjectType: true, subjectId: true },
        resolve: async ({ subjectType, subjectId }, _args, { services }) => {
          const models: Record<string, { findUnique(args: { where: { id: string } }): Promise<object | null> }> = {
            Assessment: services.database.prisma.assessment as never,
            Customer: services.database.prisma.customer as never,
            MaintenancePlan: services.database.prisma.maintenancePlan as never,
          };
          const found = await models[subjectType]?.findUnique({ where: { id: subjectId } });
          return (found ? { ...found, __typename: subjectType } : null) as never;
        },
      }),
      steps: t.relation('steps', { description: 'At most 10, in order.', query: { orderBy: { position: 'asc' } } }),
      awaitingMe: t.boolean({
        select: {
          state: true,
          awaitingRole: true,
          awaitingBranchId: true,
          requestedById: true,
          policyId: true,
          branchId: true,
        },
        resolve: (approval, _args, context) => awaits(actorOf(context), approval),
      }),
    }),
  });
  guardNode(
    'Approval',
    async ({ services, actor }, id) =>
      (await services.database.prisma.approval.count({ where: { id, ...visible(actor) } })) > 0,
  );

  const ApprovalFilter = builder.inputType('ApprovalFilter', {
    fields: (t) => ({
      awaitingMe: t.boolean(),
      kinds: t.stringList(),
      states: t.field({ type: [enums.ApprovalState] }),
    }),
  });
  builder.queryField('approvals', (t) =>
    t.connection(
      {
        type: refs.named('Approval'),
        description: 'The oldest request first.',
        args: { filter: t.arg({ type: ApprovalFilter }) },
        resolve: (_root, args, context, info) => {
          const actor = actorOf(context);
          const { awaitingMe, kinds, states } = args.filter ?? {};
          const mine: Prisma.ApprovalWhereInput = {
            state: { in: ['PENDING', 'RATIFICATION_DUE'] },
            awaitingRole: { in: [...actor.roles] },
            OR: [{ awaitingBranchId: null }, { awaitingBranchId: actor.branchId }],
            requestedById: { not: actor.id },
          };
          return keysetPage(context.services.database.prisma.approval as never, {
            where: {
              AND: [
                visible(actor),
                awaitingMe == null ? {} : awaitingMe ? mine : { NOT: mine },
                kinds ? { kind: { in: kinds } } : {},
                states ? { state: { in: states } } : {},
              ],
            },
            order: { field: 'requestedAt', direction: 'ASC', nullable: false },
            page: args,
            selection: {
              ...queryFromInfo({ context, info, typeName: 'Approval', paths: [['nodes'], ['edges', 'node']] }),
            },
          }) as never;
        },
      },
      refs.connections.Approval,
      refs.edges.Approval,
    ),
  );

  const DecideApprovalInput = builder.inputType('DecideApprovalInput', {
    fields: (t) => ({
      id: t.id({ required: true }),
      decision: t.field({ type: enums.Decision, required: true }),
      comment: t.string(),
    }),
  });
  builder.mutationField('decideApproval', (t) =>
    t.prismaField({
      type: 'Approval',
      errors: mutationErrors,
      args: { input: t.arg({ type: DecideApprovalInput, required: true }) },
      resolve: async (query, _root, { input }, context) => {
        const id = await decideApproval(context.services, callerOf(context), {
          ...input,
          id: idOf('Approval', input.id),
        });
        return context.services.database.prisma.approval.findUniqueOrThrow({ ...query, where: { id } });
      },
    }),
  );
}
