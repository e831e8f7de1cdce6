import { Prisma } from '../../../prisma/generated/client/client.ts';
import { ERASED, type PersonalData } from '../../engine/services/personal-data.ts';

/** What of tickets, their events and their clocks is about customers. */
export const personalData: PersonalData = {
  sla_clock: { erase: 'KEPT', internal: ['fire_at', 'fire_percent', 'next_fire_at'] },
  ticket: {
    erase: Prisma.sql`subject = ${ERASED}, description = null, external_number = null,
    resolution = case when resolution is null then null else ${ERASED} end,
    root_cause = case when root_cause is null then null else ${ERASED} end`,
  },
  ticket_event: {
    erase: Prisma.sql`text = null, pause_reason = null,
      "from" = case when kind in ('UPDATED', 'COMMENTED') then null else "from" end,
      "to" = case when kind in ('UPDATED', 'COMMENTED') then null else "to" end`,
    through: { parent: 'ticket', key: 'ticket_id' },
  },
  ticket_link: { erase: 'KEPT', through: { parent: 'ticket', key: 'ticket_id' } },
  // An erased customer is owed no reaction: the next sweep removes the row.
  unsaid_reaction: { erase: Prisma.sql`event = jsonb_build_object('kind', event -> 'kind'), ticket = null` },
};
