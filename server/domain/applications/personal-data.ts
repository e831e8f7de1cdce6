import { Prisma } from '../../../prisma/generated/client/client.ts';
import { ERASED, type PersonalData } from '../../engine/services/personal-data.ts';

/** What of applications is about customers. */
export const personalData: PersonalData = {
  application: { erase: Prisma.sql`fields = '{}', reason = ${ERASED}` },
};
