import type { PolicyRecord } from '../prisma/generated/client/client.ts';
import { missingSteps, type ShownStep, STEP_PROGRESS, stepsOf } from '../server/domain/records/read-steps.ts';
import type { RecordWithSteps } from '../server/domain/records/record-facts.ts';
import { WITH_STEPS } from '../server/domain/records/record-facts.ts';
import { visibleRecords } from '../server/domain/records/seen-by.ts';
import { recordTypeName } from '../server/engine/policy/records/names.ts';
import type { RequestContext } from '../server/engine/services/services.ts';
import { maySee } from '../server/platform/access/scope.ts';
import { toGlobalId } from '../server/platform/values/ids.ts';
import { fromJson } from '../server/platform/values/json.ts';
import { actorOf, type Builder } from './base/builder.ts';
import type { Enums } from './base/enums.ts';
import type { TypeRefs } from './base/refs.ts';
import { localised } from './base/text.ts';
import { FILES, FILES_IN_ORDER } from './file.ts';

function declaredOf({ services }: RequestContext, { policyId, kind }: Pick<PolicyRecord, 'policyId' | 'kind'>) {
  return services.policies.get(policyId)?.declaration.records?.[kind];
}

/** Whether the viewer reads what is sensitive: who started it, and whom it is about. */
export function readsAll(
  context: RequestContext,
  { startedById, personId }: Pick<PolicyRecord, 'startedById' | 'personId'>,
): boolean {
  const { id } = actorOf(context);
  return startedById === id || personId === id;
}

function addSteps(builder: Builder, enums: Enums) {
  const Progress = builder.enumType('RecordStepProgress', {
    description: 'OPEN may be taken now, WAITING has another before it, LEFT_OUT comes no more.',
    values: STEP_PROGRESS,
  });
  const locale = builder.args((t) => ({ locale: t.field({ type: enums.Locale }) }));
  return builder.objectRef<ShownStep>('RecordStep').implement({
    description: 'A step of a record, taken or not.',
    fields: (t) => ({
      code: t.string({ resolve: ({ step }) => step.code }),
      label: t.string({
        args: locale,
        resolve: ({ step }, args, context) => localised(step.label, args.locale, context),
      }),
      progress: t.expose('progress', { type: Progress }),
      isOptional: t.boolean({ resolve: ({ step }) => step.optional === true }),
      dueAt: t.expose('dueAt', { type: 'DateTime', nullable: true }),
      doneAt: t.field({
        type: 'DateTime',
        nullable: true,
        description: 'When it was taken, or approved.',
        resolve: ({ progress, taken }) => (progress === 'DONE' && taken ? (taken.decidedAt ?? taken.takenAt) : null),
      }),
      isLate: t.boolean({
        description: 'It was taken after it was due, or is due and was not taken.',
        resolve: ({ dueAt, taken, progress }, _args, { services }) =>
          dueAt !== null &&
          dueAt < (progress === 'DONE' && taken ? (taken.decidedAt ?? taken.takenAt) : services.clock.now()),
      }),
      by: t.prismaField({
        type: 'Staff',
        nullable: true,
        description: 'Who took it, or asked for its approval.',
        resolve: (query, { taken }, _args, { services }) =>
          taken && services.database.prisma.staff.findUnique({ ...query, where: { id: taken.byId } }),
      }),
      brought: t.field({ type: 'JSON', nullable: true, resolve: ({ taken }) => taken?.brought ?? null }),
      confirmation: t.string({
        nullable: true,
        description: 'What the customer said or signed.',
        resolve: ({ taken }) => taken?.confirmation ?? null,
      }),
      comment: t.string({ nullable: true, resolve: ({ taken }) => taken?.comment ?? null }),
      approval: t.prismaField({
        type: 'Approval',
        nullable: true,
        description: 'Null for who does not see it: a line decides at its head office.',
        resolve: async (query, { taken }, _args, context) => {
          if (!taken?.approvalId) return null;
          const found = await context.services.database.prisma.approval.findUnique({
            ...query,
            where: { id: taken.approvalId },
          });
          return found && maySee(actorOf(context), found) ? found : null;
        },
      }),
      mayTake: t.boolean({
        description: 'Whether you may take it now; a rule of the policy may still refuse.',
        resolve: ({ mayTake }) => mayTake,
      }),
    }),
  });
}

function addHistory(builder: Builder) {
  builder.prismaObject('PolicyRecordVersion', {
    name: 'RecordVersion',
    description: 'What a record said from a version on.',
    include: { record: true },
    fields: (t) => ({
      version: t.exposeInt('version'),
      at: t.expose('at', { type: 'DateTime' }),
      by: t.relation('by'),
      status: t.exposeString('status', { nullable: true }),
      fields: t.field({
        type: 'JSON',
        description: 'Without what is sensitive, but for who started the record and whom it is about.',
        resolve: ({ fields, record }, _args, context) => {
          const all = fromJson<Record<string, unknown>>(fields);
          const hidden = readsAll(context, record) ? [] : (declaredOf(context, record)?.sensitive ?? []);
          return Object.fromEntries(Object.entries(all).filter(([name]) => !hidden.includes(name)));
        },
      }),
    }),
  });
}

