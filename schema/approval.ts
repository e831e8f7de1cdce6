import { type Authority, authoritiesOf, authorityFor, awaitingWhere } from '../server/domain/approvals/authority.ts';
import { type BulkDecision, decideApprovals } from '../server/domain/approvals/bulk.ts';
import { decideApproval } from '../server/domain/approvals/decide.ts';
import type { RequestContext } from '../server/engine/services/services.ts';
import type { Actor } from '../server/platform/access/actor.ts';
import { visibleParts } from '../server/platform/access/scope.ts';
import { idOf, referenceOf, toGlobalId } from '../server/platform/values/ids.ts';
import { messageIn } from '../server/platform/values/in-language.ts';
import { CURRENCY } from '../server/platform/values/money.ts';
import { actorOf, type Builder, callerOf, mutationErrors, seenBy } from './base/builder.ts';
import { command } from './base/command.ts';
import type { Enums } from './base/enums.ts';
import { listField } from './base/list.ts';
import { type ModelName, rowsOf } from './base/models.ts';
import type { TypeRefs } from './base/refs.ts';
import type { Shared } from './base/shared.ts';
import { addDelegations } from './delegation.ts';
import { ownNodes } from './nodes.ts';

/** What is decided about. */
const SUBJECTS = [
  'Application',
  'Assessment',
  'Customer',
  'Contract',
  'GradingRun',
  'MaintenancePlan',
  'RotaShift',
] as const satisfies readonly ModelName[];

const AUTHORITIES = new WeakMap<RequestContext, Map<Actor, Promise<Authority[]>>>();

/** In which roles the viewer may decide, read once a request. */
function authorities(context: RequestContext): Promise<Authority[]> {
  const actor = actorOf(context);
  const known = AUTHORITIES.get(context) ?? new Map<Actor, Promise<Authority[]>>();
  AUTHORITIES.set(context, known);
  const found = known.get(actor) ?? authoritiesOf(context.services, actor);
  known.set(actor, found);
  return found;
}

/** A step of an approval's route. */
function addSteps(builder: Builder, enums: Enums): void {
  builder.prismaObject('ApprovalStep', {
    fields: (t) => ({
      role: t.expose('role', { type: enums.Role }),
      decision: t.expose('decision', { type: enums.Decision, nullable: true }),
      decidedBy: t.relation('decidedBy', { nullable: true }),
      decidedAt: t.expose('decidedAt', { type: 'DateTime', nullable: true }),
      comment: t.exposeString('comment', { nullable: true }),
      branch: t.prismaField({
        type: 'Branch',
        nullable: true,
        description: 'Whose people decide; null is any branch of the line.',
        select: { branchId: true },
        resolve: (query, { branchId }, _args, { services }) =>
          branchId ? services.database.prisma.branch.findUnique({ ...query, where: { id: branchId } }) : null,
      }),
      onBehalfOf: t.prismaField({
        type: 'Staff',
        nullable: true,
        description: 'Whose authority was used by delegation.',
        select: { onBehalfOfId: true },
        resolve: (query, { onBehalfOfId }, _args, { services }) =>
          onBehalfOfId ? services.database.prisma.staff.findUnique({ ...query, where: { id: onBehalfOfId } }) : null,
      }),
    }),
  });
}

/** Decisions, one by one and together. */
function addDecisions(builder: Builder, enums: Enums): void {
  const DecideApprovalInput = builder.inputType('DecideApprovalInput', {
    fields: (t) => ({
      id: t.id({ required: true }),
      decision: t.field({ type: enums.Decision, required: true }),
      comment: t.string(),
    }),
  });
  builder.mutationField('decideApproval', (t) =>
    command(t, 'Approval', {
      args: { input: t.arg({ type: DecideApprovalInput, required: true }) },
      run: (services, caller, { input }) =>
        decideApproval(services, caller, {
          ...input,
          id: idOf('Approval', input.id),
        }),
    }),
  );

  const DecideApprovalsInput = builder.inputType('DecideApprovalsInput', {
    fields: (t) => ({
      ids: t.idList({ required: true, description: 'At most 100.' }),
      decision: t.field({ type: enums.Decision, required: true }),
      comment: t.string(),
    }),
  });
  const approvalId = ({ id }: BulkDecision['failed'][number]) => toGlobalId('Approval', id);
  const Failed = builder.objectRef<BulkDecision['failed'][number]>('FailedDecision').implement({
    fields: (t) => ({
      approvalId: t.id({ resolve: approvalId }),
      id: t.id({ deprecationReason: 'It is the id of another object: ask for approvalId.', resolve: approvalId }),
      code: t.exposeString('code'),
      message: t.string({ resolve: ({ error }, _args, { locale }) => messageIn(error, locale) }),
    }),
  });
  const Bulk = builder.objectRef<BulkDecision>('BulkDecision').implement({
    fields: (t) => ({
      decided: t.prismaField({
        type: ['Approval'],
        resolve: (query, { decided }, _args, { services }) =>
          services.database.prisma.approval.findMany({
            ...query,
            where: { id: { in: [...decided] } },
            orderBy: { requestedAt: 'asc' },
          }),
      }),
      failed: t.field({ type: [Failed], resolve: ({ failed }) => [...failed] }),
    }),
  });
  builder.mutationField('decideApprovals', (t) =>
    t.field({
      type: Bulk,
      errors: mutationErrors,
      description: 'Decides several alike, each by itself; refused where the policy asks for one by one.',
      args: { input: t.arg({ type: DecideApprovalsInput, required: true }) },
      resolve: (_root, { input }, context) =>
        decideApprovals(context.services, callerOf(context), {
          ...input,
          ids: input.ids.map((id, index) => referenceOf('Approval', String(id), `input.ids[${index}]`)),
        }),
    }),
  );
}

