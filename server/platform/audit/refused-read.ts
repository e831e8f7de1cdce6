import type { Logger } from 'pino';
import type { PrismaClient } from '../../../prisma/generated/client/client.ts';
import type { Actor } from '../access/actor.ts';
import { isRehearsing } from '../storage/rehearsal/rehearsal-scope.ts';
import { asApplication } from '../storage/viewers/viewer-rows.ts';
import type { Clock } from '../values/wall-clock.ts';
import { writeAudit } from './audit.ts';

/** What of the services it takes. */
interface Parts {
  readonly database: { readonly prisma: Pick<PrismaClient, 'customer' | 'auditEntry'> };
  readonly clock: Pick<Clock, 'now'>;
  readonly log: Logger;
}

/**
 * Notes that somebody asked for a customer's file that is closed to them. It waits for nothing, so that the caller cannot
 * tell from the time that the file is there; a failure is logged.
 */
export function noteRefusedRead(
  { database, clock, log }: Parts,
  { actor, requestId }: { readonly actor: Actor; readonly requestId: string | null },
  customerId: string,
): void {
  if (isRehearsing()) return;
  const note = async () => {
    const { prisma } = database;
    const customer = await prisma.customer.findUnique({
      where: { id: customerId },
      select: { policyId: true, branchId: true },
    });
    if (!customer) return;
    await writeAudit(prisma, {
      at: clock.now(),
      actorId: actor.id,
      requestId,
      action: 'REFUSED_READ',
      subject: { type: 'Customer', id: customerId },
      ...customer,
      customerId,
    });
  };
  // The file is one that the caller, for whom a query reads, does not see.
  asApplication(note).catch((error: unknown) => log.error({ err: error }, 'a refused read was not noted'));
}
