import type { Prisma } from '../prisma/generated/client/client.ts';
import { heldBy } from '../server/domain/staff/service.ts';
import { HELD_KINDS, type Held } from '../server/domain/staff/sql.ts';
import { may, requirePermission } from '../server/platform/access/permissions.ts';
import { actorOf, asExecutionError, type Builder } from './base/builder.ts';
import type { Enums } from './base/enums.ts';
import { idsOf } from './base/ids.ts';
import { listField } from './base/list.ts';
import type { TypeRefs } from './base/refs.ts';

/** People and branches as administrators see them; schema/staff-work.ts has what is done with them. */
export function addStaff(builder: Builder, enums: Enums, refs: TypeRefs): void {
  addSignIn(builder);
  const StaffFilter = builder.inputType('StaffFilter', {
    fields: (t) => ({
      active: t.boolean({ description: 'Those in force, or those who left; all unless said.' }),
      branchIds: t.idList(),
      role: t.field({ type: enums.Role }),
      search: t.string({ description: 'A part of the name, or how the number begins.' }),
    }),
  });
  const ofPlace = async (context: Parameters<typeof actorOf>[0], permission: 'manageStaff' | 'manageBranches') => {
    const actor = actorOf(context);
    try {
      requirePermission(actor, permission, { branchId: actor.branchId });
    } catch (error) {
      throw asExecutionError(error);
    }
    const { subtree } = await context.services.actors.organisation();
    return [...subtree(actor.branchId)];
  };
  builder.queryField('staff', (t) =>
    listField(t, refs, 'Staff', {
      description: 'People of your place and of those below, by number, for who administers them.',
      args: { filter: t.arg({ type: StaffFilter }) },
      where: async ({ filter }, context): Promise<Prisma.StaffWhereInput> => ({
        AND: [
          { branchId: { in: await ofPlace(context, 'manageStaff') } },
          filter?.active == null ? {} : { active: filter.active },
          filter?.branchIds ? { branchId: { in: idsOf('Branch', filter.branchIds) } } : {},
          filter?.role ? { roles: { has: filter.role } } : {},
          filter?.search
            ? {
                OR: [
                  { name: { contains: filter.search, mode: 'insensitive' } },
                  { number: { startsWith: filter.search, mode: 'insensitive' } },
                ],
              }
            : {},
        ],
      }),
      order: () => ({ field: 'number', nullable: false, direction: 'ASC' }),
    }),
  );
  builder.queryField('branches', (t) =>
    listField(t, refs, 'Branch', {
      description: 'Your place and those below, by code, for who administers them.',
      args: { closed: t.arg.boolean({ description: 'Those that are closed too.' }) },
      where: async ({ closed }, context): Promise<Prisma.BranchWhereInput> => ({
        id: { in: await ofPlace(context, 'manageBranches') },
        ...(!closed && { closedAt: null }),
      }),
      order: () => ({ field: 'code', nullable: false, direction: 'ASC' }),
    }),
  );
}

/** How people sign in and what they hold: for who may manage them. */
function addSignIn(builder: Builder): void {
  const HeldKind = builder.enumType('HeldKind', { values: HELD_KINDS });
  const HeldWork = builder.objectRef<Held>('HeldWork').implement({
    description: 'What a person has in hand that somebody else takes over when they leave.',
    fields: (t) => ({
      kind: t.field({ type: HeldKind, resolve: ({ kind }) => kind }),
      count: t.exposeInt('count', { description: 'At least 1.' }),
    }),
  });
  const isManaged = (context: Parameters<typeof actorOf>[0], { branchId }: { branchId: string }) =>
    may(actorOf(context), 'manageStaff') && actorOf(context).place.covers(branchId);
  builder.prismaObjectFields('Staff', (t) => ({
    number: t.string({
      nullable: true,
      description: 'The staff number, as in import files; null for who may not manage the person.',
      select: { number: true, branchId: true },
      resolve: (person, _args, context) => (isManaged(context, person) ? person.number : null),
    }),
    externalId: t.string({
      nullable: true,
      description: 'What the identity provider calls the person; null for who may not manage the person.',
      select: { externalId: true, branchId: true },
      resolve: (person, _args, context) => (isManaged(context, person) ? person.externalId : null),
    }),
    email: t.string({
      nullable: true,
      description: 'By which tokens may name the person; null for who may not manage the person.',
      select: { email: true, branchId: true },
      resolve: (person, _args, context) => (isManaged(context, person) ? person.email : null),
    }),
    held: t.field({
      type: [HeldWork],
      nullable: true,
      description: 'What the person has in hand, by kind; null for who may not manage the person.',
      select: { id: true, branchId: true },
      resolve: (person, _args, context) => heldBy(context.services, { actor: actorOf(context) }, person),
    }),
  }));
}
