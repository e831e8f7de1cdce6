import { queryFromInfo } from '@pothos/plugin-prisma';
import { dutyKeysOf } from '../server/domain/duties/fulfil.ts';
import { type DutyState, dutyState, dutyWhere, meetingsFor, reportFor } from '../server/domain/duties/read-duties.ts';
import { recordDuty } from '../server/domain/duties/service.ts';
import type { DutyDeclaration } from '../server/engine/policy/contract.ts';
import { zoneOf } from '../server/engine/policy/line-zone.ts';
import { visibleParts } from '../server/platform/access/scope.ts';
import { dayIn } from '../server/platform/values/days.ts';
import { idOf, referenceOf } from '../server/platform/values/ids.ts';
import { actorOf, type Builder, callerOf, mutationErrors, seenBy } from './base/builder.ts';
import type { Enums } from './base/enums.ts';
import { idsOf } from './base/ids.ts';
import { keysetPage } from './base/page.ts';
import type { TypeRefs } from './base/refs.ts';
import type { Shared } from './base/shared.ts';
import { localised } from './base/text.ts';

/** What policies ask for regularly. */
function addDeclarations(builder: Builder, enums: Enums, refs: TypeRefs): void {
  const locale = builder.args((t) => ({ locale: t.field({ type: enums.Locale }) }));

  const Declaration = builder.objectRef<DutyDeclaration & { code: string }>('DutyDeclaration').implement({
    description: 'Regular work that a policy asks for.',
    fields: (t) => ({
      code: t.exposeString('code'),
      label: t.string({ args: locale, resolve: ({ label }, args, context) => localised(label, args.locale, context) }),
      every: t.exposeString('every', { description: 'DAY, WEEK, MONTH, QUARTER or YEAR.' }),
      of: t.exposeString('of', { description: 'LINE, BRANCH, MANAGER, PERSON or CUSTOMER.' }),
      meetingKind: t.string({
        nullable: true,
        description: 'The kind of meeting that does it, and nothing else.',
        resolve: ({ doneBy }) => (doneBy && 'meeting' in doneBy ? doneBy.meeting : null),
      }),
      reportKind: t.string({
        nullable: true,
        description: 'The kind of report that does it, and nothing else.',
        resolve: ({ doneBy }) => (doneBy && 'report' in doneBy ? doneBy.report : null),
      }),
      recordKind: t.string({
        nullable: true,
        description: 'The kind of record that does it when it ends, and nothing else.',
        resolve: ({ doneBy }) => (doneBy && 'record' in doneBy ? doneBy.record : null),
      }),
      annualList: t.string({
        nullable: true,
        description: 'The scheme whose annual list for the year after does it, and nothing else.',
        resolve: ({ doneBy }) => (doneBy && 'annualList' in doneBy ? doneBy.annualList : null),
      }),
      source: t.exposeString('source'),
    }),
  });
  builder.objectField(refs.Policy, 'duties', (t) =>
    t.field({
      type: [Declaration],
      description: 'At most some ten.',
      resolve: ({ declaration }) => Object.entries(declaration.duties ?? {}).map(([code, duty]) => ({ code, ...duty })),
    }),
  );
}

/** A duty as it is owed for a period: a task, seen as what it fulfils. */
function addDutyType(builder: Builder, enums: Enums) {
  const State = builder.enumType('DutyState', {
    description: 'LATE is done after it was due, MISSING is due and not done.',
    values: ['OPEN', 'FULFILLED', 'LATE', 'MISSING', 'CANCELLED'] satisfies DutyState[],
  });
  const locale = builder.args((t) => ({ locale: t.field({ type: enums.Locale }) }));

  const Period = builder.objectRef<{ from: Date; to: Date }>('Period').implement({
    description: 'Days, both included.',
    fields: (t) => ({ from: t.expose('from', { type: 'Date' }), to: t.expose('to', { type: 'Date' }) }),
  });
  const Duty = builder.prismaObject('Task', {
    variant: 'Duty',
    ...seenBy,
    description: 'What is owed for a period by a branch, a person, or for a customer.',
    select: {
      status: true,
      dueAt: true,
      completedAt: true,
      periodFrom: true,
      periodTo: true,
      policyId: true,
      branchId: true,
      dutyCode: true,
    },
    fields: (t) => ({
      code: t.string({ resolve: ({ dutyCode }) => dutyCode ?? '' }),
      label: t.string({
        args: locale,
        resolve: ({ policyId, dutyCode }, args, context) => {
          const declared = context.services.policies.get(policyId)?.declaration.duties?.[dutyCode ?? ''];
          return declared ? localised(declared.label, args.locale, context) : (dutyCode ?? '');
        },
      }),
      period: t.field({
        type: Period,
        resolve: ({ periodFrom, periodTo, dueAt }) => ({ from: periodFrom ?? dueAt, to: periodTo ?? dueAt }),
      }),
      state: t.field({
        type: State,
        resolve: (task, _args, { services }) => dutyState(task, services.clock.now()),
      }),
      dueAt: t.expose('dueAt', { type: 'DateTime' }),
      fulfilledAt: t.expose('completedAt', { type: 'DateTime', nullable: true }),
      note: t.exposeString('outcome', { nullable: true }),
      record: t.field({
        type: 'JSON',
        nullable: true,
        description: 'As the declaration asks.',
        select: { record: true },
        resolve: ({ record }) => record,
      }),
      branchCode: t.string({
        select: { branchId: true },
        resolve: async ({ branchId }, _args, { services }) =>
          (await services.actors.organisation()).branches.get(branchId)?.code ?? '',
      }),
      staff: t.relation('assignee', { nullable: true, description: 'Whose it is, where it is a person’s.' }),
      customer: t.relation('customer', { nullable: true }),
      meetings: t.prismaField({
        type: ['Meeting'],
        description: 'Those of its kind in its period, also where somebody was missing who must attend; at most 20.',
        resolve: (query, duty, _args, { services }) => {
          const where = meetingsFor(services.policies.get(duty.policyId)?.declaration, duty);
          return where
            ? services.database.prisma.meeting.findMany({
                ...query,
                where,
                orderBy: [{ heldAt: 'asc' }, { id: 'asc' }],
                take: 20,
              })
            : [];
        },
      }),
      report: t.prismaField({
        type: 'PeriodReport',
        nullable: true,
        description: 'That of its month, where a report does it.',
        resolve: (query, duty, _args, { services }) => {
          const where = reportFor(services.policies.get(duty.policyId)?.declaration, duty);
          return where ? services.database.prisma.periodReport.findFirst({ ...query, where }) : null;
        },
      }),
      task: t.variant('Task'),
    }),
  });
  builder.prismaObjectField('Meeting', 'duty', (t) =>
    t.prismaField({
      type: Duty,
      nullable: true,
      description: 'What the place owed for the period, where a meeting of the kind does it: done by this one, or not.',
      select: { policyId: true, branchId: true, kind: true, heldAt: true },
      resolve: (query, { policyId, branchId, kind, heldAt }, _args, { services }) => {
        const policy = services.policies.get(policyId)?.declaration;
        const day = policy && dayIn(heldAt, zoneOf(policy));
        const keys = policy && day ? dutyKeysOf(policy, { meeting: kind }, { branchId, day }) : [];
        return keys.length === 0
          ? null
          : services.database.prisma.task.findFirst({ ...query, where: { key: { in: keys } } });
      },
    }),
  );
  builder.prismaObjectField('Task', 'period', (t) =>
    t.field({
      type: Period,
      nullable: true,
      description: 'The days within which it is to be done: a callback’s window, the month or quarter of a contact.',
      select: { periodFrom: true, periodTo: true },
      resolve: ({ periodFrom, periodTo }) => (periodFrom && periodTo ? { from: periodFrom, to: periodTo } : null),
    }),
  );
  return { Duty, State };
}

