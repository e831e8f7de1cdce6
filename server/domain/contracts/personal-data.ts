import { Prisma } from '../../../prisma/generated/client/client.ts';
import type { PersonalData } from '../../engine/services/personal-data.ts';

/** What of contracts is about customers. */
export const personalData: PersonalData = {
  contract: { erase: Prisma.sql`content_sealed = null` },
};
