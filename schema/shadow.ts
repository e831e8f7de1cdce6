import { queryFromInfo } from '@pothos/plugin-prisma';
import { linesOverseen } from '../server/domain/decisions/overseen.ts';
import { promoteShadow, startShadow, stopShadow } from '../server/domain/decisions/shadow.ts';
import { DECISION_OUTCOMES } from '../server/engine/policy/decisions/asked.ts';
import { QUESTIONS } from '../server/engine/policy/facts.ts';
import { requirePermission } from '../server/platform/access/permissions.ts';
import { idOf, toGlobalId } from '../server/platform/values/ids.ts';
import { actorOf, asExecutionError, type Builder, callerOf, mutationErrors } from './base/builder.ts';
import { command } from './base/command.ts';
import type { Enums } from './base/enums.ts';
import { followObject } from './base/follow.ts';
import { keysetPage } from './base/page.ts';
import type { TypeRefs } from './base/refs.ts';
import { localised } from './base/text.ts';
import type { addDecisions } from './decision.ts';
import type { ParameterInputRef } from './policy-impact.ts';

type DecisionEnums = ReturnType<typeof addDecisions>;

const questionNamed = (name: string) => QUESTIONS.find((one) => one === name) ?? 'guard';
const outcomeNamed = (name: string) => DECISION_OUTCOMES.find((one) => one === name) ?? 'FAILED';

/** Candidates that are asked the same as the policy in force. */
export function addShadows(
  builder: Builder,
  enums: Enums,
  refs: TypeRefs,
  decisions: DecisionEnums,
  ParameterInput: ParameterInputRef,
): void {
  addShadowTypes(builder, enums, refs, decisions);
  builder.queryField('policyShadows', (t) =>
    t.prismaField({
      type: ['PolicyShadow'],
      description: 'The candidates of a policy, the latest twenty first.',
      args: { policyId: t.arg.id({ required: true }) },
      resolve: (query, _root, { policyId }, context) => {
        try {
          requirePermission(actorOf(context), 'readDecisions', { policyId });
        } catch (error) {
          throw asExecutionError(error);
        }
        const { prisma } = context.services.database;
        return prisma.policyShadow.findMany({
          ...query,
          where: { policyId },
          orderBy: { startedAt: 'desc' },
          take: 20,
        });
      },
    }),
  );
  const StartShadowInput = builder.inputType('StartShadowInput', {
    fields: (t) => ({
      policyId: t.id({ required: true }),
      parameters: t.field({
        type: [ParameterInput],
        required: true,
        description: 'Those that differ from what is in force.',
      }),
      reason: t.string({ required: true }),
    }),
  });
  const PromoteShadowInput = builder.inputType('PromoteShadowInput', {
    fields: (t) => ({
      id: t.id({ required: true }),
      expectedVersion: t.string({ required: true, description: 'The version in force, as it was read.' }),
      reason: t.string({ required: true }),
    }),
  });
  builder.mutationFields((t) => ({
    startShadow: command(t, 'PolicyShadow', {
      description: 'Asks a candidate, from now on, what the policy in force is asked. Nothing comes of its answers.',
      args: { input: t.arg({ type: StartShadowInput, required: true }) },
      run: (services, caller, { input }) =>
        startShadow(services, caller, {
          ...input,
          parameters: input.parameters.map(({ key, value }) => ({ key, value: value ?? null })),
        }),
    }),
    stopShadow: command(t, 'PolicyShadow', {
      args: { id: t.arg.id({ required: true }) },
      run: (services, caller, { id }) => stopShadow(services, caller, idOf('PolicyShadow', id)),
    }),
    promoteShadow: t.field({
      type: refs.Policy,
      errors: mutationErrors,
      description: 'Puts its parameters in force, as configurePolicy does.',
      args: { input: t.arg({ type: PromoteShadowInput, required: true }) },
      resolve: (_root, { input }, context) =>
        promoteShadow(context.services, callerOf(context), { ...input, id: idOf('PolicyShadow', input.id) }),
    }),
  }));
  builder.subscriptionField('shadowDifferences', (t) =>
    t.prismaField({
      type: 'PolicyShadow',
      description: 'The shadow as it is, at once and after every difference, until it ends.',
      args: { id: t.arg.id({ required: true }) },
      subscribe: (_root, { id: globalId }, context) =>
        followObject(context, {
          type: 'PolicyShadow',
          watched: 'SHADOW',
          globalId,
          read: (id, actor) =>
            context.services.database.prisma.policyShadow.findFirst({
              where: { id, policyId: { in: linesOverseen(actor) } },
            }),
          isLast: ({ state }) => state !== 'RUNNING',
        }),
      resolve: (query, { id }, _args, { services }) =>
        services.database.prisma.policyShadow.findUniqueOrThrow({ ...query, where: { id } }),
    }),
  );
}

