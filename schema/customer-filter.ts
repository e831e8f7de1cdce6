import { GraphQLError } from 'graphql';
import type { Prisma } from '../prisma/generated/client/client.ts';
import { identifiedBy, searchedFor } from '../server/domain/customers/customer-search.ts';
import type { RequestContext } from '../server/engine/services/services.ts';
import { Quota } from '../server/platform/access/rate-quota.ts';
import { actorOf, type Builder } from './base/builder.ts';
import type { Enums } from './base/enums.ts';
import { idsOf } from './base/ids.ts';

/** Whoever may ask for more identifiers could find out by trying which numbers have a file. */
const SEARCHES_PER_MINUTE = 30;

/** Files that were not cleared from the archive. */
const ACTIVE = { archivedAt: null } as const;

/** What is asked of customers; lines and branches are asked for by the parts that the list reads. */
export function addCustomerFilter(builder: Builder, enums: Enums) {
  const CustomerFilter = builder.inputType('CustomerFilter', {
    fields: (t) => ({
      policyId: t.id(),
      schemeId: t.id(),
      tierCodes: t.stringList(),
      minTierRank: t.int(),
      kinds: t.field({ type: [enums.CustomerKind] }),
      stages: t.field({ type: [enums.CustomerStage] }),
      slaStates: t.field({ type: [enums.SlaState] }),
      branchIds: t.idList(),
      managerIds: t.idList(),
      archived: t.boolean({
        description: 'Those too who departed and were cleared; they are found by search and by stage LAPSED anyhow.',
      }),
      search: t.string({
        description:
          'The number as it begins, or words of the name as they begin; Chinese by any part of the name. Case and width do not matter.',
      }),
      identifier: t.string({
        description: 'A telephone number, e-mail address or ID number, whole, however it is written.',
      }),
      reviewDueBefore: t.field({ type: 'Date' }),
      untouchedSince: t.field({
        type: 'DateTime',
        description: 'The file was not changed after it: stale ones are found by it.',
      }),
    }),
  });

  const searches = new Quota(SEARCHES_PER_MINUTE, 60_000);
  const where = (
    filter: (typeof CustomerFilter)['$inferInput'] | null | undefined,
    context: RequestContext,
  ): Prisma.CustomerWhereInput => {
    if (!filter) return ACTIVE;
    const { search, identifier } = filter;
    if (identifier != null && !searches.take(actorOf(context).id)) {
      throw new GraphQLError(`You searched for ${SEARCHES_PER_MINUTE} identifiers within the last minute.`, {
        extensions: { code: 'SEARCH_QUOTA' },
      });
    }
    const bySlaState = filter.slaStates?.map((state): Prisma.CustomerWhereInput => {
      const worse = {
        NONE: ['ON_TRACK', 'AT_RISK', 'BREACHED'],
        ON_TRACK: ['AT_RISK', 'BREACHED'],
        AT_RISK: ['BREACHED'],
        BREACHED: [],
      } as const;
      const open = (slaState: Prisma.TicketWhereInput['slaState']) => ({
        isOpen: true,
        slaState,
      });
      const none = { tickets: { none: open({ in: [...worse[state]] }) } };
      return state === 'NONE' ? none : { AND: [{ tickets: { some: open(state) } }, none] };
    });
    return {
      AND: [
        filter.schemeId ? { schemeId: filter.schemeId } : {},
        filter.tierCodes ? { tierCode: { in: filter.tierCodes } } : {},
        filter.minTierRank != null ? { tierRank: { gte: filter.minTierRank } } : {},
        filter.kinds ? { kind: { in: filter.kinds } } : {},
        filter.stages ? { stage: { in: filter.stages } } : {},
        filter.archived || filter.stages?.includes('LAPSED') || search || identifier ? {} : ACTIVE,
        bySlaState ? { OR: bySlaState } : {},
        filter.managerIds ? { managerId: { in: idsOf('Staff', filter.managerIds) } } : {},
        search ? searchedFor(search) : {},
        identifier == null ? {} : identifiedBy(context.services.sealer, identifier),
        filter.reviewDueBefore ? { reviewDueOn: { lt: filter.reviewDueBefore } } : {},
        filter.untouchedSince ? { updatedAt: { lte: filter.untouchedSince } } : {},
      ],
    };
  };
  return { CustomerFilter, where };
}
