import type { Caller, Services } from '../../engine/services/services.ts';
import { writeAudit } from './audit.ts';

/**
 * Notes that somebody asked for a customer's file that is closed to them. It waits for nothing, so that the caller cannot
 * tell from the time that the file is there; a failure is logged.
 */
export function noteRefusedRead(services: Services, { actor, requestId }: Caller, customerId: string): void {
  const note = async () => {
    const { prisma } = services.database;
    const customer = await prisma.customer.findUnique({
      where: { id: customerId },
      select: { policyId: true, branchId: true },
    });
    if (!customer) return;
    await writeAudit(prisma, {
      at: services.clock.now(),
      actorId: actor.id,
      requestId,
      action: 'REFUSED_READ',
      subject: { type: 'Customer', id: customerId },
      ...customer,
      customerId,
    });
  };
  note().catch((error: unknown) => services.log.error({ err: error }, 'a refused read was not noted'));
}
