import type { PrismaClient } from '../../../../prisma/generated/client/client.ts';

/** Finds out whether the database answers. @throws what the driver does where it does not */
export async function ping(prisma: Pick<PrismaClient, '$queryRaw'>): Promise<void> {
  await prisma.$queryRaw`/* storage.ping */ select 1`;
}
