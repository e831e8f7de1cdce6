import type { Act } from '../../engine/services/act.ts';
import { indexesOf } from './identifiers.ts';

/** By what one customer is known in two files. */
interface Known {
  readonly policyId: string;
  readonly phone?: string | null | undefined;
  readonly idNumber?: string | null | undefined;
  readonly managerId?: string | null | undefined;
}

/**
 * Whether somebody else manages a customer of the line with the same telephone or identity number, wherever that file lies: managers
 * do not conflict with others' customers (S04-hotel-sales-cm, A-191).
 *
 * @param except the file itself, where it is there already
 */
export async function isManagedByAnother(
  { prisma, actor, services }: Pick<Act, 'prisma' | 'actor' | 'services'>,
  { policyId, phone, idNumber, managerId }: Known,
  except: string | null = null,
): Promise<boolean> {
  const same = [
    ...(phone ? [{ phoneIndex: { in: indexesOf(services.sealer, 'phone', phone) } }] : []),
    ...(idNumber ? [{ idNumberIndex: { in: indexesOf(services.sealer, 'idNumber', idNumber) } }] : []),
  ];
  if (same.length === 0) return false;
  const manager = managerId ?? actor.id;
  const other = await prisma.customer.findFirst({
    where: {
      policyId,
      OR: same,
      erasedAt: null,
      departedAt: null,
      AND: [{ managerId: { not: null } }, { managerId: { not: manager } }],
      ...(except && { id: { not: except } }),
    },
    select: { id: true },
  });
  return other !== null;
}
