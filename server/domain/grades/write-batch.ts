import type { GradingRun, Prisma } from '../../../prisma/generated/client/client.ts';
import { gradeChangedAlert } from '../../engine/alert-log/raise.ts';
import type { InstalledPolicy } from '../../engine/policy/policies.ts';
import { zoneOf } from '../../engine/policy/zone.ts';
import type { Services } from '../../engine/services/services.ts';
import { inTransaction } from '../../platform/storage/transaction.ts';
import { WriteSet } from '../../platform/storage/write-set.ts';
import { dateIn, endOfDayIn, startOfDayIn } from '../../platform/values/days.ts';
import { Refused } from '../../platform/values/errors.ts';
import { newId } from '../../platform/values/ids.ts';
import { lockCustomers, refreshBestGrades } from './best.ts';
import { type BatchRequest, type Candidate, type Decided, decideBatch, isMove } from './decide.ts';
import { lastValidDay, promotionDay } from './life-cycle.ts';
import { type Course, coursesOf } from './propose.ts';
import { reviewDate, type Scheme } from './schemes.ts';
import { assessmentRow } from './service.ts';

/** What a batch was decided from is not so any more. */
class StaleBatchError extends Error {}

/** Where a batch stands in its run. */
interface BatchPlace {
  readonly now: Date;
  /** The run's cursor after the batch. */
  readonly cursor: string | null;
  /** How the changes come into force, by customer. */
  readonly courses: ReadonlyMap<string, Course>;
  /** The batch before is written. */
  readonly before: Promise<void>;
}

/** How often a batch is decided, when others change the same customers. */
const TRIES = 3;

/** Writes a batch; where customers changed since they were read, the same customers are decided once more. */
export async function settleBatch(
  services: Services,
  run: GradingRun,
  policy: InstalledPolicy,
  decided: readonly Decided[],
  request: BatchRequest,
  before: Promise<void>,
): Promise<void> {
  // Where there is one session only, a transaction that waits for another one would keep it from going on.
  if (services.database.kind !== 'POSTGRES') await before;
  const upTo = decided.at(-1)?.customer.id;
  let batch = decided;
  for (let tries = 1; ; tries++) {
    try {
      return await writeBatch(services, run, policy, batch, {
        now: request.now,
        cursor: upTo ?? run.cursor,
        courses: await coursesOf(services, run, policy, batch, request.now),
        before,
      });
    } catch (error) {
      if (!(error instanceof StaleBatchError) || !upTo || tries === TRIES) throw error;
      batch = await decideBatch(services, { ...request, upTo }, run.cursor);
    }
  }
}

