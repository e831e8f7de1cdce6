import { type PlanTemplate, templatesFor } from '../server/domain/plans/plan-templates.ts';
import { zoneOf } from '../server/engine/policy/line-zone.ts';
import { dateIn } from '../server/platform/values/days.ts';
import type { Builder } from './base/builder.ts';
import type { Enums } from './base/enums.ts';
import { localised } from './base/text.ts';

/** What a plan for a customer's tier usually holds. */
export function addPlanTemplates(builder: Builder, enums: Enums): void {
  const locale = builder.args((t) => ({ locale: t.field({ type: enums.Locale }) }));
  const Measure = builder.objectRef<PlanTemplate['measures'][number]>('PlanTemplateMeasure').implement({
    fields: (t) => ({
      way: t.expose('way', { type: enums.Channel }),
      measure: t.string({
        args: locale,
        resolve: ({ measure }, args, context) => localised(measure, args.locale, context),
      }),
      dueAt: t.expose('dueAt', { type: 'DateTime' }),
    }),
  });
  const Template = builder.objectRef<PlanTemplate>('PlanTemplate').implement({
    description: 'What a draft begins with, but for its budget and its people.',
    fields: (t) => ({
      id: t.exposeString('id', { deprecationReason: 'A word that other policies may have too: ask for code.' }),
      code: t.exposeString('id', { description: 'Its name within its policy.' }),
      label: t.string({ args: locale, resolve: ({ label }, args, context) => localised(label, args.locale, context) }),
      objective: t.string({
        args: locale,
        resolve: ({ objective }, args, context) => localised(objective, args.locale, context),
      }),
      startsOn: t.expose('startsOn', { type: 'Date' }),
      endsOn: t.expose('endsOn', { type: 'Date' }),
      measures: t.field({ type: [Measure], description: 'By due date.', resolve: ({ measures }) => [...measures] }),
    }),
  });
  builder.prismaObjectField('Customer', 'planTemplates', (t) =>
    t.field({
      type: [Template],
      description: "The policy's templates for the customer's tier, laid out from a day on, today unless said.",
      args: { startsOn: t.arg({ type: 'Date' }) },
      select: { policyId: true, schemeId: true, tierCode: true },
      resolve: ({ policyId, schemeId, tierCode }, { startsOn }, { services }) => {
        const policy = services.policies.get(policyId)?.declaration;
        if (!policy || schemeId === null || tierCode === null) return [];
        const today = dateIn(services.clock.now(), zoneOf(policy));
        return templatesFor(policy, { schemeId, tierCode }, startsOn ?? today);
      },
    }),
  );
}
