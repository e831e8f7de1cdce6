import { Prisma } from '../../../prisma/generated/client/client.ts';
import type { PersonalData } from '../../engine/services/personal-data.ts';

/** What of surveys is about customers. */
export const personalData: PersonalData = {
  survey_response: { erase: Prisma.sql`comment = null` },
};
