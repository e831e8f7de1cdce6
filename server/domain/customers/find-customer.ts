import type { Prisma } from '../../../prisma/generated/client/client.ts';
import type { Actor } from '../../platform/access/actor.ts';
import { visible } from '../../platform/access/scope.ts';
import type { Database } from '../../platform/storage/database.ts';
import { refuse } from '../../platform/values/refusals.ts';
import { hasDeparted } from './rules.ts';

/** @throws {Refused} the customer was deleted: nobody writes into what is left of the file (decision 0023) */
export function refuseErased(customer: { readonly erasedAt: Date | null } | null): void {
  if (customer?.erasedAt) throw refuse('ERASED');
}

/** @throws {Refused} the customer has departed: nothing is given any more */
export function refuseDeparted(customer: Parameters<typeof hasDeparted>[0]): void {
  if (hasDeparted(customer)) throw refuse('CUSTOMER_DEPARTED');
}

/**
 * The customer whom a command is about. Screens may go on to show what is left of a deleted file; commands come through here,
 * and what writes all the same is refused by the database.
 *
 * @param among what else is asked of the customer
 * @returns null where there is none whom the actor sees
 * @throws {Refused} ERASED
 */
export async function customerFor<S extends Prisma.CustomerSelect>(
  database: Pick<Database, 'prisma'>,
  actor: Actor,
  id: string,
  select: S,
  among?: Prisma.CustomerWhereInput,
): Promise<Prisma.CustomerGetPayload<{ select: S & { erasedAt: true } }> | null>;
// Prisma's types do not see that a generic selection stays the same when it is spread, so the signature above says it.
export async function customerFor(
  { prisma }: Pick<Database, 'prisma'>,
  actor: Actor,
  id: string,
  select: Prisma.CustomerSelect,
  among: Prisma.CustomerWhereInput = {},
): Promise<unknown> {
  const found = await prisma.customer.findFirst({
    where: { AND: [{ id }, visible(actor), among] },
    select: { ...select, erasedAt: true },
  });
  refuseErased(found);
  return found;
}
