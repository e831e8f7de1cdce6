import { toGlobalId } from '../server/platform/values/ids.ts';
import { actorOf, type Builder } from './base/builder.ts';
import type { Enums } from './base/enums.ts';
import type { TypeRefs } from './base/refs.ts';

/** Branches, staff, and the viewer. */
export function addOrganisation(builder: Builder, enums: Enums, refs: TypeRefs): void {
  builder.prismaNode('Branch', {
    id: { field: 'id' },
    description: 'A place of the organisation: head office, branch, outlet, hall.',
    fields: (t) => ({
      code: t.exposeString('code'),
      name: t.exposeString('name'),
      parent: t.relation('parent', { nullable: true }),
      closedAt: t.expose('closedAt', {
        type: 'DateTime',
        nullable: true,
        description: 'Since when nobody works here and nothing is opened here.',
      }),
    }),
  });

  builder.prismaNode('Staff', {
    id: { field: 'id' },
    description: 'A person of the organisation, or a program that acts for it.',
    fields: (t) => ({
      name: t.exposeString('name'),
      roles: t.expose('roles', { type: [enums.Role] }),
      branch: t.relation('branch'),
      active: t.exposeBoolean('active'),
    }),
  });

  const Viewer = builder.objectRef<{ staffId: string }>('Viewer').implement({
    description: 'Who asks.',
    fields: (t) => ({
      id: t.id({ resolve: ({ staffId }) => toGlobalId('Staff', staffId) }),
      name: t.string({ resolve: (_viewer, _args, context) => actorOf(context).name }),
      roles: t.field({ type: [enums.Role], resolve: (_viewer, _args, context) => [...actorOf(context).roles] }),
      branch: t.prismaField({
        type: 'Branch',
        resolve: (query, _viewer, _args, context) =>
          context.services.database.prisma.branch.findUniqueOrThrow({
            ...query,
            where: { id: actorOf(context).branchId },
          }),
      }),
      policies: t.field({
        type: [refs.Policy],
        description: 'The business lines of the branch.',
        resolve: (_viewer, _args, context) =>
          context.services.policies
            .all()
            .filter(({ declaration }) => actorOf(context).policyIds.includes(declaration.id)),
      }),
    }),
  });
  builder.queryField('viewer', (t) =>
    t.field({ type: Viewer, resolve: (_root, _args, context) => ({ staffId: actorOf(context).id }) }),
  );
}
