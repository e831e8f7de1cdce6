import type { Role } from '../../../prisma/generated/client/enums.ts';
import type { Services } from '../../engine/services/services.ts';

/** Who may ask in the manager's place, the likelier first. */
const ROLES: readonly Role[] = ['CUSTOMER_MANAGER', 'SUPERVISOR'];

/** Somebody who works for a branch. */
export interface Colleague {
  readonly id: string;
  readonly number: string;
  readonly branchId: string;
  readonly roles: readonly Role[];
}

/**
 * In whose name something is asked for about a customer whom nobody manages: of the customer managers, failing them the
 * supervisors, the first by number, at the first of the places where there is one. Who would decide it comes last:
 * the one who asks does not decide.
 *
 * @param places ids of branches, the nearest first; people of others are left
 * @param steps who decides, each at a branch; null is any
 * @returns null where there is nobody
 */
export function standIn(
  staff: readonly Colleague[],
  places: readonly string[],
  steps: readonly { readonly role: Role; readonly branchId: string | null }[],
): string | null {
  const decides = ({ roles, branchId }: Colleague) =>
    steps.some((step) => roles.includes(step.role) && (step.branchId === null || step.branchId === branchId));
  const rank = (one: Colleague) => [
    Number(decides(one)),
    ROLES.findIndex((role) => one.roles.includes(role)),
    places.indexOf(one.branchId),
  ];
  const [first] = staff
    .filter(({ roles, branchId }) => places.includes(branchId) && ROLES.some((role) => roles.includes(role)))
    .map((one) => ({ one, order: rank(one) }))
    .sort((a, b) => compare(a.order, b.order) || a.one.number.localeCompare(b.one.number));
  return first?.one.id ?? null;
}

function compare(a: readonly number[], b: readonly number[]): number {
  const at = a.findIndex((value, index) => value !== b[index]);
  return at < 0 ? 0 : (a[at] ?? 0) - (b[at] ?? 0);
}

/** Those who may stand in at branches, in force. */
export function colleaguesAt(
  { database }: Pick<Services, 'database'>,
  branchIds: readonly string[],
): Promise<Colleague[]> {
  return database.prisma.staff.findMany({
    where: { branchId: { in: [...branchIds] }, active: true, roles: { hasSome: [...ROLES] } },
    select: { id: true, number: true, branchId: true, roles: true },
  });
}
