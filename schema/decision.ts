import { linesOverseen } from '../server/domain/decisions/overseen.ts';
import { DECISION_OUTCOMES } from '../server/engine/policy/decisions/asked.ts';
import { QUESTIONS } from '../server/engine/policy/facts.ts';
import { requirePermission } from '../server/platform/access/permissions.ts';
import { actorOf, asExecutionError, type Builder } from './base/builder.ts';
import type { Enums } from './base/enums.ts';
import { listField } from './base/list.ts';
import type { TypeRefs } from './base/refs.ts';
import { localised } from './base/text.ts';

/** What policies were asked and answered. */
export function addDecisions(builder: Builder, enums: Enums, refs: TypeRefs) {
  const locale = builder.args((t) => ({ locale: t.field({ type: enums.Locale }) }));
  const Question = builder.enumType('PolicyQuestion', {
    values: Object.fromEntries(QUESTIONS.map((question) => [question.toUpperCase(), { value: question }])),
  });
  const Outcome = builder.enumType('DecisionOutcome', {
    values: {
      ANSWERED: { description: 'The policy answered.' },
      LEFT: { description: 'It left the question to the standard policy.' },
      FALLBACK: { description: 'It is out of order, and the standard policy stood in.' },
      NOT_CONFIGURED: { description: 'The answer needs a parameter that nobody set.' },
      FAILED: { description: 'It broke, and there is no answer.' },
    },
  });
  builder.prismaNode('PolicyDecision', {
    id: { field: 'id' },
    description:
      'What a policy was asked and answered. What came of it names it; kept for a while, without anything by which a customer is known.',
    fields: (t) => ({
      at: t.expose('at', { type: 'DateTime' }),
      policyId: t.exposeID('policyId', { description: 'The policy that was asked.' }),
      policyVersion: t.exposeString('policyVersion'),
      pluginHash: t.exposeString('pluginHash', { nullable: true }),
      question: t.field({
        type: Question,
        select: { question: true },
        resolve: ({ question }) => QUESTIONS.find((one) => one === question) ?? 'guard',
      }),
      outcome: t.field({
        type: Outcome,
        select: { outcome: true },
        resolve: ({ outcome }) => DECISION_OUTCOMES.find((one) => one === outcome) ?? 'FAILED',
      }),
      decidedBy: t.exposeID('decidedBy', { nullable: true, description: 'The policy that answered.' }),
      decidedVersion: t.exposeString('decidedVersion', { nullable: true }),
      tookMs: t.float({ select: { took: true }, resolve: ({ took }) => took / 1_000 }),
      sampled: t.exposeBoolean('sampled', {
        description:
          'Nothing was written by it: a refusal, what could not be said, or one of many answers that were only read.',
      }),
      facts: t.expose('facts', { type: 'JSON' }),
      answer: t.expose('answer', {
        type: 'JSON',
        nullable: true,
        description: 'With its trace, where the rule explains itself: of a grade its indicators, gaps and reasons.',
      }),
      because: t.string({
        nullable: true,
        args: locale,
        select: { because: true },
        resolve: ({ because }, args, context) => (because ? localised(because, args.locale, context) : null),
      }),
      detail: t.exposeString('detail', { nullable: true, description: 'Why there is no answer, or not the policy’s.' }),
    }),
  });
  const DecisionFilter = builder.inputType('DecisionFilter', {
    fields: (t) => ({
      policyId: t.id({ required: true }),
      question: t.field({ type: Question }),
      outcome: t.field({ type: Outcome }),
      from: t.field({ type: 'DateTime' }),
      to: t.field({ type: 'DateTime' }),
    }),
  });
  builder.queryField('decisions', (t) =>
    listField(t, refs, 'PolicyDecision', {
      description: 'The newest first.',
      args: { filter: t.arg({ type: DecisionFilter, required: true }) },
      rows: ({ filter: { policyId, question, outcome, from, to } }, context) => {
        const actor = actorOf(context);
        try {
          requirePermission(actor, 'readDecisions', { policyId });
        } catch (error) {
          throw asExecutionError(error);
        }
        const policy = { policyId: { in: linesOverseen(actor).filter((id) => id === policyId) } };
        // An index has the decisions of each question and outcome in their order.
        const parts = (question ? [question] : QUESTIONS).flatMap((asked) =>
          (outcome ? [outcome] : DECISION_OUTCOMES).map((one) => ({ ...policy, question: asked, outcome: one })),
        );
        return {
          parts: question || outcome ? parts : [policy],
          where: { at: { ...(from && { gte: from }), ...(to && { lt: to }) } },
        };
      },
      order: () => ({ field: 'at', direction: 'DESC', nullable: false }),
    }),
  );
  return { Question, Outcome };
}
