import { type ReportContent, reportCsv } from '../server/domain/reports/content.ts';
import {
  type StaffTargetStanding,
  setStaffTarget,
  staffTargets,
} from '../server/domain/reports/scorecards/staff-targets.ts';
import { draftReport, fileReport, type ReportStanding, reportStandings } from '../server/domain/reports/service.ts';
import { closeImprovementMeasure } from '../server/domain/surveys/service.ts';
import { type SatisfactionFigures, satisfaction, type TopicFigures } from '../server/domain/surveys/survey-figures.ts';
import { idOf, referenceOf } from '../server/platform/values/ids.ts';
import { asExecutionError, type Builder, callerOf, mutationErrors, seenBy } from './base/builder.ts';
import { command } from './base/command.ts';
import type { Enums } from './base/enums.ts';
import type { Shared } from './base/shared.ts';
import { localised } from './base/text.ts';

/** A query's answer, or its domain error as an execution error. */
async function answered<A>(answer: Promise<A>): Promise<A> {
  try {
    return await answer;
  } catch (error) {
    throw asExecutionError(error);
  }
}

/** Reports of each month, what people are to reach in a year, and satisfaction by topic. */
export function addReports(builder: Builder, enums: Enums, shared: Shared): void {
  const locale = builder.args((t) => ({ locale: t.field({ type: enums.Locale }) }));
  const Figure = builder.objectRef<{ key: string; value: string }>('ReportFigure').implement({
    fields: (t) => ({ key: t.exposeString('key'), value: t.expose('value', { type: 'Decimal' }) }),
  });
  const Issues = builder.objectRef<ReportContent['issues'][number]>('ReportIssues').implement({
    description: 'Tickets of a type that were opened in the month.',
    fields: (t) => ({
      type: t.exposeString('type'),
      opened: t.exposeInt('opened'),
      resolved: t.exposeInt('resolved'),
      open: t.exposeInt('open'),
    }),
  });
  const Content = builder.objectRef<ReportContent>('ReportContent').implement({
    description: "A report's modules: satisfaction and other figures, and a summary of the issues.",
    fields: (t) => ({
      month: t.exposeString('month', { description: 'YYYY-MM.' }),
      figures: t.field({
        type: [Figure],
        resolve: ({ figures }) => Object.entries(figures).map(([key, value]) => ({ key, value })),
      }),
      issues: t.field({ type: [Issues], resolve: ({ issues }) => [...issues] }),
      csv: t.string({
        description: 'The same as a table for a spreadsheet; a cell that would be a formula is a text.',
        resolve: (content) => reportCsv(content, null),
      }),
    }),
  });
  const contentOf = ({ content }: { content: unknown }) => content as ReportContent;
  builder.prismaNode('PeriodReport', {
    id: { field: 'id' },
    ...seenBy,
    description: 'A report of a month, as it was filed.',
    fields: (t) => ({
      kind: t.exposeString('kind'),
      month: t.expose('month', { type: 'Date', description: "The month's first day." }),
      summary: t.exposeString('summary'),
      content: t.field({ type: Content, select: { content: true }, resolve: contentOf }),
      csv: t.string({
        select: { content: true, summary: true },
        resolve: (report) => reportCsv(contentOf(report), report.summary),
      }),
      dueAt: t.expose('dueAt', { type: 'DateTime', nullable: true }),
      late: t.exposeBoolean('late', { description: 'It was filed after it was due.' }),
      filedBy: t.relation('filedBy'),
      filedAt: t.expose('filedAt', { type: 'DateTime' }),
    }),
  });

  const Status = builder.enumType('ReportStatus', {
    description: 'DUE until it is late, then MISSING; FILED in time or LATE once it is there.',
    values: ['DUE', 'MISSING', 'FILED', 'LATE'] as const,
  });
  const Standing = builder.objectRef<ReportStanding>('ReportStanding').implement({
    description: 'A report that is owed, and how it stands.',
    fields: (t) => ({
      kind: t.exposeString('kind'),
      label: t.string({
        args: locale,
        resolve: ({ declaration }, args, context) => localised(declaration.label, args.locale, context),
      }),
      month: t.expose('month', { type: 'Date' }),
      branch: t.prismaField({
        type: 'Branch',
        resolve: (query, { branchId }, _args, { services }) =>
          services.database.prisma.branch.findUniqueOrThrow({ ...query, where: { id: branchId } }),
      }),
      dueAt: t.expose('dueAt', { type: 'DateTime', nullable: true }),
      status: t.expose('status', { type: Status }),
      report: t.prismaField({
        type: 'PeriodReport',
        nullable: true,
        resolve: (query, { reportId }, _args, { services }) =>
          reportId ? services.database.prisma.periodReport.findUnique({ ...query, where: { id: reportId } }) : null,
      }),
    }),
  });
  builder.queryFields((t) => ({
    reports: t.field({
      type: [Standing],
      description: "The reports of a period's months that are over, at most 24 months, of the places that you see.",
      args: { policyId: t.arg.id({ required: true }), period: t.arg({ type: shared.PeriodInput, required: true }) },
      resolve: (_root, { policyId, period }, context) =>
        answered(reportStandings(context.services, callerOf(context), String(policyId), period)),
    }),
    reportDraft: t.field({
      type: Content,
      description: "What a month's report of your place would say now.",
      args: {
        policyId: t.arg.id({ required: true }),
        kind: t.arg.string({ required: true }),
        month: t.arg({ type: 'Date', required: true }),
      },
      resolve: (_root, { policyId, kind, month }, context) =>
        answered(draftReport(context.services, callerOf(context), { policyId: String(policyId), kind, month })),
    }),
  }));
  addTargets(builder);
  addSatisfaction(builder, enums, shared);
  addReportWork(builder);
}

