import type { Prisma } from '../prisma/generated/client/client.ts';
import { delegateAuthority, revokeDelegation } from '../server/domain/approvals/delegations.ts';
import type { Actor } from '../server/platform/access/actor.ts';
import { visible } from '../server/platform/access/scope.ts';
import { idOf, referenceOf } from '../server/platform/values/ids.ts';
import { actorOf, type Builder } from './base/builder.ts';
import { command } from './base/command.ts';
import type { Enums } from './base/enums.ts';

/** Authority that somebody else holds for a time. */
export function addDelegations(builder: Builder, enums: Enums): void {
  builder.prismaNode('Delegation', {
    id: { field: 'id' },
    description: 'Authority handed over in writing for a time.',
    fields: (t) => ({
      from: t.relation('from'),
      to: t.relation('to'),
      role: t.expose('role', { type: enums.Role }),
      validFrom: t.expose('validFrom', { type: 'DateTime' }),
      validUntil: t.expose('validUntil', { type: 'DateTime' }),
      writtenRecord: t.exposeString('writtenRecord'),
      revokedAt: t.expose('revokedAt', { type: 'DateTime', nullable: true }),
    }),
  });
  const mine = (actor: Actor): Prisma.DelegationWhereInput => ({
    OR: [{ fromId: actor.id }, { toId: actor.id }, visible(actor)],
  });
  builder.queryField('delegations', (t) =>
    t.prismaField({
      type: ['Delegation'],
      description: 'Those in force or to come, of your rows and your own; at most 100.',
      resolve: (query, _root, _args, context) =>
        context.services.database.prisma.delegation.findMany({
          ...query,
          where: {
            AND: [mine(actorOf(context)), { revokedAt: null, validUntil: { gt: context.services.clock.now() } }],
          },
          orderBy: [{ validFrom: 'asc' }, { id: 'asc' }],
          take: 100,
        }),
    }),
  );
  const DelegationInput = builder.inputType('DelegationInput', {
    fields: (t) => ({
      policyId: t.id({ required: true }),
      toId: t.id({ required: true }),
      role: t.field({ type: enums.Role, required: true, description: 'One of yours.' }),
      from: t.field({ type: 'DateTime', description: 'At once, unless said.' }),
      until: t.field({ type: 'DateTime', required: true }),
      writtenRecord: t.string({ required: true, description: 'Where it is written down.' }),
    }),
  });
  builder.mutationFields((t) => ({
    delegateAuthority: command(t, 'Delegation', {
      args: { input: t.arg({ type: DelegationInput, required: true }), idempotencyKey: t.arg.string() },
      isDoneOnce: true,
      run: (services, caller, { input }) =>
        delegateAuthority(services, caller, {
          ...input,
          policyId: String(input.policyId),
          toId: referenceOf('Staff', String(input.toId), 'input.toId'),
        }),
    }),
    revokeDelegation: command(t, 'Delegation', {
      args: { id: t.arg.id({ required: true }) },
      run: (services, caller, { id }) => revokeDelegation(services, caller, idOf('Delegation', id)),
    }),
  }));
}
