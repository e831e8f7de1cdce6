import { type Rejection, recordMetrics } from '../server/domain/customers/record-figures.ts';
import { followFigures } from '../server/domain/records/watched-figures.ts';
import { inLanguage } from '../server/platform/values/in-language.ts';
import { type Builder, callerOf, mutationErrors } from './base/builder.ts';
import type { TypeRefs } from './base/refs.ts';

/** The figures of customers, and their intake. */
export function addMetrics(builder: Builder, refs: TypeRefs): void {
  builder.prismaObject('CurrentFigure', {
    name: 'CustomerMetric',
    description: 'The figure in force of a metric.',
    include: { customer: { select: { policyId: true } } },
    fields: (t) => ({
      metric: t.field({
        type: refs.Metric,
        resolve: ({ key, customer }, _args, { services }) => ({
          key,
          ...(services.policies.get(customer.policyId)?.declaration.metrics?.[key] ?? {
            label: { en: key, zh: key },
            unit: '',
          }),
        }),
      }),
      value: t.expose('value', { type: 'Decimal' }),
      asOf: t.expose('asOf', { type: 'Date' }),
      source: t.exposeString('source'),
      recordedAt: t.expose('recordedAt', { type: 'DateTime' }),
    }),
  });

  const MetricInput = builder.inputType('MetricInput', {
    fields: (t) => ({
      customerNumber: t.string({ required: true }),
      key: t.string({ required: true }),
      value: t.field({ type: 'Decimal', required: true }),
      asOf: t.field({ type: 'Date', required: true }),
    }),
  });
  const RecordMetricsInput = builder.inputType('RecordMetricsInput', {
    fields: (t) => ({
      policyId: t.id({ required: true }),
      source: t.string({ required: true }),
      metrics: t.field({
        type: [MetricInput],
        required: true,
        description: 'At most 500; files go through `tierline import metrics`.',
      }),
    }),
  });

  const RejectedMetric = builder.objectRef<Rejection>('RejectedMetric').implement({
    fields: (t) => ({
      index: t.exposeInt('index'),
      code: t.exposeString('code'),
      message: t.string({ resolve: ({ message }, _args, { locale }) => inLanguage(message, locale) }),
    }),
  });
  const RecordMetricsResult = builder
    .objectRef<{ accepted: number; rejected: Rejection[] }>('RecordMetricsResult')
    .implement({
      fields: (t) => ({
        accepted: t.exposeInt('accepted'),
        rejected: t.field({ type: [RejectedMetric], resolve: ({ rejected }) => rejected }),
      }),
    });
  builder.mutationField('recordMetrics', (t) =>
    t.field({
      type: RecordMetricsResult,
      errors: mutationErrors,
      description: 'Intake of figures from the core systems.',
      args: { input: t.arg({ type: RecordMetricsInput, required: true }), idempotencyKey: t.arg.string() },
      resolve: (_root, { input, idempotencyKey }, context) =>
        recordMetrics(context.services, callerOf(context), input, idempotencyKey, followFigures),
    }),
  );
}