/** Writes what a batch decided, as sets, in one transaction: the one that follows the run's `cursor`. */
async function writeBatch(
  services: Services,
  run: GradingRun,
  policy: InstalledPolicy,
  decided: readonly Decided[],
  { now, cursor, courses, before }: BatchPlace,
): Promise<void> {
  const today = dateIn(now, zoneOf(policy.declaration));
  const tally = { promoted: 0, demoted: 0, unchanged: 0, failed: 0, proposed: 0 };
  const writes = new WriteSet();
  const ended: string[] = [];
  const kept: { id: string; until: Date | null; ends_at: Date | null }[] = [];
  const watched: { id: string; misses: number }[] = [];
  for (const one of decided) {
    const { customer, scheme, held, decision, outcome } = one;
    const course = courses.get(customer.id);
    tally[countedAs(outcome, course)] += 1;
    if (decision instanceof Error || outcome.kind === 'failed' || course === 'UNKNOWN' || course === 'ASKED') continue;
    const assessment = {
      ...assessmentRow(decision.answer, {
        customerId: customer.id,
        policyId: run.policyId,
        schemeId: scheme.id,
        currentTierCode: held?.tierCode ?? null,
        policyVersion: decision.policyVersion,
        assessedById: run.startedById,
        at: now,
        runId: run.id,
      }),
      status: course === 'APPROVAL' ? ('PROPOSED' as const) : ('APPROVED' as const),
    };
    writes.insert('assessment', assessment);
    if (course === 'APPROVAL') continue;
    if (outcome.kind === 'watched' && held) watched.push({ id: held.id, misses: outcome.misses });
    if (outcome.kind === 'unchanged' && held) {
      const { until, endsAt } = validity(scheme, today, zoneOf(policy.declaration));
      if (until || held.misses > 0) kept.push({ id: held.id, until, ends_at: endsAt });
    }
    if (!isMove(outcome)) continue;
    const later = outcome.kind === 'promoted' ? promotionDay(scheme.lifeCycle, today) : null;
    if (held && !later) ended.push(held.id);
    if (outcome.to !== null) {
      writes.insert('grade', {
        id: newId(),
        customerId: customer.id,
        policyId: run.policyId,
        schemeId: scheme.id,
        tierCode: outcome.to,
        tierRank: outcome.rank,
        state: 'ACTIVE',
        reason: 'ASSESSED',
        since: later ? startOfDayIn(later.toISOString().slice(0, 10), zoneOf(policy.declaration)) : now,
        scheduled: later !== null,
        ...validity(scheme, later ?? today, zoneOf(policy.declaration)),
        reviewDueOn: reviewDate(scheme, today),
        misses: 0,
        policyVersion: decision.policyVersion,
        assessmentId: assessment.id,
      });
    }
    if (later) continue;
    const change = { from: held?.tierCode ?? null, to: outcome.to, key: assessment.id };
    writes.insert(
      'alert',
      gradeChangedAlert({ ...customer, tierRank: outcome.to === null ? customer.tierRank : outcome.rank }, change, now),
    );
  }
  const moved = decided
    .filter(({ outcome, customer }) => isMove(outcome) && !courses.has(customer.id))
    .map(({ customer }) => customer);
  await inTransaction(
    services.database,
    async (tx) => {
      if (await areStale(tx, moved)) throw new StaleBatchError();
      if (ended.length > 0)
        await tx.$executeRaw`
          update grade set state = 'ENDED', ended_at = ${now}, ended_because = 'ASSESSED' where id = any(${ended}::uuid[])`;
      if (watched.length > 0)
        await tx.$executeRaw`
          update grade g set misses = w.misses, state = 'WATCH' from jsonb_to_recordset(${JSON.stringify(watched)}::jsonb) as w(id uuid, misses int)
          where g.id = w.id`;
      if (kept.length > 0)
        await tx.$executeRaw`
          update grade g set misses = 0, state = 'ACTIVE', until = coalesce(k.until, g.until), ends_at = coalesce(k.ends_at, g.ends_at)
          from jsonb_to_recordset(${JSON.stringify(kept)}::jsonb) as k(id uuid, until date, ends_at timestamptz)
          where g.id = k.id and (g.misses <> 0 or k.until is not null)`;
      await writes.execute(tx);
      await refreshBestGrades(
        tx,
        moved.map((customer) => customer.id),
      );
      // All but the run's own row can be written beside the batch before.
      await before;
      const { count } = await tx.gradingRun.updateMany({
        where: { id: run.id, cursor: run.cursor, state: { in: ['RUNNING', 'STOPPED'] } },
        data: {
          cursor,
          done: { increment: decided.length },
          promoted: { increment: tally.promoted },
          demoted: { increment: tally.demoted },
          unchanged: { increment: tally.unchanged },
          failed: { increment: tally.failed },
          proposed: { increment: tally.proposed },
          updatedAt: now,
        },
      });
      // Another node did this batch: nothing of it is written twice.
      if (count === 0) throw Refused.because('RUN_STOPPED', 'The run goes on elsewhere.');
    },
    { timeoutMs: 30_000 },
  );
}

function countedAs(
  outcome: Decided['outcome'],
  course: Course | undefined,
): 'promoted' | 'demoted' | 'unchanged' | 'failed' | 'proposed' {
  if (course === 'APPROVAL') return 'proposed';
  if (course === 'UNKNOWN') return 'failed';
  if (course === 'ASKED') return 'unchanged';
  return outcome.kind === 'watched' || outcome.kind === 'undecided' ? 'unchanged' : outcome.kind;
}

/** Locks customers whose grade is to change, and says whether one's grades or consent have changed since they were read. */
async function areStale(tx: Prisma.TransactionClient, customers: readonly Candidate[]): Promise<boolean> {
  const ids = customers.map(({ id }) => id);
  if (ids.length === 0) return false;
  await lockCustomers(tx, ids);
  const rows = await tx.$queryRaw<{ id: string; vip_consent: boolean | null; held: string[] }[]>`
    select c.id, c.vip_consent,
      array(select g.id::text from grade g where g.customer_id = c.id and g.state <> 'ENDED' and not g.scheduled) as held
    from customer c where c.id = any(${ids}::uuid[]) and c.departed_at is null`;
  const now = new Map(rows.map((row) => [row.id, row]));
  return customers.some(({ id, vipConsent, held }) => {
    const row = now.get(id);
    const isSame =
      row?.vip_consent === vipConsent &&
      row.held.length === held.length &&
      held.every((one) => row.held.includes(one.id));
    return !isSame;
  });
}

/** Until when a grade holds that is given or confirmed on a day. */
function validity(scheme: Scheme, day: Date, timeZone: string): { until: Date | null; endsAt: Date | null } {
  const until = lastValidDay(scheme.lifeCycle, day);
  return { until, endsAt: until && endOfDayIn(until, timeZone) };
}
