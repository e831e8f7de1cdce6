import { Prisma } from '../../../prisma/generated/client/client.ts';
import { ERASED, type PersonalData } from '../../engine/services/personal-data.ts';

const through = { parent: 'policy_record', key: 'record_id' };

/** What of records is about customers: that there was one, its steps and its times stay. */
export const personalData: PersonalData = {
  policy_record: {
    erase: Prisma.sql`fields = '{}', end_reason = case when end_reason is null then null else ${ERASED} end`,
    internal: ['person_rank'],
  },
  policy_record_step: {
    through,
    erase: Prisma.sql`brought = null, confirmation = case when confirmation is null then null else ${ERASED} end,
      comment = case when comment is null then null else ${ERASED} end`,
  },
  policy_record_version: { through, erase: Prisma.sql`fields = '{}'` },
};