/** Approvals: decisions that others have to take. */
export function addApprovals(builder: Builder, enums: Enums, shared: Shared, refs: TypeRefs): void {
  addSteps(builder, enums);
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
      decisionId: t.field({
        type: 'ID',
        nullable: true,
        description: 'Of the `PolicyDecision` that chose its steps.',
        select: { decisionId: true },
        resolve: ({ decisionId }) => decisionId && toGlobalId('PolicyDecision', decisionId),
      }),
      reason: t.exposeString('reason', { nullable: true }),
      amount: t.field({
        type: shared.Money,
        nullable: true,
        select: { amount: true, currency: true },
        resolve: ({ amount, currency }) => amount && { amount, currency: currency ?? CURRENCY },
      }),
      cumulated: t.field({
        type: shared.Money,
        nullable: true,
        description: 'The amount by which the route was chosen: split requests add up.',
        select: { cumulated: true, currency: true },
        resolve: ({ cumulated, currency }) => cumulated && { amount: cumulated, currency: currency ?? CURRENCY },
      }),
      emergency: t.exposeBoolean('emergency', { description: 'It was done at once and is approved afterwards.' }),
      ratifyBy: t.expose('ratifyBy', {
        type: 'DateTime',
        nullable: true,
        description: 'Until when what was done at once has to be approved.',
      }),
      dueAt: t.field({
        type: 'DateTime',
        nullable: true,
        description: 'When the step at which it stands is due; null where it may take as long as it takes.',
        select: { clocks: { where: { endedAt: null }, orderBy: { dueAt: 'asc' }, take: 1, select: { dueAt: true } } },
        resolve: ({ clocks }) => clocks[0]?.dueAt ?? null,
      }),
      oneByOne: t.exposeBoolean('oneByOne', { description: 'It is not decided together with others.' }),
      customer: t.relation('customer', { nullable: true }),
      subject: t.field({
        type: builder.nodeInterfaceRef(),
        nullable: true,
        description: 'What is decided about.',
        select: { subjectType: true, subjectId: true },
        resolve: async ({ subjectType, subjectId }, _args, context): Promise<object | null> => {
          const { services } = context;
          if (subjectType === 'Record') return ownNodes.Record({ services, actor: actorOf(context) }, subjectId);
          const type = SUBJECTS.find((one) => one === subjectType);
          const found = type && (await rowsOf(services.database, type).findUnique({ where: { id: subjectId } }));
          return found ? { ...found, __typename: subjectType } : null;
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
          steps: { select: { decidedById: true, onBehalfOfId: true } },
        },
        resolve: async (approval, _args, context) =>
          authorityFor(actorOf(context), await authorities(context), approval) !== null,
      }),
    }),
  });

  const ApprovalFilter = builder.inputType('ApprovalFilter', {
    fields: (t) => ({
      awaitingMe: t.boolean(),
      kinds: t.stringList(),
      states: t.field({ type: [enums.ApprovalState] }),
    }),
  });
  builder.queryField('approvals', (t) =>
    listField(t, refs, 'Approval', {
      description: 'The oldest request first.',
      args: { filter: t.arg({ type: ApprovalFilter }) },
      rows: async ({ filter }, context) => {
        const { awaitingMe, kinds, states } = filter ?? {};
        const actor = actorOf(context);
        const mine = awaitingMe == null ? {} : awaitingWhere(actor, await authorities(context));
        return {
          parts: visibleParts(actor),
          where: {
            AND: [
              awaitingMe === false ? { NOT: mine } : mine,
              kinds ? { kind: { in: kinds } } : {},
              states ? { state: { in: states } } : {},
            ],
          },
        };
      },
      order: () => ({ field: 'requestedAt', direction: 'ASC', nullable: false }),
    }),
  );

  addDelegations(builder, enums);

  addDecisions(builder, enums);
}
