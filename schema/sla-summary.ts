import {
  type Attainment,
  attainmentOf,
  type Narrowing,
  type Summary,
  slaSummary,
} from '../server/domain/tickets/summary.ts';
import { formatDuration } from '../server/engine/sla/duration.ts';
import { visibleSql } from '../server/platform/access/scope.ts';
import { actorOf, type Builder } from './base/builder.ts';
import type { Effort } from './base/effort.ts';
import type { Enums } from './base/enums.ts';
import { idsOf } from './base/ids.ts';
import type { TypeRefs } from './base/refs.ts';

/** How the promises of tickets stand, in numbers. */
export function addSlaSummary(builder: Builder, enums: Enums, refs: TypeRefs): void {
  const ByTier = builder.objectRef<Summary['byTier'][number]>('SlaByTier').implement({
    fields: (t) => ({
      tier: t.field({
        type: refs.Tier,
        nullable: true,
        description: 'Null for tickets of customers without a grade.',
        resolve: ({ policyId, tierCode, tierRank }, _args, { services }) => {
          if (tierCode === null) return null;
          const schemes = Object.values(services.policies.get(policyId)?.declaration.schemes ?? {});
          const tier = schemes.map(({ tiers }) => tiers[tierCode]).find((one) => one?.rank === tierRank);
          return tier ? { code: tierCode, policyId, ...tier } : null;
        },
      }),
      onTrack: t.exposeInt('onTrack'),
      atRisk: t.exposeInt('atRisk'),
      breached: t.exposeInt('breached'),
    }),
  });
  const AttainmentType = builder.objectRef<Attainment>('Attainment').implement({
    description: 'Clocks that ended or broke in the period.',
    fields: (t) => ({
      metric: t.expose('metric', { type: enums.ClockMetric }),
      fulfilled: t.exposeInt('fulfilled', { description: 'In time.' }),
      breached: t.exposeInt('breached'),
      percent: t.expose('percent', { type: 'Decimal', nullable: true }),
      meanElapsed: t.field({
        type: 'Duration',
        nullable: true,
        resolve: ({ meanElapsedMs }) => (meanElapsedMs === null ? null : formatDuration(meanElapsedMs)),
      }),
      maxElapsed: t.field({
        type: 'Duration',
        nullable: true,
        resolve: ({ maxElapsedMs }) => (maxElapsedMs === null ? null : formatDuration(maxElapsedMs)),
      }),
    }),
  });
  const SlaSummary = builder.objectRef<Summary & { readonly asked: Narrowing }>('SlaSummary').implement({
    fields: (t) => ({
      openTickets: t.exposeInt('openTickets'),
      onTrack: t.exposeInt('onTrack'),
      atRisk: t.exposeInt('atRisk'),
      breached: t.exposeInt('breached'),
      paused: t.exposeInt('paused'),
      byTier: t.field({ type: [ByTier], resolve: ({ byTier }) => byTier }),
      attainment: t.field({
        type: [AttainmentType],
        resolve: ({ asked }, _args, context) =>
          attainmentOf(context.services, visibleSql(actorOf(context), 't'), asked),
      }),
    }),
  });
  const SlaSummaryFilter = builder.inputType('SlaSummaryFilter', {
    fields: (t) => ({
      policyId: t.id(),
      branchIds: t.idList(),
      from: t.field({ type: 'DateTime' }),
      to: t.field({ type: 'DateTime' }),
    }),
  });
  builder.queryField('slaSummary', (t) =>
    t.field({
      type: SlaSummary,
      extensions: { cost: 200 } satisfies Effort,
      description: 'Open tickets by state now; attainment of the clocks that fell due between `from` and `to`.',
      args: { filter: t.arg({ type: SlaSummaryFilter }) },
      resolve: async (_root, { filter }, context) => {
        const asked: Narrowing = {
          policyId: filter?.policyId ?? null,
          branchIds: filter?.branchIds ? idsOf('Branch', filter.branchIds) : null,
          from: filter?.from ?? null,
          to: filter?.to ?? null,
        };
        return { ...(await slaSummary(context.services, visibleSql(actorOf(context), 't'), asked)), asked };
      },
    }),
  );
}
