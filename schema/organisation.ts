import { toGlobalId } from '../server/platform/values/ids.ts';
import { actorOf, type Builder } from './base/builder.ts';
import type { Enums } from './base/enums.ts';
import type { TypeRefs } from './base/refs.ts';
import { addPermissions, permissionsOf } from './permission.ts';

/** Branches, staff, and the viewer. */
export function addOrganisation(builder: Builder, enums: Enums, refs: TypeRefs): void {
  builder.prismaNode('Branch', {
    id: { field: 'id' },
    description: 'A place of the organisation: head office, branch, outlet, hall.',
    select: { id: true },
    fields: (t) => ({
      code: t.exposeString('code'),
      name: t.exposeString('name'),
      parent: t.relation('parent', { nullable: true }),
      policies: t.field({
        type: [refs.Policy],
        description: 'The business lines that are run here.',
        select: { policyIds: true },
        resolve: ({ policyIds }, _args, { services }) =>
          services.policies.all().filter(({ declaration }) => policyIds.includes(declaration.id)),
      }),
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
    select: { id: true },
    fields: (t) => ({
      number: t.exposeString('number', { description: 'The staff number.' }),
      name: t.exposeString('name'),
      roles: t.expose('roles', { type: [enums.Role] }),
      branch: t.relation('branch'),
      active: t.exposeBoolean('active'),
    }),
  });

  const Permission = addPermissions(builder);
  const Viewer = builder.objectRef<{ staffId: string }>('Viewer').implement({
    description: 'Who asks.',
    fields: (t) => ({
      id: t.id({
        description: "The viewer's own; `staff { id }` is the person's, which inputs take.",
        resolve: ({ staffId }) => toGlobalId('Viewer', staffId),
      }),
      staff: t.prismaField({
        type: 'Staff',
        resolve: (query, { staffId }, _args, { services }) =>
          services.database.prisma.staff.findUniqueOrThrow({ ...query, where: { id: staffId } }),
      }),
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
      permissions: t.field({
        type: [Permission],
        description: 'What your roles let you do, so that a screen asks for nothing that would be FORBIDDEN.',
        args: {
          policyId: t.arg.id({
            description:
              'For this line: what its head office alone does is left out elsewhere. Else for any line of yours.',
          }),
        },
        resolve: (_viewer, { policyId }, context) => permissionsOf(actorOf(context), policyId ?? null),
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
  builder.queryField('serverTime', (t) =>
    t.field({
      type: 'DateTime',
      description:
        "The instant by which the server judges: countdowns run on it, whatever the screen's own clock shows.",
      resolve: (_root, _args, { services }) => services.clock.now(),
    }),
  );
  builder.queryField('viewer', (t) =>
    t.field({ type: Viewer, resolve: (_root, _args, context) => ({ staffId: actorOf(context).id }) }),
  );
}
