import type { Prisma } from '../prisma/generated/client/client.ts';
import type { RequestContext } from '../server/engine/services/services.ts';
import { actorOf, type Builder } from './base/builder.ts';
import type { Enums } from './base/enums.ts';
import { idsOf } from './base/ids.ts';

/** What is asked of tasks. */
export function addTaskFilter(builder: Builder, enums: Enums) {
  return builder.inputType('TaskFilter', {
    fields: (t) => ({
      open: t.boolean(),
      mine: t.boolean(),
      origins: t.field({ type: [enums.TaskOrigin] }),
      dueBefore: t.field({ type: 'DateTime' }),
      assigneeIds: t.idList(),
      customerId: t.id(),
    }),
  });
}

export type TaskFilterRef = ReturnType<typeof addTaskFilter>;

/** The tasks that pass the filter, whoever's they are. */
export function taskWhere(
  filter: TaskFilterRef['$inferInput'] | null | undefined,
  context: RequestContext,
): Prisma.TaskWhereInput {
  if (!filter) return {};
  return {
    AND: [
      filter.open == null ? {} : { isOpen: filter.open },
      filter.mine ? { assigneeId: actorOf(context).id } : {},
      filter.origins ? { origin: { in: filter.origins } } : {},
      filter.dueBefore ? { dueAt: { lt: filter.dueBefore } } : {},
      filter.assigneeIds ? { assigneeId: { in: idsOf('Staff', filter.assigneeIds) } } : {},
      filter.customerId ? { customerId: { in: idsOf('Customer', [filter.customerId]) } } : {},
    ],
  };
}
