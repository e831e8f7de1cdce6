import { Prisma } from '../../../prisma/generated/client/client.ts';
import type { PersonalData } from '../../engine/services/personal-data.ts';

/** What of budgets is about customers. */
export const personalData: PersonalData = {
  budget_entry: {
    erase: Prisma.sql`purpose = null`,
    through: { parent: 'maintenance_plan', key: 'plan_id' },
  },
};
