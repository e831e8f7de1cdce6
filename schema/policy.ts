import { configurePolicy } from '../server/domain/policies/configure.ts';
import { type Impact, policyImpact } from '../server/domain/policies/impact.ts';
import { type LevelTarget, levelTargets } from '../server/domain/policies/targets.ts';
import type { CalendarDeclaration, TicketTypeDeclaration } from '../server/engine/policy/contract.ts';
import type { InstalledPolicy } from '../server/engine/policy/policies.ts';
import { rulesText } from '../server/engine/policy/rules-text.ts';
import { asExecutionError, type Builder, callerOf, inputError, mutationErrors } from './base/builder.ts';
import type { Effort } from './base/effort.ts';
import type { Enums } from './base/enums.ts';
import { pageSize } from './base/page.ts';
import type { SchemeValue, TierValue, TypeRefs } from './base/refs.ts';
import type { Shared } from './base/shared.ts';
import { localised } from './base/text.ts';

/** What is installed: policies with their schemes, tiers, ticket types, calendars and parameters. */
export function addPolicies(builder: Builder, enums: Enums, shared: Shared, refs: TypeRefs): void {
  const locale = builder.args((t) => ({ locale: t.field({ type: enums.Locale }) }));

  refs.Benefit.implement({
    description: 'What a tier gives.',
    fields: (t) => ({
      code: t.exposeString('code'),
      label: t.string({ args: locale, resolve: ({ label }, args, context) => localised(label, args.locale, context) }),
      description: t.string({
        nullable: true,
        args: locale,
        resolve: ({ description }, args, context) =>
          description ? localised(description, args.locale, context) : null,
      }),
    }),
  });

  refs.Metric.implement({
    description: 'A figure that a core system delivers.',
    fields: (t) => ({
      key: t.exposeString('key'),
      label: t.string({ args: locale, resolve: ({ label }, args, context) => localised(label, args.locale, context) }),
      unit: t.exposeString('unit'),
      description: t.string({
        nullable: true,
        args: locale,
        resolve: ({ description }, args, context) =>
          description ? localised(description, args.locale, context) : null,
      }),
    }),
  });

  refs.Tier.implement({
    description: 'A tier of a scheme; a higher rank is the better tier.',
    fields: (t) => ({
      code: t.exposeString('code'),
      label: t.string({ args: locale, resolve: ({ label }, args, context) => localised(label, args.locale, context) }),
      rank: t.exposeInt('rank'),
      benefits: t.field({
        type: [refs.Benefit],
        resolve: ({ benefits = [], policyId }, _args, { services }) =>
          benefits.flatMap((code) => {
            const declared = services.policies.get(policyId)?.declaration.benefits?.[code];
            return declared ? [{ code, ...declared }] : [];
          }),
      }),
      contactEveryDays: t.int({ nullable: true, resolve: ({ contactEveryDays }) => contactEveryDays ?? null }),
    }),
  });

  const declared = (
    { policyId, id }: SchemeValue,
    policies: { get(policyId: string): InstalledPolicy | undefined },
  ) => {
    const scheme = policies.get(policyId)?.declaration.schemes?.[id];
    if (!scheme) throw inputError('schemeId', `${id} is not installed`);
    return scheme;
  };
  refs.Scheme.implement({
    description: 'A way of grading with its own tiers.',
    fields: (t) => ({
      id: t.exposeID('id'),
      label: t.string({
        args: locale,
        resolve: (scheme, args, context) =>
          localised(declared(scheme, context.services.policies).label, args.locale, context),
      }),
      customerKinds: t.field({
        type: [enums.CustomerKind],
        resolve: (scheme, _args, { services }) => [...declared(scheme, services.policies).customerKinds],
      }),
      tiers: t.field({
        type: [refs.Tier],
        description: 'The best tier first.',
        resolve: (scheme, _args, { services }) =>
          Object.entries(declared(scheme, services.policies).tiers)
            .map(([code, tier]): TierValue => ({ code, policyId: scheme.policyId, ...tier }))
            .sort((a, b) => b.rank - a.rank),
      }),
      metrics: t.field({
        type: [refs.Metric],
        description: 'The figures that an assessment shows.',
        resolve: (scheme, _args, { services }) => {
          const { metrics = {} } = services.policies.get(scheme.policyId)?.declaration ?? {};
          return (declared(scheme, services.policies).metrics ?? []).flatMap((key) =>
            metrics[key] ? [{ key, ...metrics[key] }] : [],
          );
        },
      }),
      rulesText: t.string({
        args: locale,
        description: 'The rules in words.',
        resolve: (scheme, args, context) => {
          const policy = context.services.policies.get(scheme.policyId);
          return policy ? localised(rulesText(policy, scheme.id), args.locale, context) : '';
        },
      }),
    }),
  });

  const LevelTargetType = builder.objectRef<LevelTarget>('LevelTarget').implement({
    fields: (t) => ({
      metric: t.expose('metric', { type: enums.ClockMetric }),
      label: t.string({ args: locale, resolve: ({ label }, args, context) => localised(label, args.locale, context) }),
      duration: t.expose('duration', {
        type: 'Duration',
        nullable: true,
        description: 'Null where the promise is the end of a day.',
      }),
      calendar: t.field({ type: shared.Calendar, resolve: ({ calendar }) => calendar }),
      warnAtPercent: t.field({ type: ['Float'], resolve: ({ warnAtPercent }) => [...warnAtPercent] }),
    }),
  });
  const TicketLevel = builder
    .objectRef<{ level: number; label: { en: string; zh: string }; targets: LevelTarget[] }>('TicketLevel')
    .implement({
      fields: (t) => ({
        level: t.exposeInt('level'),
        label: t.string({
          args: locale,
          resolve: ({ label }, args, context) => localised(label, args.locale, context),
        }),
        targets: t.field({ type: [LevelTargetType], resolve: ({ targets }) => targets }),
      }),
    });
  const TicketType = builder
    .objectRef<TicketTypeDeclaration & { code: string; policyId: string }>('TicketType')
    .implement({
      fields: (t) => ({
        code: t.exposeString('code'),
        label: t.string({
          args: locale,
          resolve: ({ label }, args, context) => localised(label, args.locale, context),
        }),
        levels: t.field({
          type: [TicketLevel],
          resolve: ({ policyId, code }, _args, { services }) => levelTargets(services, policyId, code),
        }),
      }),
    });

  const Parameter = builder
    .objectRef<{
      key: string;
      value: unknown;
      default: unknown;
      description: { en: string; zh: string };
      source: string;
      ours: boolean;
    }>('Parameter')
    .implement({
      fields: (t) => ({
        key: t.exposeString('key'),
        value: t.field({
          type: 'JSON',
          nullable: true,
          description: 'In force; null while blank.',
          resolve: ({ value }) => value ?? null,
        }),
        default: t.field({ type: 'JSON', nullable: true, resolve: (parameter) => parameter.default ?? null }),
        isDefaultOurs: t.boolean({
          description: 'The source documents leave it blank; the default is ours.',
          resolve: ({ ours }) => ours,
        }),
        source: t.exposeString('source', { description: 'The system that asks for it.' }),
        description: t.string({
          args: locale,
          resolve: ({ description }, args, context) => localised(description, args.locale, context),
        }),
      }),
    });

  refs.Policy.implement({
    description: 'A business line, or the standard policy that answers what the others leave.',
    fields: (t) => ({
      id: t.id({ resolve: ({ declaration }) => declaration.id }),
      version: t.exposeString('version', {
        description: 'id@version+hash of the parameters; every decision keeps the one that made it.',
      }),
      label: t.string({
        args: locale,
        resolve: ({ declaration }, args, context) => localised(declaration.label, args.locale, context),
      }),
      enabled: t.exposeBoolean('enabled'),
      isBusinessLine: t.boolean({ resolve: ({ declaration }) => declaration.businessLine ?? false }),
      tierSchemes: t.field({
        type: [refs.Scheme],
        resolve: ({ declaration }) =>
          Object.keys(declaration.schemes ?? {}).map((id) => ({ id, policyId: declaration.id })),
      }),
      ticketTypes: t.field({
        type: [TicketType],
        resolve: ({ declaration }) =>
          Object.entries(declaration.ticketTypes ?? {}).map(([code, type]) => ({
            code,
            policyId: declaration.id,
            ...type,
          })),
      }),
      calendars: t.field({
        type: [shared.Calendar],
        resolve: ({ declaration }) =>
          Object.entries(declaration.calendars ?? {}).map(
            ([id, { label, timeZone }]: [string, CalendarDeclaration]) => ({ id, label, timeZone }),
          ),
      }),
      parameters: t.field({
        type: [Parameter],
        resolve: ({ declaration, parameters }) =>
          Object.entries(declaration.parameters ?? {}).map(([key, parameter]) => ({
            key,
            value: parameters[key],
            default: parameter.default,
            description: parameter.description,
            source: parameter.source,
            ours: parameter.ours ?? false,
          })),
      }),
    }),
  });
  builder.queryField('policies', (t) =>
    t.field({
      type: [refs.Policy],
      description: 'All that are installed, the standard policy last.',
      resolve: (_root, _args, { services }) => [...services.policies.all()],
    }),
  );

  const ParameterInput = addParameterInput(builder);
  const ConfigurePolicyInput = builder.inputType('ConfigurePolicyInput', {
    fields: (t) => ({
      policyId: t.id({ required: true }),
      parameters: t.field({ type: [ParameterInput], required: true }),
      enabled: t.boolean(),
      reason: t.string({ required: true }),
      expectedVersion: t.string({ required: true }),
    }),
  });
  builder.mutationField('configurePolicy', (t) =>
    t.field({
      type: refs.Policy,
      errors: mutationErrors,
      args: { input: t.arg({ type: ConfigurePolicyInput, required: true }) },
      resolve: (_root, { input }, context) =>
        configurePolicy(context.services, callerOf(context), {
          ...input,
          parameters: input.parameters.map(({ key, value }) => ({ key, value: value ?? null })),
        }),
    }),
  );

  addImpact(builder, refs, ParameterInput);
}

/** A parameter and the value that it is to have. */
function addParameterInput(builder: Builder) {
  return builder.inputType('ParameterInput', {
    fields: (t) => ({ key: t.string({ required: true }), value: t.field({ type: 'JSON', required: true }) }),
  });
}

type ParameterInputRef = ReturnType<typeof addParameterInput>;

function addImpact(builder: Builder, refs: TypeRefs, ParameterInput: ParameterInputRef): void {
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
          return await policyImpact(context.services, callerOf(context), {
            policyId,
            schemeId: schemeId ?? null,
            parameters: parameters?.map(({ key, value }) => ({ key, value })),
            locale: context.locale,
          });
        } catch (error) {
          throw asExecutionError(error);
        }
      },
    }),
  );
}
