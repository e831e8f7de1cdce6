import { type Impact, policyImpact } from '../server/domain/policies/impact.ts';
import type { InstalledPolicy } from '../server/engine/policy/policies.ts';
import { asApplication } from '../server/platform/storage/viewers/viewer-rows.ts';
import { asExecutionError, type Builder, callerOf } from './base/builder.ts';
import type { Effort } from './base/effort.ts';
import { pageSize } from './base/page.ts';
import type { TierValue, TypeRefs } from './base/refs.ts';

/** A parameter and the value that it is to have. */
export function addParameterInput(builder: Builder) {
  return builder.inputType('ParameterInput', {
    fields: (t) => ({ key: t.string({ required: true }), value: t.field({ type: 'JSON', required: true }) }),
  });
}

export type ParameterInputRef = ReturnType<typeof addParameterInput>;

/** What would change if parameters were in force. */
export function addImpact(builder: Builder, refs: TypeRefs, ParameterInput: ParameterInputRef): void {
  const tierOf = (
    impact: { policyId: string; schemeId: string },
    code: string | null,
    policies: { get(id: string): InstalledPolicy | undefined },
  ): TierValue | null => {
    const tier =
      code === null ? undefined : policies.get(impact.policyId)?.declaration.schemes?.[impact.schemeId]?.tiers[code];
    return tier && code !== null ? { code, policyId: impact.policyId, ...tier } : null;
  };
  const Move = builder
    .objectRef<{ policyId: string; schemeId: string; from: string | null; to: string | null; count: number }>(
      'TierMove',
    )
    .implement({
      fields: (t) => ({
        from: t.field({
          type: refs.Tier,
          nullable: true,
          resolve: (move, _args, { services }) => tierOf(move, move.from, services.policies),
        }),
        to: t.field({
          type: refs.Tier,
          nullable: true,
          resolve: (move, _args, { services }) => tierOf(move, move.to, services.policies),
        }),
        count: t.exposeInt('count'),
      }),
    });
  const Grades = builder.objectRef<Impact['grades'] & { policyId: string }>('GradeImpact').implement({
    fields: (t) => ({
      assessed: t.exposeInt('assessed'),
      promoted: t.exposeInt('promoted'),
      demoted: t.exposeInt('demoted'),
      unchanged: t.exposeInt('unchanged'),
      undecided: t.exposeInt('undecided', { description: 'A figure is missing, or the policy could not decide.' }),
      moves: t.field({ type: [Move], resolve: ({ moves, policyId }) => moves.map((move) => ({ ...move, policyId })) }),
    }),
  });
  const Tickets = builder.objectRef<Impact['tickets']>('TicketImpact').implement({
    fields: (t) => ({
      open: t.exposeInt('open'),
      deadlinesMoved: t.exposeInt('deadlinesMoved'),
      breachesCreated: t.exposeInt('breachesCreated'),
      breachesAvoided: t.exposeInt('breachesAvoided'),
    }),
  });
  const Tasks = builder.objectRef<Impact['tasks']>('TaskImpact').implement({
    fields: (t) => ({
      contactsPerMonthBefore: t.exposeInt('contactsPerMonthBefore'),
      contactsPerMonthAfter: t.exposeInt('contactsPerMonthAfter'),
    }),
  });
  const Sample = builder.objectRef<Impact['changed'][number] & { policyId: string }>('ImpactSample').implement({
    fields: (t) => ({
      customer: t.prismaField({
        type: 'Customer',
        resolve: (query, { customerId }, _args, { services }) =>
          services.database.prisma.customer.findUniqueOrThrow({ ...query, where: { id: customerId } }),
      }),
      from: t.field({
        type: refs.Tier,
        nullable: true,
        resolve: (one, _args, { services }) => tierOf(one, one.from, services.policies),
      }),
      to: t.field({
        type: refs.Tier,
        nullable: true,
        resolve: (one, _args, { services }) => tierOf(one, one.to, services.policies),
      }),
      because: t.exposeString('because'),
    }),
  });
  const PolicyImpact = builder.objectRef<Impact>('PolicyImpact').implement({
    description: 'What would change. Applying the same parameters to the same data gives the same numbers.',
    fields: (t) => ({
      policyId: t.exposeID('policyId'),
      policyVersion: t.exposeString('policyVersion'),
      grades: t.field({ type: Grades, resolve: ({ grades, policyId }) => ({ ...grades, policyId }) }),
      tickets: t.field({ type: Tickets, resolve: ({ tickets }) => tickets }),
      tasks: t.field({ type: Tasks, resolve: ({ tasks }) => tasks }),
      sample: t.field({
        type: [Sample],
        description: 'Customers that would change tier; 1 to 100, 20 unless said.',
        args: { first: t.arg.int() },
        resolve: ({ changed, policyId }, { first }) =>
          changed.slice(0, pageSize({ first }).size).map((one) => ({ ...one, policyId })),
      }),
    }),
  });
  builder.queryField('policyImpact', (t) =>
    t.field({
      type: PolicyImpact,
      extensions: { cost: 2_000, timeMs: 60_000 } satisfies Effort,
      description: 'Dry run: what would change if these parameters were in force. Writes nothing.',
      args: {
        policyId: t.arg.id({ required: true }),
        schemeId: t.arg.id(),
        parameters: t.arg({ type: [ParameterInput] }),
      },
      resolve: async (_root, { policyId, schemeId, parameters }, context) => {
        try {
          const asked = {
            policyId,
            schemeId: schemeId ?? null,
            parameters: parameters?.map(({ key, value }) => ({ key, value })),
            locale: context.locale,
          };
          // It is judged over customers whom an administrator, who is told how many, does not see.
          return await asApplication(() => policyImpact(context.services, callerOf(context), asked));
        } catch (error) {
          throw asExecutionError(error);
        }
      },
    }),
  );
}
