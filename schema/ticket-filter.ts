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
      search: t.string({
        description: 'The number (T-12 or 12), that of the system it came from, or part of the subject.',
      }),
      branchIds: t.idList(),
      ownerIds: t.idList(),
      unassigned: t.boolean({ description: 'Whether nobody works on it.' }),
      channels: t.field({ type: [enums.Channel] }),
      openedFrom: t.field({ type: 'DateTime' }),
      openedBefore: t.field({ type: 'DateTime' }),
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
      filter.search?.trim() ? searchedFor(filter.search.trim()) : {},
      filter.branchIds ? { branchId: { in: idsOf('Branch', filter.branchIds) } } : {},
      filter.ownerIds ? { ownerId: { in: idsOf('Staff', filter.ownerIds) } } : {},
      filter.unassigned == null ? {} : { assigneeId: filter.unassigned ? null : { not: null } },
      filter.channels ? { channel: { in: filter.channels } } : {},
      filter.openedFrom ? { openedAt: { gte: filter.openedFrom } } : {},
      filter.openedBefore ? { openedAt: { lt: filter.openedBefore } } : {},
    ],
  };
}

/** The most that `serial` holds. */
const MAX_SERIAL = 2_147_483_647;

/** By its number, in either case and width, or by what it says. */
function searchedFor(search: string): Prisma.TicketWhereInput {
  const serial = Number(/^(?:t-?)?(\d{1,10})$/i.exec(search.normalize('NFKC'))?.[1] ?? Number.NaN);
  return {
    OR: [
      ...(serial <= MAX_SERIAL ? [{ serial }] : []),
      { externalNumber: { equals: search, mode: 'insensitive' } },
      { subject: { contains: search, mode: 'insensitive' } },
    ],
  };
}
