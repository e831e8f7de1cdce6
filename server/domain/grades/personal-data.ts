import { Prisma } from '../../../prisma/generated/client/client.ts';
import { ERASED, type PersonalData } from '../../engine/services/personal-data.ts';

/** What of grades, assessments and cards is about customers. */
export const personalData: PersonalData = {
  annual_list_entry: { erase: 'KEPT' },
  assessment: {
    erase: Prisma.sql`remarks = null, indicators = (
      select coalesce(jsonb_agg(case when one ? 'basis' then jsonb_set(one, '{basis}', to_jsonb(${ERASED}::text)) else one end
        order by place), '[]'::jsonb)
      from jsonb_array_elements(case jsonb_typeof(indicators) when 'array' then indicators else '[]'::jsonb end)
        with ordinality as each (one, place))`,
  },
  grade: { erase: 'KEPT' },
  vip_card: { erase: 'KEPT' },
};
