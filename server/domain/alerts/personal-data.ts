import { Prisma } from '../../../prisma/generated/client/client.ts';
import { ERASED, type PersonalData } from '../../engine/services/personal-data.ts';

/** What of alerts is about customers. */
export const personalData: PersonalData = {
  alert: {
    erase: Prisma.sql`note = case when note is null then null else ${ERASED} end,
      snooze_reason = case when snooze_reason is null then null else ${ERASED} end`,
    internal: ['dedupe_key', 'awaits_reaction', 'awaits_ladder', 'ladder'],
  },
};
