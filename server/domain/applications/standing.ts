import type { ApplicationStanding } from '../../engine/policy/action-inputs.ts';
import type { Services } from '../../engine/services/services.ts';

/**
 * How the applications about a customer stand, of the kinds that the policy declares about customers. One that is carried out in an emergency
 * and approved afterwards is open until then.
 */
export async function applicationStanding(
  { database, policies }: Pick<Services, 'database' | 'policies'>,
  { id, policyId }: { readonly id: string; readonly policyId: string },
): Promise<ApplicationStanding> {
  const declared = Object.entries(policies.get(policyId)?.declaration.applications ?? {});
  const kinds = declared.filter(([, { about }]) => about === 'CUSTOMER').map(([kind]) => kind);
  // Most lines apply for nothing about customers, and opening their tickets costs no statement more.
  if (kinds.length === 0) return 'NONE';
  const applications = await database.prisma.application.findMany({
    where: { customerId: id, kind: { in: kinds } },
    select: { state: true },
    distinct: ['state'],
  });
  if (applications.some(({ state }) => state === 'APPROVED')) return 'APPROVED';
  return applications.length > 0 ? 'OPEN' : 'NONE';
}
