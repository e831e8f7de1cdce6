import { heldBy } from '../server/domain/staff/service.ts';
import { HELD_KINDS, type Held } from '../server/domain/staff/sql.ts';
import { may } from '../server/platform/access/permissions.ts';
import { actorOf, type Builder } from './base/builder.ts';

/** How people sign in and what they hold: for who may manage them. */
export function addStaff(builder: Builder): void {
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
    enteredOn: t.field({
      type: 'Date',
      nullable: true,
      description: 'The day of entry; null for who may not manage the person.',
      select: { enteredOn: true, branchId: true },
      resolve: (person, _args, context) => (isManaged(context, person) ? person.enteredOn : null),
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
