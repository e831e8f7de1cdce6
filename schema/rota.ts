import type { Prisma } from '../prisma/generated/client/client.ts';
import { endShift, setShift } from '../server/domain/rota/shifts.ts';
import { swapShift } from '../server/domain/rota/swap.ts';
import { visibleParts } from '../server/platform/access/scope.ts';
import { idOf, referenceOf } from '../server/platform/values/ids.ts';
import { actorOf, type Builder } from './base/builder.ts';
import { command } from './base/command.ts';
import { idsOf } from './base/ids.ts';
import { listField } from './base/list.ts';
import type { TypeRefs } from './base/refs.ts';

/** Who holds a post from when to when, and who is absent. */
export function addRota(builder: Builder, refs: TypeRefs): void {
  builder.prismaNode('RotaShift', {
    id: { field: 'id' },
    description:
      'Somebody holds a post of a branch for a time; without a post: is absent. The end does not belong to it.',
    fields: (t) => ({
      policy: t.field({
        type: refs.Policy,
        nullable: true,
        select: { policyId: true },
        resolve: ({ policyId }, _args, { services }) => services.policies.get(policyId) ?? null,
      }),
      branch: t.relation('branch'),
      post: t.exposeString('post', {
        nullable: true,
        description: 'A role, or a post that the policy declares; null of an absence.',
      }),
      staff: t.relation('staff'),
      from: t.expose('validFrom', { type: 'DateTime' }),
      until: t.expose('validUntil', { type: 'DateTime' }),
      note: t.exposeString('note', { nullable: true }),
      version: t.exposeInt('version'),
    }),
  });
  const RotaFilter = builder.inputType('RotaFilter', {
    fields: (t) => ({
      policyId: t.id(),
      branchIds: t.idList(),
      posts: t.stringList({ description: 'Just these; absences are not among them.' }),
      staffId: t.id(),
      at: t.field({ type: 'DateTime', description: 'Who is on duty, and absent, at this instant.' }),
      from: t.field({ type: 'DateTime', description: 'Shifts that end after it.' }),
      until: t.field({ type: 'DateTime', description: 'Shifts that begin before it.' }),
    }),
  });
  builder.queryField('rota', (t) =>
    listField(t, refs, 'RotaShift', {
      description: 'The rota of your rows and your own shifts, in the order of their beginning.',
      args: { filter: t.arg({ type: RotaFilter }) },
      rows: ({ filter }, context) => {
        const actor = actorOf(context);
        const branchIds = filter?.branchIds && idsOf('Branch', filter.branchIds);
        const asked = { policyId: filter?.policyId && String(filter.policyId), branchIds };
        return { parts: [{ staffId: actor.id }, ...visibleParts(actor, asked)], where: whereOf(filter) };
      },
      order: () => ({ field: 'validFrom', direction: 'ASC', nullable: false }),
    }),
  );

  type Filter = (typeof RotaFilter)['$inferInput'] | null | undefined;
  const whereOf = (filter: Filter): Prisma.RotaShiftWhereInput => ({
    AND: [
      filter?.policyId ? { policyId: String(filter.policyId) } : {},
      filter?.branchIds ? { branchId: { in: idsOf('Branch', filter.branchIds) } } : {},
      filter?.posts ? { post: { in: filter.posts } } : {},
      filter?.staffId ? { staffId: { in: idsOf('Staff', [filter.staffId]) } } : {},
      filter?.at ? { validFrom: { lte: filter.at }, validUntil: { gt: filter.at } } : {},
      filter?.from ? { validUntil: { gt: filter.from } } : {},
      filter?.until ? { validFrom: { lt: filter.until } } : {},
    ],
  });
  addRotaWork(builder);
}

function addRotaWork(builder: Builder): void {
  const SetShiftInput = builder.inputType('SetShiftInput', {
    fields: (t) => ({
      policyId: t.id({ required: true }),
      branchId: t.id({ required: true }),
      post: t.string({ description: 'A role or a post of the policy; left out: the person is absent.' }),
      staffId: t.id({ required: true }),
      from: t.field({ type: 'DateTime', required: true }),
      until: t.field({ type: 'DateTime', required: true, description: 'Does not belong to it.' }),
      note: t.string(),
    }),
  });
  const EndShiftInput = builder.inputType('EndShiftInput', {
    fields: (t) => ({
      id: t.id({ required: true }),
      at: t.field({ type: 'DateTime', description: 'Now, unless said.' }),
      reason: t.string({ required: true }),
      expectedVersion: t.int({ required: true }),
    }),
  });
  const SwapShiftInput = builder.inputType('SwapShiftInput', {
    fields: (t) => ({
      id: t.id({ required: true, description: 'A shift.' }),
      otherId: t.id({ required: true, description: "The other person's shift." }),
      reason: t.string({ required: true }),
    }),
  });
  builder.mutationFields((t) => ({
    setShift: command(t, 'RotaShift', {
      description: 'Says who is on duty from when to when, or who is absent.',
      args: { input: t.arg({ type: SetShiftInput, required: true }), idempotencyKey: t.arg.string() },
      run: (services, caller, { input, idempotencyKey }) =>
        setShift(
          services,
          caller,
          {
            ...input,
            policyId: String(input.policyId),
            branchId: referenceOf('Branch', String(input.branchId), 'input.branchId'),
            post: input.post ?? null,
            staffId: referenceOf('Staff', String(input.staffId), 'input.staffId'),
          },
          idempotencyKey,
        ),
    }),
    endShift: command(t, 'RotaShift', {
      description: 'Ends a shift or an absence before its time.',
      args: { input: t.arg({ type: EndShiftInput, required: true }) },
      run: (services, caller, { input }) =>
        endShift(services, caller, { ...input, at: input.at ?? null, id: idOf('RotaShift', input.id) }),
    }),
    swapShift: command(t, 'Approval', {
      description: 'Asks that two people take each other’s shift, which somebody has to approve.',
      args: { input: t.arg({ type: SwapShiftInput, required: true }), idempotencyKey: t.arg.string() },
      run: (services, caller, { input, idempotencyKey }) =>
        swapShift(
          services,
          caller,
          {
            ...input,
            id: idOf('RotaShift', input.id),
            otherId: idOf('RotaShift', input.otherId),
          },
          idempotencyKey,
        ),
    }),
  }));
}
