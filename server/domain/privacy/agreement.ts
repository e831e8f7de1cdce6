import { Act } from '../../engine/services/act.ts';
import type { Caller, Services } from '../../engine/services/services.ts';
import { InvalidInput, NotFound } from '../../platform/values/errors.ts';

/**
 * Records that a person signed the confidentiality agreement, or that it is in force no more. In lines that ask for it nobody
 * sees customer data without (S04-cm-sample, A-187).
 *
 * @returns the person's id
 */
export async function recordConfidentialityAgreement(
  services: Services,
  caller: Caller,
  { staffId, signedAt }: { readonly staffId: string; readonly signedAt: Date | null },
): Promise<string> {
  const act = Act.begin(services, caller, 'recordAgreement');
  if (signedAt && signedAt > act.now)
    throw new InvalidInput([{ path: 'input.signedAt', message: 'lies in the future' }]);
  const before = await act.prisma.staff.findUnique({
    where: { id: staffId },
    select: { id: true, branchId: true, ndaSignedAt: true },
  });
  const { subtree } = await services.actors.organisation();
  if (!before || !subtree(act.actor.branchId).has(before.branchId)) throw new NotFound('Staff');
  const change = {
    field: 'ndaSignedAt',
    before: before.ndaSignedAt?.toISOString() ?? null,
    after: signedAt?.toISOString() ?? null,
  };
  const subject = { type: 'Staff', id: staffId, branchId: before.branchId };
  await act.commit({
    audit: act.audit('RECORD_AGREEMENT', subject, { changes: [change] }),
    async change(tx) {
      await tx.staff.update({ where: { id: staffId }, data: { ndaSignedAt: signedAt }, select: { id: true } });
    },
  });
  return staffId;
}
