import { Prisma } from '../../../prisma/generated/client/client.ts';
import { ERASED, type PersonalData } from '../../engine/services/personal-data.ts';

/** What of tasks is about customers. */
export const personalData: PersonalData = {
  task: {
    erase: Prisma.sql`outcome = case when outcome is null then null else ${ERASED} end, record = null,
    title = case when plan_id is null then title else jsonb_build_object('en', ${ERASED}::text, 'zh', ${'（已删除）'}::text) end`,
    internal: ['next_fire_at'],
  },
};
