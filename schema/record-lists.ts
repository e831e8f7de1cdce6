import { queryFromInfo } from '@pothos/plugin-prisma';
import type { Prisma } from '../prisma/generated/client/client.ts';
import { visibleRecordParts, visibleRecords } from '../server/domain/records/seen-by.ts';
import { parseGlobalId } from '../server/platform/values/ids.ts';
import { actorOf, type Builder } from './base/builder.ts';
import type { Enums } from './base/enums.ts';
import { followObject } from './base/follow.ts';
import { idsOf } from './base/ids.ts';
import { keysetPage } from './base/page.ts';
import type { RecordTypes } from './record.ts';

const ORDERS = {
  STARTED_AT: { field: 'startedAt', nullable: false },
  NEXT_DUE_AT: { field: 'nextDueAt', nullable: true },
} as const;

function addFilter(builder: Builder, { State }: RecordTypes) {
  return builder.inputType('RecordFilter', {
    fields: (t) => ({
      policyId: t.id(),
      kinds: t.stringList({ description: 'Codes as the policy declares them, e.g. RECEPTION.' }),
      states: t.field({ type: [State] }),
      statuses: t.stringList({ description: 'Of ledgers.' }),
      branchIds: t.idList(),
      customerId: t.id(),
      personId: t.id({ description: 'Of the staff, whom they are about.' }),
      contractId: t.id(),
      ticketId: t.id(),
      parentId: t.id({ description: 'The record that they are parts of.' }),
      startedById: t.id(),
      startedFrom: t.field({ type: 'DateTime' }),
      startedTo: t.field({ type: 'DateTime', description: 'This instant is not included.' }),
      dueBefore: t.field({ type: 'DateTime', description: 'Something of them is due before it, or was.' }),
    }),
  });
}

type Filter = ReturnType<typeof addFilter>['$inferInput'];

function recordWhere(filter: Filter): Prisma.PolicyRecordWhereInput {
  const { kinds, states, statuses, startedFrom, startedTo, dueBefore } = filter;
  const of = (type: string, id: string | number | null | undefined) =>
    id == null ? undefined : { in: idsOf(type, [String(id)]) };
  const ids = {
    customerId: of('Customer', filter.customerId),
    personId: of('Staff', filter.personId),
    contractId: of('Contract', filter.contractId),
    ticketId: of('Ticket', filter.ticketId),
    parentId: of('Record', filter.parentId),
    startedById: of('Staff', filter.startedById),
  };
  return {
    AND: [
      Object.fromEntries(Object.entries(ids).filter(([, id]) => id !== undefined)),
      kinds ? { kind: { in: kinds } } : {},
      states ? { state: { in: states } } : {},
      statuses ? { status: { in: statuses } } : {},
      startedFrom ? { startedAt: { gte: startedFrom } } : {},
      startedTo ? { startedAt: { lt: startedTo } } : {},
      dueBefore ? { nextDueAt: { lt: dueBefore } } : {},
    ],
  };
}

/** Records as they are found and followed. */
export function addRecordLists(builder: Builder, enums: Enums, types: RecordTypes): void {
  const { RecordRef } = types;
  const RecordFilter = addFilter(builder, types);
  const Field = builder.enumType('RecordOrderField', { values: Object.keys(ORDERS) as (keyof typeof ORDERS)[] });
  const RecordOrder = builder.inputType('RecordOrder', {
    fields: (t) => ({
      field: t.field({ type: Field, required: true }),
      direction: t.field({ type: enums.SortDirection, required: true, defaultValue: 'ASC' }),
    }),
  });
  const edge = builder.edgeObject({ type: RecordRef, name: 'RecordEdge' });
  const connection = builder.connectionObject({ type: RecordRef, name: 'RecordConnection' }, edge);
  builder.queryField('records', (t) =>
    t.connection(
      {
        type: RecordRef,
        description: 'The newest first unless ordered otherwise; by due dates, what is not due comes last.',
        args: { filter: t.arg({ type: RecordFilter }), orderBy: t.arg({ type: RecordOrder }) },
        resolve: (_root, { filter, orderBy, ...page }, context, info) => {
          const { database, policies } = context.services;
          const asked = {
            policyId: filter?.policyId,
            branchIds: filter?.branchIds ? idsOf('Branch', filter.branchIds) : null,
          };
          return keysetPage(database.prisma.policyRecord, {
            found: { parts: visibleRecordParts(policies, actorOf(context), asked), where: recordWhere(filter ?? {}) },
            order: { ...ORDERS[orderBy?.field ?? 'STARTED_AT'], direction: orderBy?.direction ?? 'DESC' },
            page,
            selection: {
              ...queryFromInfo({ context, info, typeName: 'Record', paths: [['nodes'], ['edges', 'node']] }),
            },
          });
        },
      },
      connection,
      edge,
    ),
  );
  builder.queryField('record', (t) =>
    t.prismaField({
      type: RecordRef,
      nullable: true,
      args: { id: t.arg.id({ required: true }) },
      resolve: (query, _root, { id }, context) => {
        const parsed = parseGlobalId(id);
        if (parsed?.type !== 'Record') return null;
        const { database, policies } = context.services;
        const where = { AND: [{ id: parsed.id }, visibleRecords(policies, actorOf(context))] };
        return database.prisma.policyRecord.findFirst({ ...query, where });
      },
    }),
  );
  builder.subscriptionField('recordChanged', (t) =>
    t.prismaField({
      type: RecordRef,
      description: 'The record as it is, at once and after every change of it.',
      args: { id: t.arg.id({ required: true }) },
      subscribe: (_root, { id: globalId }, context) =>
        followObject(context, {
          type: 'Record',
          watched: 'RECORD',
          globalId,
          read: (id, actor) =>
            context.services.database.prisma.policyRecord.findFirst({
              where: { AND: [{ id }, visibleRecords(context.services.policies, actor)] },
              select: { id: true },
            }),
        }),
      resolve: (query, parent, _args, { services }) =>
        services.database.prisma.policyRecord.findUniqueOrThrow({ ...query, where: { id: parent.id } }),
    }),
  );
}
