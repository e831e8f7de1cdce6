import { type DataLeakReport, reportDataLeak } from '../server/domain/alerts/data-leak.ts';
import { type Builder, callerOf, mutationErrors } from './base/builder.ts';

/** What is done when data leaked. */
export function addDataLeaks(builder: Builder): void {
  const Report = builder.objectRef<DataLeakReport>('DataLeakReport').implement({
    description: 'A data leak was recorded; who has to know was told.',
    fields: (t) => ({
      subjectId: t.exposeID('id', { description: 'By which the audit trail names it.' }),
      id: t.exposeID('id', { deprecationReason: 'It is the id of another object: ask for subjectId.' }),
      reportedAt: t.expose('reportedAt', { type: 'DateTime' }),
      investigationDueAt: t.expose('investigationDueAt', { type: 'DateTime' }),
    }),
  });
  const ReportDataLeakInput = builder.inputType('ReportDataLeakInput', {
    fields: (t) => ({
      policyId: t.id({ required: true }),
      summary: t.string({ required: true, description: 'Goes to the audit trail alone.' }),
    }),
  });
  builder.mutationField('reportDataLeak', (t) =>
    t.field({
      type: Report,
      errors: mutationErrors,
      description:
        "Tells the line's directors, auditors and administrators at once, and opens an internal investigation.",
      args: { input: t.arg({ type: ReportDataLeakInput, required: true }), idempotencyKey: t.arg.string() },
      resolve: (_root, { input, idempotencyKey }, context) =>
        reportDataLeak(context.services, callerOf(context), input, idempotencyKey),
    }),
  );
}
