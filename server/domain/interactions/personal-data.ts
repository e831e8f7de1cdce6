import { Prisma } from '../../../prisma/generated/client/client.ts';
import { ERASED, type PersonalData } from '../../engine/services/personal-data.ts';

/** What of interactions is about customers. */
export const personalData: PersonalData = {
  interaction: { erase: Prisma.sql`summary = ${ERASED}, needs = null, place = null, details = null` },
};
