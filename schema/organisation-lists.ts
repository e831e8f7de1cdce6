import type { Prisma } from '../prisma/generated/client/client.ts';
import { whoMayBeGiven } from '../server/engine/services/give-work.ts';
import type { RequestContext } from '../server/engine/services/services.ts';
import { WORKS, type Work } from '../server/platform/access/person-at-work.ts';
import { visible } from '../server/platform/access/scope.ts';
import { parseGlobalId } from '../server/platform/values/ids.ts';
import { actorOf, type Builder, inputError } from './base/builder.ts';
import type { Enums } from './base/enums.ts';
import { idsOf } from './base/ids.ts';
import { listField } from './base/list.ts';
import type { TypeRefs } from './base/refs.ts';

/** What may be given to somebody as it stands, and the work that it is. */
const GIVEN = {
  Customer: 'CUSTOMER',
  Ticket: 'TICKET',
  Task: 'TASK',
  MaintenancePlan: 'TASK',
} as const satisfies Record<string, Work>;

/** Branches and people, as screens offer them for a choice. Everybody of the organisation may know them. */
export function addOrganisationLists(builder: Builder, enums: Enums, refs: TypeRefs): void {
  const BranchFilter = builder.inputType('BranchFilter', {
    fields: (t) => ({
      policyId: t.id({ description: 'Those that run the business line.' }),
      below: t.id({ description: 'The branch and all below it.' }),
      search: t.string({ description: 'Part of the code or the name.' }),
      closed: t.boolean({ defaultValue: false, description: 'Those that are closed; null: all that there were.' }),
    }),
  });
  builder.queryField('branches', (t) =>
    listField(t, refs, 'Branch', {
      description: 'By code.',
      args: { filter: t.arg({ type: BranchFilter }) },
      rows: async ({ filter }, context) => ({
        parts: [{}],
        where: await branchWhere(filter ?? { closed: false }, context),
      }),
      order: () => ({ field: 'code', direction: 'ASC', nullable: false }),
    }),
  );

  const WorkEnum = builder.enumType('Work', {
    description: 'What somebody may be given.',
    values: WORKS,
  });
  const MayBeGivenInput = builder.inputType('MayBeGivenInput', {
    fields: (t) => ({
      id: t.id({ required: true, description: 'A ticket, task, customer or plan that you see.' }),
      work: t.field({
        type: WorkEnum,
        description: 'Left out: the ticket, the task, the customer itself; a task of the plan.',
      }),
    }),
  });
  const StaffFilter = builder.inputType('StaffFilter', {
    fields: (t) => ({
      active: t.boolean({ defaultValue: true, description: 'Those who work here; null: all that there were.' }),
      policyId: t.id({ description: 'Those of branches that run the business line.' }),
      branchIds: t.idList(),
      below: t.id({ description: 'Those of the branch and all below it.' }),
      roles: t.field({ type: [enums.Role], description: 'Those who have one of them.' }),
      search: t.string({ description: 'Part of the name, or the staff number.' }),
      mayBeGiven: t.field({
        type: MayBeGivenInput,
        description: 'Those who may be given it: whom every mutation that names a person for it takes.',
      }),
    }),
  });
  builder.queryField('staff', (t) =>
    listField(t, refs, 'Staff', {
      description: 'By name.',
      args: { filter: t.arg({ type: StaffFilter }) },
      rows: async ({ filter }, context) => ({
        parts: [{}],
        where: await staffWhere(filter ?? { active: true }, context),
      }),
      order: () => ({ field: 'name', direction: 'ASC', nullable: false }),
    }),
  );

  async function staffWhere(
    filter: typeof StaffFilter.$inferInput,
    context: RequestContext,
  ): Promise<Prisma.StaffWhereInput> {
    const { active, policyId, branchIds, below, roles, mayBeGiven } = filter;
    const search = filter.search?.trim();
    return {
      AND: [
        active == null ? {} : { active },
        policyId ? { branch: { policyIds: { has: policyId } } } : {},
        branchIds ? { branchId: { in: idsOf('Branch', branchIds) } } : {},
        below ? { branchId: { in: await subtreeOf(below, context) } } : {},
        roles ? { roles: { hasSome: roles } } : {},
        search
          ? {
              OR: [
                { name: { contains: search, mode: 'insensitive' } },
                { number: { equals: search, mode: 'insensitive' } },
              ],
            }
          : {},
        mayBeGiven ? { id: { in: await thoseFitFor(mayBeGiven, context) } } : {},
      ],
    };
  }
}

async function branchWhere(
  filter: { policyId?: string | null; below?: string | null; search?: string | null; closed?: boolean | null },
  context: RequestContext,
): Promise<Prisma.BranchWhereInput> {
  const search = filter.search?.trim();
  return {
    AND: [
      filter.closed == null ? {} : { closedAt: filter.closed ? { not: null } : null },
      filter.policyId ? { policyIds: { has: filter.policyId } } : {},
      filter.below ? { id: { in: await subtreeOf(filter.below, context) } } : {},
      search
        ? {
            OR: [
              { code: { contains: search, mode: 'insensitive' } },
              { name: { contains: search, mode: 'insensitive' } },
            ],
          }
        : {},
    ],
  };
}

async function subtreeOf(globalId: string, { services }: RequestContext): Promise<string[]> {
  const organisation = await services.actors.organisation();
  return idsOf('Branch', [globalId]).flatMap((id) => [...organisation.subtree(id)]);
}

/** @throws {GraphQLError} INVALID_INPUT: nothing of the kind is given to anybody */
async function thoseFitFor(
  { id: globalId, work }: { id: string; work?: Work | null },
  context: RequestContext,
): Promise<string[]> {
  const parsed = parseGlobalId(globalId);
  if (!parsed || !(parsed.type in GIVEN))
    throw inputError('filter.mayBeGiven.id', 'is not the id of a ticket, task, customer or plan');
  const type = parsed.type as keyof typeof GIVEN;
  const about = await boundOf(type, parsed.id, context);
  // What may not be seen is not there, and nobody may be given what is not there.
  return about ? whoMayBeGiven(context.services, work ?? GIVEN[type], about) : [];
}

function boundOf(type: keyof typeof GIVEN, id: string, context: RequestContext) {
  const { prisma } = context.services.database;
  const seen = { id, ...visible(actorOf(context)) };
  const select = { policyId: true, branchId: true } as const;
  switch (type) {
    case 'Customer':
      return prisma.customer.findFirst({ where: seen, select });
    case 'Ticket':
      return prisma.ticket.findFirst({ where: seen, select });
    case 'Task':
      return prisma.task.findFirst({ where: seen, select });
    case 'MaintenancePlan':
      return prisma.maintenancePlan.findFirst({ where: { id, customer: visible(actorOf(context)) }, select });
  }
}
