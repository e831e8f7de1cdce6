import type { PrismaClient } from '../../../prisma/generated/client/client.ts';

/** What is recorded of an installation (S03-broadband-key-account, A-152). */
export const INSTALLATION_PARTS = ['result', 'customerReaction', 'installerAssessment', 'installer'] as const;

/** Which parts of a ticket's installation are on record. */
export async function installationOf(
  prisma: Pick<PrismaClient, 'interaction'>,
  ticketId: string,
): Promise<Record<string, boolean>> {
  const records = await prisma.interaction.findMany({
    where: { ticketId, details: { path: ['kind'], equals: 'INSTALLATION' } },
    select: { details: true },
  });
  return Object.fromEntries(
    INSTALLATION_PARTS.map((part) => [
      part,
      records.some(({ details }) => part in ((details ?? {}) as Record<string, unknown>)),
    ]),
  );
}
