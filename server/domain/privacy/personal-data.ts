import { Prisma } from '../../../prisma/generated/client/client.ts';
import { ERASED, type PersonalData } from '../../engine/services/personal-data.ts';
import { personalData as alerts } from '../alerts/personal-data.ts';
import { personalData as applications } from '../applications/personal-data.ts';
import { personalData as approvals } from '../approvals/personal-data.ts';
import { personalData as budget } from '../budget/personal-data.ts';
import { personalData as contracts } from '../contracts/personal-data.ts';
import { personalData as customers } from '../customers/personal-data.ts';
import { personalData as files } from '../files/personal-data.ts';
import { personalData as grades } from '../grades/personal-data.ts';
import { personalData as interactions } from '../interactions/personal-data.ts';
import { personalData as messages } from '../messages/personal-data.ts';
import { personalData as plans } from '../plans/personal-data.ts';
import { personalData as records } from '../records/personal-data.ts';
import { personalData as surveys } from '../surveys/personal-data.ts';
import { personalData as tasks } from '../tasks/personal-data.ts';
import { personalData as tickets } from '../tickets/personal-data.ts';

/** What this slice keeps about customers by itself, and what belongs to no slice: clocks of the engine, the audit trail. */
const personalData: PersonalData = {
  audit_entry: { erase: 'KEPT', internal: ['seq', 'hash'] },
  consent_decision: { erase: Prisma.sql`evidence = case when evidence is null then null else ${ERASED} end` },
  disclosure: { erase: Prisma.sql`purpose = ${ERASED}` },
  subject_clock: { erase: 'KEPT', internal: ['fire_at', 'fire_percent', 'next_fire_at'] },
};

/**
 * What is done to the rows of a customer in each table, but to the file itself. A test holds this list to the tables that
 * there are.
 */
export const PERSONAL_DATA: PersonalData = {
  ...personalData,
  ...alerts,
  ...applications,
  ...approvals,
  ...budget,
  ...contracts,
  ...customers,
  ...files,
  ...grades,
  ...interactions,
  ...messages,
  ...plans,
  ...records,
  ...surveys,
  ...tasks,
  ...tickets,
};