type DutyTypes = ReturnType<typeof addDutyType>;

/** Duties as they are found. */
function addDutyList(builder: Builder, shared: Shared, { Duty, State }: DutyTypes): void {
  const edge = builder.edgeObject({ type: Duty, name: 'DutyEdge' });
  const connection = builder.connectionObject({ type: Duty, name: 'DutyConnection' }, edge);
  builder.queryField('duties', (t) =>
    t.connection(
      {
        type: Duty,
        description: 'Duties of periods that touch the given one, by due date; among them those that are missing.',
        args: {
          policyId: t.arg.id(),
          period: t.arg({ type: shared.PeriodInput }),
          branchIds: t.arg.idList(),
          codes: t.arg.stringList(),
          states: t.arg({ type: [State] }),
        },
        resolve: (_root, { policyId, period, branchIds, codes, states, ...page }, context, info) => {
          const { prisma } = context.services.database;
          const asked = {
            policyId: policyId ?? null,
            period: period ?? null,
            branchIds: branchIds ? idsOf('Branch', branchIds) : null,
            codes: codes ?? null,
            states: states ?? null,
          };
          return keysetPage(prisma.task, {
            found: {
              parts: visibleParts(actorOf(context), asked),
              where: dutyWhere(prisma.task.fields, asked, context.services.clock.now()),
            },
            order: { field: 'dueAt', direction: 'ASC', nullable: false },
            page,
            selection: { ...queryFromInfo({ context, info, typeName: 'Duty', paths: [['nodes'], ['edges', 'node']] }) },
          });
        },
      },
      connection,
      edge,
    ),
  );
}

/** What is done about a duty. */
function addDutyWork(builder: Builder, Duty: DutyTypes['Duty']): void {
  const RecordDutyInput = builder.inputType('RecordDutyInput', {
    fields: (t) => ({
      policyId: t.id({ required: true }),
      code: t.string({ required: true, description: 'As the policy declares it, e.g. WEEKLY_PLAN.' }),
      on: t.field({ type: 'Date', description: 'A day of the period; left out, the period that is open today.' }),
      branchCode: t.string({ description: 'Of a duty of branches; yours unless said.' }),
      staffId: t.id({ description: 'Of a duty of managers; you unless said.' }),
      customerId: t.id({ description: 'Of a duty of customers.' }),
      note: t.string({ required: true }),
      record: t.field({ type: 'JSON', description: 'What the duty asks to be recorded.' }),
    }),
  });
  builder.mutationField('recordDuty', (t) =>
    t.prismaField({
      type: Duty,
      errors: mutationErrors,
      description: 'Records that a duty was done, in time or late.',
      args: { input: t.arg({ type: RecordDutyInput, required: true }) },
      resolve: async (query, _root, { input }, context) => {
        const id = await recordDuty(context.services, callerOf(context), {
          ...input,
          staffId: input.staffId ? referenceOf('Staff', input.staffId, 'input.staffId') : null,
          customerId: input.customerId ? idOf('Customer', input.customerId) : null,
        });
        return context.services.database.prisma.task.findUniqueOrThrow({ ...query, where: { id } });
      },
    }),
  );
}

/** Duties: regular work that is owed once a period, done or missing. */
export function addDuties(builder: Builder, enums: Enums, shared: Shared, refs: TypeRefs): void {
  addDeclarations(builder, enums, refs);
  const types = addDutyType(builder, enums);
  addDutyList(builder, shared, types);
  addDutyWork(builder, types.Duty);
}