function addShadowTypes(builder: Builder, enums: Enums, refs: TypeRefs, { Question, Outcome }: DecisionEnums): void {
  const locale = builder.args((t) => ({ locale: t.field({ type: enums.Locale }) }));
  const State = builder.enumType('ShadowState', { values: ['RUNNING', 'STOPPED', 'PROMOTED'] as const });
  const Count = builder.objectRef<{ question: string; tier: string; asked: number; different: number }>('ShadowCount');
  Count.implement({
    fields: (t) => ({
      question: t.field({ type: Question, resolve: ({ question }) => questionNamed(question) }),
      tierCode: t.string({
        nullable: true,
        description: 'The tier that the customers held when it was asked.',
        resolve: ({ tier }) => tier || null,
      }),
      asked: t.exposeInt('asked'),
      different: t.exposeInt('different'),
    }),
  });
  builder.prismaNode('PolicyShadowDifference', {
    id: { field: 'id' },
    description: 'A decision that the candidate would take otherwise.',
    fields: (t) => ({
      at: t.expose('at', { type: 'DateTime' }),
      decisionId: t.field({
        type: 'ID',
        description: 'Of the `PolicyDecision`, which may be gone by now.',
        select: { decisionId: true },
        resolve: ({ decisionId }) => toGlobalId('PolicyDecision', decisionId),
      }),
      question: t.field({
        type: Question,
        select: { question: true },
        resolve: ({ question }) => questionNamed(question),
      }),
      tierCode: t.string({ nullable: true, select: { tier: true }, resolve: ({ tier }) => tier || null }),
      beforeOutcome: t.field({
        type: Outcome,
        select: { beforeOutcome: true },
        resolve: ({ beforeOutcome }) => outcomeNamed(beforeOutcome),
      }),
      beforeAnswer: t.expose('beforeAnswer', { type: 'JSON', nullable: true }),
      outcome: t.field({
        type: Outcome,
        select: { outcome: true },
        resolve: ({ outcome }) => outcomeNamed(outcome),
      }),
      answer: t.expose('answer', { type: 'JSON', nullable: true }),
      because: t.string({
        nullable: true,
        args: locale,
        select: { because: true },
        resolve: ({ because }, args, context) => (because ? localised(because, args.locale, context) : null),
      }),
      detail: t.exposeString('detail', { nullable: true }),
    }),
  });
  builder.prismaNode('PolicyShadow', {
    id: { field: 'id' },
    description: 'A candidate that is asked what the policy in force is asked.',
    select: { id: true },
    fields: (t) => ({
      policyId: t.exposeID('policyId'),
      policyVersion: t.exposeString('version'),
      candidateParameters: t.expose('parameters', {
        type: 'JSON',
        description: 'All of them, those that stay the same included.',
      }),
      state: t.field({
        type: State,
        select: { state: true },
        resolve: ({ state }) => (state === 'RUNNING' || state === 'PROMOTED' ? state : ('STOPPED' as const)),
      }),
      reason: t.exposeString('reason'),
      startedBy: t.relation('startedBy'),
      startedAt: t.expose('startedAt', { type: 'DateTime' }),
      endedAt: t.expose('endedAt', { type: 'DateTime', nullable: true }),
      asked: t.exposeInt('asked'),
      different: t.exposeInt('different'),
      dropped: t.exposeInt('dropped', { description: 'Not asked about, because it was too far behind.' }),
      counts: t.field({
        type: [Count],
        select: { counts: true },
        resolve: ({ counts }) => counts.toSorted((a, b) => b.different - a.different || b.asked - a.asked),
      }),
      differences: t.connection(
        {
          type: refs.named('PolicyShadowDifference'),
          description: 'The newest first; beyond ten thousand they are only counted.',
          resolve: ({ id }, args, context, info) =>
            keysetPage(context.services.database.prisma.policyShadowDifference, {
              found: { parts: [{ shadowId: id }], where: {} },
              order: { field: 'id', direction: 'DESC', nullable: false },
              page: args,
              selection: {
                ...queryFromInfo({
                  context,
                  info,
                  typeName: 'PolicyShadowDifference',
                  paths: [['nodes'], ['edges', 'node']],
                }),
              },
            }),
        },
        refs.lists.PolicyShadowDifference.connection,
        refs.lists.PolicyShadowDifference.edge,
      ),
    }),
  });
}
