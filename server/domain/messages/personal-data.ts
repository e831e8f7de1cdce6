import { Prisma } from '../../../prisma/generated/client/client.ts';
import { ERASED, type PersonalData } from '../../engine/services/personal-data.ts';

/** What of messages is about customers. */
export const personalData: PersonalData = {
  message: { erase: Prisma.sql`body = ${ERASED}, reference = null, problem = null` },
};
