import { type Workload, workloads } from '../server/domain/tasks/staff-workload.ts';
import { asExecutionError, type Builder, callerOf } from './base/builder.ts';
import type { Effort } from './base/effort.ts';
import { idsOf } from './base/ids.ts';
import type { TypeRefs } from './base/refs.ts';

/** How customers and work are spread over people. */
export function addWorkloads(builder: Builder, refs: TypeRefs): void {
  const StaffWorkload = builder.objectRef<Workload>('StaffWorkload').implement({
    description: 'What a person has to look after and to do now.',
    fields: (t) => ({
      staff: t.field({
        type: refs.named('Staff'),
        nullable: true,
        description: 'Null: customers whom nobody manages, and tasks that are nobody’s.',
        resolve: ({ staff }) => staff,
      }),
      customers: t.exposeInt('customers', { description: 'Customers whom the person manages, who have not departed.' }),
      openTasks: t.exposeInt('openTasks', { description: 'Tasks that are not done, overdue ones among them.' }),
      overdueTasks: t.exposeInt('overdueTasks'),
    }),
  });
  builder.queryField('staffWorkloads', (t) =>
    t.field({
      type: [StaffWorkload],
      extensions: { cost: 200 } satisfies Effort,
      description: 'By person, of what you see; at most 100, those with most that is overdue first.',
      args: { policyId: t.arg.id({ required: true }), branchIds: t.arg.idList() },
      resolve: async (_root, { policyId, branchIds }, context) => {
        const branches = branchIds ? idsOf('Branch', branchIds) : null;
        try {
          return await workloads(context.services, callerOf(context), policyId, branches);
        } catch (error) {
          throw asExecutionError(error);
        }
      },
    }),
  );
}
