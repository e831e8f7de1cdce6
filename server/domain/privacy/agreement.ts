import type { Caller, Services } from '../../engine/services/services.ts';
import { requirePermission } from '../../platform/access/permissions.ts';
import { writeAudit } from '../../platform/audit/audit.ts';
import { inTransaction } from '../../platform/storage/transaction.ts';
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
  const { database, clock } = services;
  const { actor, requestId } = caller;
  requirePermission(actor, 'recordAgreement');
  const now = clock.now();
  if (signedAt && signedAt > now) throw new InvalidInput([{ path: 'input.signedAt', message: 'lies in the future' }]);
  const before = await database.prisma.staff.findUnique({
    where: { id: staffId },
    select: { id: true, branchId: true, ndaSignedAt: true },
  });
  const { subtree } = await services.actors.organisation();
  if (!before || !subtree(actor.branchId).has(before.branchId)) throw new NotFound('Staff');
  await inTransaction(database, async (tx) => {
    await tx.staff.update({ where: { id: staffId }, data: { ndaSignedAt: signedAt }, select: { id: true } });
    await writeAudit(tx, {
      at: now,
      actorId: actor.id,
      requestId,
      action: 'RECORD_AGREEMENT',
      subject: { type: 'Staff', id: staffId },
      branchId: before.branchId,
      changes: [
        {
          field: 'ndaSignedAt',
          before: before.ndaSignedAt?.toISOString() ?? null,
          after: signedAt?.toISOString() ?? null,
        },
      ],
    });
  });
  return staffId;
}