/** What is done about the month. */
function addReportWork(builder: Builder): void {
  const FileReportInput = builder.inputType('FileReportInput', {
    fields: (t) => ({
      policyId: t.id({ required: true }),
      kind: t.string({ required: true, description: 'One of the reports that the policy declares.' }),
      month: t.field({ type: 'Date', required: true, description: 'Any day of the month.' }),
      summary: t.string({ required: true }),
    }),
  });
  const CloseImprovementInput = builder.inputType('CloseImprovementInput', {
    fields: (t) => ({
      id: t.id({ required: true }),
      effect: t.string({ required: true }),
      givenUp: t.boolean({ description: 'It was not carried out.' }),
    }),
  });
  builder.mutationFields((t) => ({
    fileReport: command(t, 'PeriodReport', {
      description: "Files a month's report of your place.",
      args: { input: t.arg({ type: FileReportInput, required: true }) },
      run: (services, caller, { input }) => {
        const report = { ...input, policyId: String(input.policyId) };
        return fileReport(services, caller, report);
      },
    }),
    closeImprovementMeasure: command(t, 'ImprovementMeasure', {
      description: 'Closes a measure with the effect that it had.',
      args: { input: t.arg({ type: CloseImprovementInput, required: true }) },
      run: (services, caller, { input }) => {
        const measure = { ...input, id: idOf('ImprovementMeasure', String(input.id)) };
        return closeImprovementMeasure(services, caller, measure);
      },
    }),
  }));
}

