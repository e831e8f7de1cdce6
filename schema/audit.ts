import type { Prisma } from '../prisma/generated/client/client.ts';
import type { RequestContext } from '../server/engine/services/services.ts';
import { may } from '../server/platform/access/permissions.ts';
import { visible, visibleParts } from '../server/platform/access/scope.ts';
import type { Change } from '../server/platform/audit/audit.ts';
import { Forbidden } from '../server/platform/values/errors.ts';
import { parseGlobalId, toGlobalId } from '../server/platform/values/ids.ts';
import { fromJson } from '../server/platform/values/json.ts';
import { actorOf, asExecutionError, type Builder } from './base/builder.ts';
import { idsOf } from './base/ids.ts';
import { listField } from './base/list.ts';
import type { TypeRefs } from './base/refs.ts';

/**
 * Acts on the platform itself, which whoever oversees it reads wherever they were done. All others are of a branch: whoever
 * counts them could tell what a closed branch does.
 */
const OF_THE_PLATFORM = [
  'APPLY_POLICY',
  'CONFIGURE_POLICY',
  'IMPORT_ORGANISATION',
  'REPORT_DATA_LEAK',
  'RESUME_GRADING_RUN',
  'REVISE_CALENDAR',
  'START_GRADING_RUN',
  'STOP_GRADING_RUN',
];

/** What of the trail the viewer may read: what concerns visible customers, and acts on the platform itself. */
function readable(context: RequestContext): Prisma.AuditEntryWhereInput[] {
  const actor = actorOf(context);
  if (!may(actor, 'readAudit')) return [{ actorId: actor.id }];
  const oversees = actor.roles.some((role) => role === 'ADMIN' || role === 'AUDITOR');
  const ofCustomers = visibleParts(actor).map((part) => ({ ...part, customerId: { not: null } }));
  const platform: Prisma.AuditEntryWhereInput = oversees
    ? { customerId: null, OR: [visible(actor), { action: { in: OF_THE_PLATFORM } }] }
    : { customerId: null, actorId: actor.id };
  return [...ofCustomers, platform];
}

/** The audit trail. */
export function addAudit(builder: Builder, refs: TypeRefs): void {
  const ChangeType = builder.objectRef<Change>('FieldChange').implement({
    fields: (t) => ({
      field: t.exposeString('field'),
      before: t.exposeString('before', { nullable: true }),
      after: t.exposeString('after', { nullable: true }),
    }),
  });
  const Subject = builder.objectRef<{ type: string; subjectId: string | null }>('AuditSubject').implement({
    description: 'What was acted on; it may no longer exist.',
    fields: (t) => ({
      type: t.exposeString('type'),
      subjectId: t.id({ nullable: true, resolve: idOfSubject }),
      id: t.id({
        nullable: true,
        deprecationReason: 'It is the id of another object: ask for subjectId.',
        resolve: idOfSubject,
      }),
    }),
  });
  builder.prismaNode('AuditEntry', {
    id: { field: 'id' },
    description: 'Who did what to whom, and why; append-only.',
    fields: (t) => ({
      at: t.expose('at', { type: 'DateTime' }),
      actor: t.relation('actor', { nullable: true, description: 'Null when the platform itself acted.' }),
      action: t.exposeString('action'),
      subject: t.field({
        type: Subject,
        select: { subjectType: true, subjectId: true },
        resolve: ({ subjectType, subjectId }) => ({ type: subjectType, subjectId }),
      }),
      decisionIds: t.field({
        type: ['ID'],
        description: 'Of the `PolicyDecision`s by which it was done.',
        select: { decisionIds: true },
        resolve: ({ decisionIds }) => decisionIds.map((id) => toGlobalId('PolicyDecision', id)),
      }),
      reason: t.exposeString('reason', { nullable: true }),
      changes: t.field({
        type: [ChangeType],
        select: { changes: true },
        resolve: ({ changes }) => fromJson<Change[]>(changes),
      }),
    }),
  });

  const AuditFilter = builder.inputType('AuditFilter', {
    fields: (t) => ({
      customerId: t.id(),
      subjectId: t.id(),
      actorId: t.id(),
      actions: t.stringList(),
      from: t.field({ type: 'DateTime' }),
      to: t.field({ type: 'DateTime' }),
    }),
  });
  builder.queryField('auditTrail', (t) =>
    listField(t, refs, 'AuditEntry', {
      description: 'The newest first.',
      args: { filter: t.arg({ type: AuditFilter }) },
      rows: ({ filter }, context) => {
        if (!may(actorOf(context), 'readAudit')) throw asExecutionError(new Forbidden());
        const { customerId, subjectId, actorId, actions, from, to } = filter ?? {};
        return {
          parts: readable(context),
          where: {
            AND: [
              customerId ? { customerId: { in: idsOf('Customer', [customerId]) } } : {},
              subjectId ? { subjectId: parseGlobalId(subjectId)?.id ?? subjectId } : {},
              actorId ? { actorId: { in: idsOf('Staff', [actorId]) } } : {},
              actions ? { action: { in: actions } } : {},
              from ? { at: { gte: from } } : {},
              to ? { at: { lt: to } } : {},
            ],
          },
        };
      },
      order: () => ({ field: 'id', direction: 'DESC', nullable: false }),
    }),
  );
}

function idOfSubject({ type, subjectId }: { type: string; subjectId: string | null }): string | null {
  return subjectId && (type === 'Policy' ? subjectId : toGlobalId(type, subjectId));
}