/** The interface of all records. */
export function addRecordTypes(builder: Builder, enums: Enums, refs: TypeRefs) {
  const Step = addSteps(builder, enums);
  addHistory(builder);
  const State = builder.enumType('RecordState', {
    values: ['OPEN', 'PENDING_APPROVAL', 'RETURNED', 'CLOSED', 'REJECTED', 'CANCELLED'] as const,
  });
  const locale = builder.args((t) => ({ locale: t.field({ type: enums.Locale }) }));
  const withSteps = { steps: WITH_STEPS.steps } as const;
  const RecordRef = builder.prismaInterface('PolicyRecord', {
    name: 'Record',
    description:
      'What is kept about somebody or something, with its steps; a type for each kind that policies declare.',
    interfaces: [builder.nodeInterfaceRef()],
    resolveType: ({ policyId, kind }) => recordTypeName(policyId, kind),
    fields: (t) => ({
      id: t.id({ resolve: ({ id }) => toGlobalId('Record', id) }),
      policyId: t.exposeID('policyId'),
      kind: t.exposeString('kind'),
      label: t.string({
        args: locale,
        resolve: ({ policyId, kind }, args, context) =>
          localised(declaredOf(context, { policyId, kind })?.label, args.locale, context),
      }),
      state: t.expose('state', { type: State }),
      status: t.exposeString('status', { nullable: true, description: 'Of a ledger, how the thing stands.' }),
      version: t.exposeInt('version', { description: 'What changes of it expect.' }),
      step: t.exposeString('stepCode', { nullable: true, description: 'The step that was taken last.' }),
      steps: t.field({
        type: [Step],
        description: 'All of its kind, in their order.',
        select: withSteps,
        resolve: (row, _args, context) => [...stepsOf(context.services, actorOf(context), row as RecordWithSteps)],
      }),
      nextSteps: t.field({
        type: [Step],
        description: 'Those that may be taken now.',
        select: withSteps,
        resolve: (row, _args, context) =>
          stepsOf(context.services, actorOf(context), row as RecordWithSteps).filter(
            ({ progress }) => progress === 'OPEN' || progress === 'RETURNED',
          ),
      }),
      missing: t.field({
        type: [Step],
        description:
          'What has to be done before the given step, or before the end where none is named: empty where it is ready.',
        args: { before: t.arg.string() },
        select: withSteps,
        resolve: (row, { before }, context) => [
          ...missingSteps(context.services, actorOf(context), row as RecordWithSteps, before ?? null),
        ],
      }),
      nextDueAt: t.expose('nextDueAt', { type: 'DateTime', nullable: true }),
      startedBy: t.relation('startedBy'),
      startedAt: t.expose('startedAt', { type: 'DateTime' }),
      updatedAt: t.expose('updatedAt', { type: 'DateTime' }),
      endedAt: t.expose('endedAt', { type: 'DateTime', nullable: true }),
      endReason: t.exposeString('endReason', { nullable: true }),
      branch: t.prismaField({
        type: 'Branch',
        resolve: (query, { branchId }, _args, { services }) =>
          services.database.prisma.branch.findUniqueOrThrow({ ...query, where: { id: branchId } }),
      }),
      customer: t.relation('customer', { nullable: true }),
      person: t.relation('person', { nullable: true, description: 'Of the staff, whom it is about.' }),
      contract: t.relation('contract', { nullable: true }),
      ticket: t.relation('ticket', { nullable: true }),
      files: t.relatedConnection(
        'attachments',
        { cursor: 'id', totalCount: true, description: FILES, query: FILES_IN_ORDER },
        refs.lists.Attachment.connection,
        refs.lists.Attachment.edge,
      ),
      history: t.relation('versions', {
        description: 'What it said, the newest first; at most 100.',
        query: { orderBy: { version: 'desc' }, take: 100 },
      }),
    }),
  });
  builder.prismaInterfaceFields(RecordRef, (t) => ({
    parent: t.prismaField({
      type: RecordRef,
      nullable: true,
      description: 'The record that it is a part of.',
      resolve: (query, { parentId }, _args, context) =>
        parentId
          ? context.services.database.prisma.policyRecord.findFirst({
              ...query,
              where: { AND: [{ id: parentId }, visibleRecords(context.services.policies, actorOf(context))] },
            })
          : null,
    }),
    parts: t.prismaField({
      type: [RecordRef],
      description: 'At most 100, the newest first.',
      resolve: (query, { id }, _args, context) =>
        context.services.database.prisma.policyRecord.findMany({
          ...query,
          where: { AND: [{ parentId: id }, visibleRecords(context.services.policies, actorOf(context))] },
          orderBy: [{ startedAt: 'desc' }, { id: 'desc' }],
          take: 100,
        }),
    }),
  }));
  return { RecordRef, State };
}

export type RecordTypes = ReturnType<typeof addRecordTypes>;
