import { queryFromInfo } from '@pothos/plugin-prisma';
import type { Prisma } from '../prisma/generated/client/client.ts';
import { mayFollowRun, startGradingRun } from '../server/domain/grades/runs/grading-run.ts';
import { visibleThroughCustomer } from '../server/platform/access/scope.ts';
import { actorOf, type Builder } from './base/builder.ts';
import { command } from './base/command.ts';
import type { Enums } from './base/enums.ts';
import { followObject } from './base/follow.ts';
import { keysetPage } from './base/page.ts';
import type { TypeRefs } from './base/refs.ts';

/** Assessments of a run that do not come into force by it: in or after an approval, or not yet submitted. */
const PROPOSED_BY_RUN: Prisma.AssessmentWhereInput[] = [{ status: 'PROPOSED' }, { approvalId: { not: null } }];

/** Grading of many customers in the background. */
export function addGradingRuns(builder: Builder, enums: Enums, refs: TypeRefs): void {
  builder.prismaNode('GradingRun', {
    id: { field: 'id' },
    description: 'Grading in the background of the customers of a line whom its starter sees.',
    fields: (t) => ({
      state: t.expose('state', { type: enums.GradingRunState }),
      total: t.exposeInt('total'),
      done: t.exposeInt('done'),
      promoted: t.exposeInt('promoted', { description: 'Came to a better tier without an approval.' }),
      demoted: t.exposeInt('demoted', { description: 'Came to a lower tier, or none, without an approval.' }),
      proposed: t.exposeInt('proposed', {
        description: 'Would change tier and wait for an approval, which is opened when the run is through.',
      }),
      unchanged: t.exposeInt('unchanged'),
      failed: t.exposeInt('failed'),
      policyVersion: t.exposeString('policyVersion'),
      startedAt: t.expose('startedAt', { type: 'DateTime' }),
      finishedAt: t.expose('finishedAt', { type: 'DateTime', nullable: true }),
      proposals: t.connection(
        {
          type: refs.named('Assessment'),
          description: 'What the run proposed, also what was decided since, of customers whom you see.',
          select: { id: true },
          resolve: async ({ id }, args, context, info) =>
            keysetPage(context.services.database.prisma.assessment, {
              found: {
                parts: [{ runId: id, OR: PROPOSED_BY_RUN }],
                where: visibleThroughCustomer(actorOf(context)),
              },
              order: { field: 'id', direction: 'ASC', nullable: false },
              page: args,
              selection: {
                ...queryFromInfo({ context, info, typeName: 'Assessment', paths: [['nodes'], ['edges', 'node']] }),
              },
            }),
        },
        refs.lists.Assessment.connection,
        refs.lists.Assessment.edge,
      ),
    }),
  });

  builder.mutationFields((t) => ({
    startGradingRun: command(t, 'GradingRun', {
      description:
        'Grades in the background the customers of a policy whom you see; what needs an approval is proposed.',
      args: { policyId: t.arg.id({ required: true }), schemeId: t.arg.id() },
      run: (services, caller, { policyId, schemeId }) => startGradingRun(services, caller, policyId, schemeId ?? null),
    }),
  }));
  builder.subscriptionField('gradingRunProgress', (t) =>
    t.prismaField({
      type: 'GradingRun',
      description: 'The run as it is, at once and after every batch, until it ends.',
      args: { id: t.arg.id({ required: true }) },
      subscribe: (_root, { id: globalId }, context) =>
        followObject(context, {
          type: 'GradingRun',
          watched: 'GRADING_RUN',
          globalId,
          read: async (id, actor) => {
            const run = await context.services.database.prisma.gradingRun.findUnique({ where: { id } });
            return run && mayFollowRun(actor, run) ? run : null;
          },
          isLast: ({ state }) => state !== 'RUNNING',
        }),
      resolve: async (query, parent, _args, { services }) =>
        services.database.prisma.gradingRun.findUniqueOrThrow({
          ...query,
          where: { id: parent.id },
        }),
    }),
  );
}
