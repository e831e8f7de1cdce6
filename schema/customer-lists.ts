import { visible, visibleParts } from '../server/platform/access/scope.ts';
import { parseGlobalId } from '../server/platform/values/ids.ts';
import { actorOf, type Builder, callerOf } from './base/builder.ts';
import type { Enums } from './base/enums.ts';
import { idsOf } from './base/ids.ts';
import { listField } from './base/list.ts';
import type { TypeRefs } from './base/refs.ts';
import { addCustomerFilter } from './customer-filter.ts';
import { type TaskFilterRef, taskWhere } from './task-filter.ts';
import { type TicketFilterRef, ticketWhere } from './ticket-filter.ts';

const ORDERS = {
  NUMBER: { field: 'number', nullable: false },
  NAME: { field: 'name', nullable: false },
  TIER_RANK: { field: 'tierRank', nullable: true, alike: true },
  CREATED_AT: { field: 'createdAt', nullable: false },
  REVIEW_DUE_ON: { field: 'reviewDueOn', nullable: true, alike: true },
} as const;

/** What hangs on a customer, and customers as they are found. */
export function addCustomerLists(
  builder: Builder,
  enums: Enums,
  refs: TypeRefs,
  filters: { readonly task: TaskFilterRef; readonly ticket: TicketFilterRef },
): void {
  builder.prismaObjectFields('Customer', (t) => ({
    grades: t.relatedConnection(
      'grades',
      {
        description: 'History, newest first; nothing in it is rewritten.',
        cursor: 'id',
        totalCount: true,
        query: { where: { scheduled: false }, orderBy: [{ since: 'desc' }, { id: 'desc' }] },
      },
      refs.lists.Grade.connection,
      refs.lists.Grade.edge,
    ),
    assessments: t.relatedConnection(
      'assessments',
      { cursor: 'id', totalCount: true, query: { orderBy: [{ assessedAt: 'desc' }, { id: 'desc' }] } },
      refs.lists.Assessment.connection,
      refs.lists.Assessment.edge,
    ),
    plans: t.relatedConnection(
      'plans',
      { cursor: 'id', totalCount: true, query: { orderBy: [{ createdAt: 'desc' }, { id: 'desc' }] } },
      refs.lists.MaintenancePlan.connection,
      refs.lists.MaintenancePlan.edge,
    ),
    tasks: t.relatedConnection(
      'tasks',
      {
        cursor: 'id',
        totalCount: true,
        args: { filter: t.arg({ type: filters.task }) },
        query: ({ filter }, context) => ({
          where: taskWhere(filter, context),
          orderBy: [{ dueAt: 'asc' }, { id: 'asc' }],
        }),
      },
      refs.lists.Task.connection,
      refs.lists.Task.edge,
    ),
    interactions: t.relatedConnection(
      'interactions',
      { cursor: 'id', totalCount: true, query: { orderBy: [{ happenedAt: 'desc' }, { id: 'desc' }] } },
      refs.lists.Interaction.connection,
      refs.lists.Interaction.edge,
    ),
    tickets: t.relatedConnection(
      'tickets',
      {
        cursor: 'id',
        totalCount: true,
        args: { filter: t.arg({ type: filters.ticket }) },
        query: ({ filter }) => ({ where: ticketWhere(filter), orderBy: [{ openedAt: 'desc' }, { id: 'desc' }] }),
      },
      refs.lists.Ticket.connection,
      refs.lists.Ticket.edge,
    ),
  }));

  const { CustomerFilter, where } = addCustomerFilter(builder, enums);
  const CustomerOrderField = builder.enumType('CustomerOrderField', {
    values: Object.keys(ORDERS) as (keyof typeof ORDERS)[],
  });
  const CustomerOrder = builder.inputType('CustomerOrder', {
    fields: (t) => ({
      field: t.field({ type: CustomerOrderField, required: true }),
      direction: t.field({ type: enums.SortDirection, required: true, defaultValue: 'ASC' }),
    }),
  });

  builder.queryField('customers', (t) =>
    listField(t, refs, 'Customer', {
      args: { filter: t.arg({ type: CustomerFilter }), orderBy: t.arg({ type: CustomerOrder }) },
      rows: ({ filter }, context) => ({
        parts: visibleParts(actorOf(context), {
          policyId: filter?.policyId,
          branchIds: filter?.branchIds && idsOf('Branch', filter.branchIds),
        }),
        where: { AND: [{ erasedAt: null }, where(filter, context)] },
      }),
      order: ({ orderBy }) => ({ ...ORDERS[orderBy?.field ?? 'NUMBER'], direction: orderBy?.direction ?? 'ASC' }),
    }),
  );

  builder.queryField('customer', (t) =>
    t.prismaField({
      type: 'Customer',
      nullable: true,
      args: { id: t.arg.id({ required: true }) },
      resolve: async (query, _root, { id }, context) => {
        const parsed = parseGlobalId(id);
        if (parsed?.type !== 'Customer') return null;
        const customer = await context.services.database.prisma.customer.findFirst({
          ...query,
          where: { id: parsed.id, ...visible(actorOf(context)) },
        });
        if (!customer) context.services.refusedReads.note(callerOf(context), parsed.id);
        return customer;
      },
    }),
  );
}
