import type { GradingRun, Prisma } from '../../../../prisma/generated/client/client.ts';
import { gradeChangedAlert } from '../../../engine/alert-log/raise.ts';
import { keepDecisions } from '../../../engine/policy/decisions/decision-row.ts';
import { zoneOf } from '../../../engine/policy/line-zone.ts';
import type { InstalledPolicy } from '../../../engine/policy/policies.ts';
import type { Services } from '../../../engine/services/services.ts';
import { inTransaction } from '../../../platform/storage/transaction.ts';
import { WriteSet } from '../../../platform/storage/write-set.ts';
import { dateIn, startOfDayIn } from '../../../platform/values/days.ts';
import { newId } from '../../../platform/values/ids.ts';
import { refuse } from '../../../platform/values/refusals.ts';
import { refreshBestGrades } from '../best-grade.ts';
import { promotionDay } from '../life-cycle.ts';
import { assessmentRow } from '../service.ts';
import {
  confirmGrades,
  dropScheduled,
  endAssessedGrades,
  heldGrades,
  type KeptGrade,
  lockCustomers,
  watchGrades,
} from '../sql.ts';
import { termsOf } from '../terms.ts';
import { type BatchRequest, type Candidate, type Decided, decideBatch, isMove } from './decide-grade.ts';
import { type Course, coursesOf } from './propose.ts';

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
export async function storeBatch(
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
  place: BatchPlace,
): Promise<void> {
  const { now, courses } = place;
  const changes = changesOf(run, policy, decided, place);
  const moved = decided
    .filter(({ outcome, customer }) => isMove(outcome) && !courses.has(customer.id))
    .map(({ customer }) => customer);
  await inTransaction(
    services.database,
    async (tx) => {
      if (await areStale(tx, moved)) throw new StaleBatchError();
      await dropScheduled(tx, changes.moved, now);
      await endAssessedGrades(tx, changes.ended, now);
      await watchGrades(tx, changes.watched, dateIn(now, zoneOf(policy.declaration)));
      await confirmGrades(tx, changes.kept);
      await changes.writes.execute(tx);
      await refreshBestGrades(
        tx,
        moved.map((customer) => customer.id),
      );
      // All but the run's own row can be written beside the batch before.
      await place.before;
      await advanceRun(tx, run, decided.length, changes.tally, place);
    },
    { timeoutMs: 30_000 },
  );
}

type Tally = Record<ReturnType<typeof countedAs>, number>;

/** Moves the run's cursor behind the batch. @throws {Refused} another node did this batch: nothing of it is written twice */
async function advanceRun(
  tx: Prisma.TransactionClient,
  run: GradingRun,
  done: number,
  tally: Tally,
  { cursor, now }: BatchPlace,
): Promise<void> {
  const { count } = await tx.gradingRun.updateMany({
    where: { id: run.id, cursor: run.cursor, state: { in: ['RUNNING', 'STOPPED'] } },
    data: {
      cursor,
      done: { increment: done },
      promoted: { increment: tally.promoted },
      demoted: { increment: tally.demoted },
      unchanged: { increment: tally.unchanged },
      failed: { increment: tally.failed },
      proposed: { increment: tally.proposed },
      updatedAt: now,
    },
  });
  if (count === 0) throw refuse('RUN_STOPPED');
}

/** What the decisions of a batch come to, to be written as sets. */
interface BatchChanges {
  readonly tally: Tally;
  readonly writes: WriteSet;
  readonly ended: string[];
  readonly kept: KeptGrade[];
  readonly watched: { readonly id: string; readonly misses: number }[];
  readonly moved: { readonly customer: string; readonly scheme: string }[];
}

function changesOf(
  run: GradingRun,
  { declaration }: InstalledPolicy,
  decided: readonly Decided[],
  { now, courses }: BatchPlace,
): BatchChanges {
  const timeZone = zoneOf(declaration);
  const day = { now, timeZone, today: dateIn(now, timeZone) };
  const tally = { promoted: 0, demoted: 0, unchanged: 0, failed: 0, proposed: 0 };
  const changes: BatchChanges = { tally, writes: new WriteSet(), ended: [], kept: [], watched: [], moved: [] };
  for (const one of decided) {
    const course = courses.get(one.customer.id);
    tally[countedAs(one.outcome, course)] += 1;
    const assessment = assessmentOf(run, one, course, now);
    if (!assessment) continue;
    changes.writes.insert('assessment', assessment);
    if (assessment.decisionId && !(one.decision instanceof Error)) keepDecisions(changes.writes, [one.decision]);
    if (course !== 'APPROVAL') addChange(changes, one, assessment, day);
  }
  return changes;
}

/** The assessment as it is frozen; null where the policy did not answer, or the same was asked for before. */
function assessmentOf(
  { id: runId, policyId, startedById }: GradingRun,
  { customer, scheme, held, decision, outcome }: Decided,
  course: Course | undefined,
  at: Date,
): AssessmentRow | null {
  if (decision instanceof Error || outcome.kind === 'failed' || course === 'UNKNOWN' || course === 'ASKED') return null;
  const row = assessmentRow(decision, {
    customerId: customer.id,
    policyId,
    schemeId: scheme.id,
    currentTierCode: held?.tierCode ?? null,
    assessedById: startedById,
    at,
    runId,
  });
  // Of a whole line only what changes something is kept.
  const decisionId = isMove(outcome) ? (row.decisionId ?? null) : null;
  return { ...row, decisionId, status: course === 'APPROVAL' ? 'PROPOSED' : 'APPROVED' };
}

type AssessmentRow = ReturnType<typeof assessmentRow>;

/** The instant of a run, and the day that it is in the policy's zone, as midnight UTC. */
interface RunDay {
  readonly now: Date;
  readonly today: Date;
  readonly timeZone: string;
}

/** Adds what one decision does to the grade. */
function addChange(
  { writes, ended, kept, watched, moved }: BatchChanges,
  { customer, scheme, held, outcome }: Decided,
  assessment: AssessmentRow,
  { now, today, timeZone }: RunDay,
): void {
  if (outcome.kind === 'watched' && held) watched.push({ id: held.id, misses: outcome.misses });
  if (outcome.kind === 'unchanged' && held) {
    const { until, endsAt } = termsOf(scheme, { day: today, today, timeZone });
    if (until || held.misses > 0) kept.push({ id: held.id, until, ends_at: endsAt });
  }
  if (!isMove(outcome)) return;
  moved.push({ customer: customer.id, scheme: scheme.id });
  const later = outcome.kind === 'promoted' ? promotionDay(scheme.lifeCycle, today) : null;
  if (held && !later) ended.push(held.id);
  if (outcome.to !== null) {
    writes.insert('grade', {
      id: newId(),
      customerId: customer.id,
      policyId: assessment.policyId,
      schemeId: scheme.id,
      tierCode: outcome.to,
      tierRank: outcome.rank,
      state: 'ACTIVE',
      since: later ? startOfDayIn(later.toISOString().slice(0, 10), timeZone) : now,
      scheduled: later !== null,
      ...termsOf(scheme, { day: later ?? today, today, timeZone }),
      misses: 0,
      policyVersion: assessment.policyVersion,
      assessmentId: assessment.id,
    });
  }
  if (later) return;
  const change = { from: held?.tierCode ?? null, to: outcome.to, key: assessment.id };
  const graded = { ...customer, tierRank: outcome.to === null ? customer.tierRank : outcome.rank };
  writes.insert('alert', gradeChangedAlert(graded, change, now));
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
  const rows = await heldGrades(tx, ids);
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
