import { Prisma } from '../../../prisma/generated/client/client.ts';
import { ERASED, type PersonalData } from '../../engine/services/personal-data.ts';

/** What of approvals is about customers. */
export const personalData: PersonalData = {
  approval: { erase: Prisma.sql`reason = case when reason is null then null else ${ERASED} end` },
  approval_step: {
    erase: Prisma.sql`comment = case when comment is null then null else ${ERASED} end`,
    through: { parent: 'approval', key: 'approval_id' },
  },
};