function addTargets(builder: Builder): void {
  const Target = builder.objectRef<StaffTargetStanding>('StaffTarget').implement({
    description: 'What a person is to reach in a year, and what was reached so far.',
    fields: (t) => ({
      staff: t.prismaField({
        type: 'Staff',
        resolve: (query, { staffId }, _args, { services }) =>
          services.database.prisma.staff.findUniqueOrThrow({ ...query, where: { id: staffId } }),
      }),
      key: t.exposeString('key', {
        description:
          'HANDLED, RESOLVED, RESOLUTION_RATE, VISITED_CUSTOMERS, or a figure that records of the line declare.',
      }),
      year: t.exposeInt('year'),
      target: t.expose('target', { type: 'Decimal' }),
      actual: t.expose('actual', { type: 'Decimal', nullable: true }),
      met: t.exposeBoolean('met', { nullable: true }),
    }),
  });
  builder.queryField('staffTargets', (t) =>
    t.field({
      type: [Target],
      description: 'At most 500.',
      args: { policyId: t.arg.id({ required: true }), year: t.arg.int({ required: true }) },
      resolve: (_root, { policyId, year }, context) =>
        answered(staffTargets(context.services, callerOf(context), String(policyId), year)),
    }),
  );
  const StaffTargetInput = builder.inputType('StaffTargetInput', {
    fields: (t) => ({
      policyId: t.id({ required: true }),
      staffId: t.id({ required: true }),
      key: t.string({
        required: true,
        description:
          'HANDLED, RESOLVED, RESOLUTION_RATE, VISITED_CUSTOMERS, or a figure that records of the line declare.',
      }),
      year: t.int({ description: 'Needed: targets are per year.' }),
      value: t.field({ type: 'Decimal', required: true }),
    }),
  });
  const Targets = builder.objectRef<{ standings: StaffTargetStanding[] }>('StaffTargets').implement({
    fields: (t) => ({ targets: t.field({ type: [Target], resolve: ({ standings }) => standings }) }),
  });
  builder.mutationField('setStaffTarget', (t) =>
    t.field({
      type: Targets,
      errors: mutationErrors,
      description: "Sets what a person is to reach in a year. Answers with the person's targets of the year.",
      args: { input: t.arg({ type: StaffTargetInput, required: true }) },
      resolve: async (_root, { input }, context) => {
        const staffId = referenceOf('Staff', String(input.staffId), 'input.staffId');
        const policyId = String(input.policyId);
        await setStaffTarget(context.services, callerOf(context), { ...input, policyId, staffId });
        const all = await staffTargets(context.services, callerOf(context), policyId, input.year ?? 0);
        return { standings: all.filter((one) => one.staffId === staffId) };
      },
    }),
  );
}

function addSatisfaction(builder: Builder, enums: Enums, shared: Shared): void {
  const Topic = builder.objectRef<TopicFigures>('TopicSatisfaction').implement({
    fields: (t) => ({
      topic: t.exposeString('topic'),
      label: t.string({
        args: { locale: t.arg({ type: enums.Locale }) },
        resolve: ({ label }, args, context) => localised(label, args.locale, context),
      }),
      responses: t.exposeInt('responses'),
      rate: t.expose('rate', {
        type: 'Decimal',
        nullable: true,
        description: 'Per cent of the answers that are 4 or 5 of 5; null without any.',
      }),
    }),
  });
  const Lowest = builder.objectRef<SatisfactionFigures['lowest'][number]>('CustomerSatisfaction').implement({
    fields: (t) => ({
      customer: t.prismaField({
        type: 'Customer',
        resolve: (query, { customerId }, _args, { services }) =>
          services.database.prisma.customer.findUniqueOrThrow({ ...query, where: { id: customerId } }),
      }),
      average: t.expose('average', { type: 'Decimal', description: 'Of 5.' }),
      responses: t.exposeInt('responses'),
    }),
  });
  const Satisfaction = builder.objectRef<SatisfactionFigures>('Satisfaction').implement({
    description: 'What customers answered in a period.',
    fields: (t) => ({
      responses: t.exposeInt('responses'),
      rate: t.expose('rate', { type: 'Decimal', nullable: true }),
      topics: t.field({ type: [Topic], resolve: ({ topics }) => [...topics] }),
      isComplete: t.exposeBoolean('isComplete', {
        nullable: true,
        description: "Whether the policy's set of topics is covered; null where it declares none.",
      }),
      missingTopics: t.exposeStringList('missingTopics', { description: 'Topics about which nobody was asked.' }),
      lowest: t.field({
        type: [Lowest],
        description: 'Customers who are least satisfied on average, at most 100.',
        resolve: ({ lowest }) => [...lowest],
      }),
    }),
  });
  builder.queryField('satisfaction', (t) =>
    t.field({
      type: Satisfaction,
      args: { policyId: t.arg.id({ required: true }), period: t.arg({ type: shared.PeriodInput, required: true }) },
      resolve: (_root, { policyId, period }, context) =>
        answered(satisfaction(context.services, callerOf(context), String(policyId), period)),
    }),
  );
}
