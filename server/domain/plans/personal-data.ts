import { Prisma } from '../../../prisma/generated/client/client.ts';
import { ERASED, type PersonalData } from '../../engine/services/personal-data.ts';

const through = { parent: 'maintenance_plan', key: 'plan_id' };

/** What of maintenance plans is about customers. */
export const personalData: PersonalData = {
  maintenance_plan: {
    erase: Prisma.sql`objective = ${ERASED}, summary = case when summary is null then null else ${ERASED} end,
    evidence = null, improvement = case when improvement is null then null else ${ERASED} end`,
  },
  plan_measure: { erase: Prisma.sql`measure = ${ERASED}`, through },
  plan_version: { erase: Prisma.sql`content = '{}', comment = null`, through },
};
