import { toGlobalId } from '../server/platform/values/ids.ts';
import { tierOf } from './assessment.ts';
import type { Builder } from './base/builder.ts';
import type { Enums } from './base/enums.ts';
import type { TypeRefs } from './base/refs.ts';

/** Grades: tiers that are held. */
export function addGrades(builder: Builder, enums: Enums, refs: TypeRefs): void {
  builder.prismaNode('Grade', {
    id: { field: 'id' },
    description: 'A tier held for a time.',
    select: { id: true },
    fields: (t) => ({
      scheme: t.field({
        type: refs.Scheme,
        select: { schemeId: true, policyId: true },
        resolve: ({ schemeId, policyId }) => ({ id: schemeId, policyId }),
      }),
      tier: t.field({
        type: refs.Tier,
        select: { schemeId: true, policyId: true, tierCode: true, tierRank: true },
        resolve: ({ policyId, schemeId, tierCode, tierRank }, _args, { services }) =>
          tierOf(services.policies, policyId, schemeId, tierCode, tierRank),
      }),
      since: t.expose('since', { type: 'DateTime' }),
      until: t.expose('until', { type: 'Date', nullable: true }),
      reviewDueOn: t.expose('reviewDueOn', { type: 'Date', nullable: true }),
      reason: t.expose('reason', { type: enums.GradeReason }),
      state: t.expose('state', { type: enums.GradeState }),
      endedAt: t.expose('endedAt', { type: 'DateTime', nullable: true }),
      endedBecause: t.expose('endedBecause', {
        type: enums.GradeReason,
        nullable: true,
        description: 'Why it ended; `reason` stays that for which it was given.',
      }),
      policyVersion: t.exposeString('policyVersion'),
      decisionId: t.field({
        type: 'ID',
        nullable: true,
        description: 'Of the `PolicyDecision` that gave it; null of one that no assessment gave.',
        select: { assessment: { select: { decisionId: true } } },
        resolve: ({ assessment }) =>
          assessment?.decisionId ? toGlobalId('PolicyDecision', assessment.decisionId) : null,
      }),
    }),
  });
}
