import { Prisma } from '../../../prisma/generated/client/client.ts';
import type { Channel, CustomerStage, Purpose } from '../../../prisma/generated/client/enums.ts';
import type { AlertCustomer } from '../../engine/alert-log/raise.ts';
import type { MetBy } from '../../engine/policy/answers.ts';
import type { CareFacts, CustomerFacts, GradeFact } from '../../engine/policy/facts.ts';
import type { Decision, InstalledPolicy } from '../../engine/policy/policies.ts';
import { zoneOf } from '../../engine/policy/zone.ts';
import type { Services } from '../../engine/services/services.ts';
import { holidaySeason, holidaysAhead, holidaysBefore } from '../../engine/sla/holidays-ahead.ts';
import { directSql } from '../../platform/storage/direct.ts';
import { endOfDayIn } from '../../platform/values/days.ts';
import { customerFacts, gradeFact, subjectOf } from '../customers/facts.ts';
import { CUSTOMER_ROW, type CustomerRow } from '../customers/sql.ts';
import type { KnownContact } from '../tasks/met-by.ts';

/** Customers of one batch: read by one statement, asked about in one message, written in one transaction. */
export const BATCH = 1000;

/** For how long contact is remembered: the longest period of a cadence, and some days more. */
const MEMORY_MS = 400 * 86_400_000;

/** How long after departing a customer is still looked at, so that what was planned is withdrawn. */
const AFTERWARDS_MS = 40 * 86_400_000;

/** A care task that is not done. */
export interface OpenTask {
  readonly id: string;
  readonly key: string;
  readonly status: 'OPEN' | 'OVERDUE';
  readonly dueAt: string;
  readonly from: string | null;
  readonly to: string | null;
  readonly metBy: MetBy | null;
}

/** A customer with what the policy asks for, and what is open. */
export interface Cared {
  readonly customer: AlertCustomer;
  readonly facts: CustomerFacts;
  readonly contacts: readonly KnownContact[];
  readonly open: readonly OpenTask[];
  readonly decision: Decision<'care'> | Error;
}

interface Row extends CustomerRow {
  birthday: string | null;
  created_on: string;
  grades: { s: string; t: string; r: number; a: string; e: 'ACTIVE' | 'WATCH'; m: number }[] | null;
  contacts: [on: string, channel: Channel, purpose: Purpose, isMessage: boolean][] | null;
  open: OpenTask[] | null;
}

const IMPORTANT: readonly CustomerStage[] = ['KEY', 'SPECIAL'];

/**
 * What a policy asks for on a day, for the next customers after `after`, in order of their ids. Contact counts up to the
 * end of the day, or to now where that is earlier.
 *
 * @param day YYYY-MM-DD in the policy's zone
 * @returns at most `BATCH`
 */
export async function decideCare(
  { database, policies, clock }: Services,
  { declaration }: InstalledPolicy,
  day: string,
  after: string | null,
): Promise<Cared[]> {
  const timeZone = zoneOf(declaration);
  const end = endOfDayIn(new Date(`${day}T00:00:00Z`), timeZone);
  const now = clock.now();
  const until = now < end ? new Date(now.getTime() + 1) : end;
  // Each customer's own rows by their index: joins of sets that the planner knows nothing of can cost a thousand times more.
  const rows = await directSql<Row>(
    database,
    Prisma.sql`
    select ${CUSTOMER_ROW}, c.birthday::text as birthday, to_char(c.created_at at time zone ${timeZone}, 'YYYY-MM-DD') as created_on,
      (select json_agg(json_build_object('s', g.scheme_id, 't', g.tier_code, 'r', g.tier_rank, 'a', g.since, 'e', g.state, 'm', g.misses))
        from grade g where g.customer_id = c.id and g.state <> 'ENDED' and not g.scheduled) as grades,
      (select json_agg(distinct jsonb_build_array(to_char(i.happened_at at time zone ${timeZone}, 'YYYY-MM-DD'), i.channel, i.purpose, i.message_id is not null))
        from interaction i
        where i.customer_id = c.id and i.channel <> 'INTERNAL'
          and i.happened_at >= ${new Date(end.getTime() - MEMORY_MS)} and i.happened_at < ${until}) as contacts,
      (select json_agg(json_build_object('id', t.id, 'key', t.key, 'status', t.status, 'dueAt', t.due_at, 'from', t.period_from, 'to', t.period_to, 'metBy', t.met_by))
        from task t
        where t.customer_id = c.id and t.status in ('OPEN', 'OVERDUE') and (t.key like 'care:%' or t.key like 'duty:%')) as open
    from customer c
    where c.policy_id = ${declaration.id} and c.erased_at is null
      and (c.departed_at is null or c.departed_at > ${new Date(end.getTime() - AFTERWARDS_MS)})
      and (${after}::uuid is null or c.id > ${after}::uuid)
    order by c.id limit ${BATCH}`,
  );
  if (rows.length === 0) return [];
  const holidays = holidaysAhead(day);
  const past = holidaysBefore(day);
  const season = holidaySeason(day);
  const facts = rows.map((row): CareFacts => {
    const grades = gradesOf(row);
    const contacts = row.contacts ?? [];
    return {
      today: day,
      customer: { ...customerFacts(declaration, { ...row, grade: null }), grade: grades[0] ?? null },
      grades,
      createdOn: row.created_on,
      birthday: row.birthday,
      important: IMPORTANT.includes(row.stage),
      contacts: contacts.flatMap(([on, channel, purpose, isMessage]) => (isMessage ? [] : { on, channel, purpose })),
      messages: contacts.flatMap(([on, channel, purpose, isMessage]) => (isMessage ? { on, channel, purpose } : [])),
      holidays,
      holidaysBefore: past,
      holidaySeasonFrom: season.from,
    };
  });
  const decisions = await policies.askMany(declaration.id, 'care', facts);
  return rows.map(
    (row, index): Cared => ({
      customer: subjectOf(row),
      facts: (facts[index] as CareFacts).customer,
      contacts: (row.contacts ?? []).map(([on, channel, purpose, isMessage]) => ({ on, channel, purpose, isMessage })),
      open: row.open ?? [],
      decision: decisions[index] ?? new Error('no decision'),
    }),
  );
}

function gradesOf({ grades }: Row): GradeFact[] {
  return (grades ?? [])
    .map(({ s, t, r, a, e, m }) =>
      gradeFact({ schemeId: s, tierCode: t, tierRank: r, since: new Date(a), state: e, misses: m }),
    )
    .sort((a, b) => b.rank - a.rank);
}
