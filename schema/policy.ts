import { configurePolicy } from '../server/domain/policies/configure.ts';
import { type LevelTarget, levelTargets } from '../server/domain/policies/policy-targets.ts';
import type { TicketTypeDeclaration } from '../server/engine/policy/contract.ts';
import { type Builder, callerOf, mutationErrors } from './base/builder.ts';
import type { Enums } from './base/enums.ts';
import type { TypeRefs } from './base/refs.ts';
import type { Shared } from './base/shared.ts';
import { localised } from './base/text.ts';
import { addPolicyHealth } from './policy-health.ts';
import { addImpact, addParameterInput, type ParameterInputRef } from './policy-impact.ts';
import { addSchemes } from './policy-scheme.ts';

/** What may be opened in a line, with what is promised. */
function addTicketTypes(builder: Builder, enums: Enums, shared: Shared) {
  const locale = builder.args((t) => ({ locale: t.field({ type: enums.Locale }) }));

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
  return TicketType;
}

/** What an operator may set. */
function addParameters(builder: Builder, enums: Enums) {
  const locale = builder.args((t) => ({ locale: t.field({ type: enums.Locale }) }));

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
  return Parameter;
}

/** What an operator does with a policy. */
function addConfiguration(builder: Builder, refs: TypeRefs): ParameterInputRef {
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
  return ParameterInput;
}

/** What is installed: policies with their schemes, tiers, ticket types, calendars and parameters. */
export function addPolicies(builder: Builder, enums: Enums, shared: Shared, refs: TypeRefs): ParameterInputRef {
  const locale = builder.args((t) => ({ locale: t.field({ type: enums.Locale }) }));

  addSchemes(builder, enums, refs);
  const TicketType = addTicketTypes(builder, enums, shared);
  const Parameter = addParameters(builder, enums);
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
        description: 'Each in its newest version.',
        resolve: ({ declaration }, _args, { services }) =>
          Object.keys(declaration.calendars ?? {}).flatMap((code) =>
            services.calendars.versions(declaration.id, code).slice(-1),
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

  builder.queryField('policy', (t) =>
    t.field({
      type: refs.Policy,
      nullable: true,
      description: 'One of them, for what a screen of a line shows; null where it is not installed.',
      args: { id: t.arg.id({ required: true }) },
      resolve: (_root, { id }, { services }) => services.policies.get(id) ?? null,
    }),
  );

  addPolicyHealth(builder, refs);
  return addConfiguration(builder, refs);
}
