import {
  type DecisionDifference,
  type Replay,
  type ReplayCount,
  replayDecisions,
} from '../server/domain/decisions/replay.ts';
import { DECISION_OUTCOMES } from '../server/engine/policy/decisions/asked.ts';
import { QUESTIONS } from '../server/engine/policy/facts.ts';
import { idOf, toGlobalId } from '../server/platform/values/ids.ts';
import { asExecutionError, type Builder, callerOf } from './base/builder.ts';
import type { Effort } from './base/effort.ts';
import type { Enums } from './base/enums.ts';
import type { TypeRefs } from './base/refs.ts';
import { localised } from './base/text.ts';
import type { addDecisions } from './decision.ts';
import type { ParameterInputRef } from './policy-impact.ts';

const questionOf = (name: string) => QUESTIONS.find((one) => one === name) ?? 'guard';
const outcomeNamed = (name: string) => DECISION_OUTCOMES.find((one) => one === name) ?? 'FAILED';

/** What was decided, asked once more. */
export function addReplay(
  builder: Builder,
  enums: Enums,
  { named }: TypeRefs,
  { Question, Outcome }: ReturnType<typeof addDecisions>,
  ParameterInput: ParameterInputRef,
) {
  const locale = builder.args((t) => ({ locale: t.field({ type: enums.Locale }) }));
  const Count = builder.objectRef<ReplayCount>('ReplayCount').implement({
    description: 'How often a question that ended so ends so now.',
    fields: (t) => ({
      question: t.field({ type: Question, resolve: ({ question }) => questionOf(question) }),
      before: t.field({ type: Outcome, resolve: ({ before }) => outcomeNamed(before) }),
      after: t.field({ type: Outcome, resolve: ({ after }) => outcomeNamed(after) }),
      count: t.exposeInt('count'),
      different: t.exposeInt('different', { description: 'Of those, in which something else is decided.' }),
    }),
  });
  const Difference = builder.objectRef<DecisionDifference>('DecisionDifference').implement({
    description: 'A decision, and what would be decided instead.',
    fields: (t) => ({
      decision: t.field({ type: named('PolicyDecision'), resolve: ({ decision }) => decision }),
      outcome: t.field({ type: Outcome, resolve: ({ after }) => after.outcome }),
      answer: t.field({ type: 'JSON', nullable: true, resolve: ({ after }) => after.answer }),
      because: t.string({
        nullable: true,
        args: locale,
        resolve: ({ after }, args, context) => (after.because ? localised(after.because, args.locale, context) : null),
      }),
      detail: t.string({ nullable: true, resolve: ({ after }) => after.detail }),
    }),
  });
  const DecisionReplay = builder.objectRef<Replay>('DecisionReplay').implement({
    fields: (t) => ({
      policyId: t.exposeID('policyId'),
      policyVersion: t.exposeString('policyVersion', { description: 'The one that was asked.' }),
      asked: t.exposeInt('asked'),
      different: t.exposeInt('different'),
      counts: t.expose('counts', { type: [Count] }),
      differences: t.expose('differences', { type: [Difference], description: 'The latest hundred of those asked.' }),
      next: t.id({
        nullable: true,
        description: 'Where others follow, what to give as `after`.',
        resolve: ({ next }) => next && toGlobalId('PolicyDecision', next),
      }),
    }),
  });
  builder.queryField('replayDecisions', (t) =>
    t.field({
      type: DecisionReplay,
      extensions: { cost: 2_000, timeMs: 60_000 } satisfies Effort,
      description:
        'Dry run: what was decided from one instant to another, asked once more under other parameters or those of a version that was in force. Writes nothing.',
      args: {
        policyId: t.arg.id({ required: true }),
        from: t.arg({ type: 'DateTime', required: true }),
        to: t.arg({ type: 'DateTime', required: true }),
        parameters: t.arg({ type: [ParameterInput] }),
        version: t.arg.string(),
        first: t.arg.int({
          description: 'Decisions that are asked again, the latest first: 1 to 10,000, 1,000 unless said.',
        }),
        after: t.arg.id(),
      },
      resolve: async (_root, { policyId, from, to, parameters, version, first, after }, context) => {
        try {
          return await replayDecisions(context.services, callerOf(context), {
            policyId,
            from,
            to,
            parameters: parameters?.map(({ key, value }) => ({ key, value })) ?? null,
            version: version ?? null,
            first: first ?? null,
            after: after ? idOf('PolicyDecision', after) : null,
          });
        } catch (error) {
          throw asExecutionError(error);
        }
      },
    }),
  );
  return { Difference };
}
