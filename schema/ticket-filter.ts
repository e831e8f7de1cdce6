import type { Prisma } from '../prisma/generated/client/client.ts';
import type { Builder } from './base/builder.ts';
import type { Enums } from './base/enums.ts';
import { idsOf } from './base/ids.ts';

/** What is asked of tickets. */
export function addTicketFilter(builder: Builder, enums: Enums) {
  return builder.inputType('TicketFilter', {
    fields: (t) => ({
      open: t.boolean({ description: 'From opening until closing.' }),
      policyId: t.id(),
      customerId: t.id(),
      statuses: t.field({ type: [enums.TicketStatus] }),
      types: t.stringList(),
      levels: t.intList(),
      slaStates: t.field({ type: [enums.SlaState] }),
      minTierRank: t.int(),
      assigneeIds: t.idList(),
      dueBefore: t.field({ type: 'DateTime' }),
    }),
  });
}

export type TicketFilterRef = ReturnType<typeof addTicketFilter>;

/** The tickets that pass the filter, whoever's they are. */
export function ticketWhere(filter: TicketFilterRef['$inferInput'] | null | undefined): Prisma.TicketWhereInput {
  if (!filter) return {};
  return {
    AND: [
      filter.open == null ? {} : { isOpen: filter.open },
      filter.policyId ? { policyId: filter.policyId } : {},
      filter.customerId ? { customerId: { in: idsOf('Customer', [filter.customerId]) } } : {},
      filter.statuses ? { status: { in: filter.statuses } } : {},
      filter.types ? { type: { in: filter.types } } : {},
      filter.levels ? { level: { in: filter.levels } } : {},
      // One state is an equality, so that the index that is ordered by it serves the page.
      filter.slaStates
        ? { slaState: filter.slaStates.length === 1 ? filter.slaStates[0] : { in: filter.slaStates } }
        : {},
      filter.minTierRank != null ? { tierRank: { gte: filter.minTierRank } } : {},
      filter.assigneeIds ? { assigneeId: { in: idsOf('Staff', filter.assigneeIds) } } : {},
      filter.dueBefore ? { nextDueAt: { lt: filter.dueBefore } } : {},
    ],
  };
}
