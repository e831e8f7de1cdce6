import type { Services } from '../../engine/services/services.ts';
import { type Batch, type SweptBatch, sweepBatches } from '../../engine/services/sweep-batches.ts';
import { addOpenTime } from '../../engine/sla/business-time.ts';
import { nowSql } from '../../platform/storage/now-sql.ts';
import { inTransaction, type TransactionClient } from '../../platform/storage/transaction.ts';
import { WriteSet } from '../../platform/storage/write-set.ts';
import { type Ladder, ladderOf } from './ladder.ts';
import { peopleOfLines } from './line-people.ts';
import { type People, type Step, stepsFrom } from './rules.ts';
import {
  type Climbing,
  endSnoozes,
  leaveOut,
  linesOf,
  type Standing,
  standOn,
  takeClimbing,
  takeNew,
} from './sql-ladder.ts';

/**
 * Puts new alerts on the first rung of the ladder that their policy declares at that moment. One that is found late has its time
 * from when it was raised.
 *
 * @returns how many are told to somebody
 */
export function sweepNewAlerts(services: Services): Promise<number> {
  return sweepLines(services, 'NEW', async (tx, people, batch) => {
    const found = await takeNew(tx, [...people.keys()], nowSql(services.clock), batch);
    batch.took(found.map(({ id }) => id));
    const begun = found.flatMap((alert) => {
      const ladder = ladderOf(services.policies.get(alert.policyId)?.declaration, alert.kind) ?? alert.ladder;
      return ladder && !alert.isOver ? [{ alert, ladder, rung: 1, dueAt: alert.raisedAt }] : [];
    });
    const climbing = new Set(begun.map(({ alert }) => alert.id));
    const others = found.filter(({ id }) => !climbing.has(id));
    await leaveOut(
      tx,
      others.map(({ id }) => id),
    );
    await tell(services, tx, people, begun);
    return { taken: found.length, raised: begun.length };
  });
}

/**
 * Lets alerts climb that nobody acknowledged in time: each rung once, whatever nodes sweep and whichever are killed, for the rung that
 * an alert stands on, who was told of it, and the event that says so are written together.
 *
 * @returns how many climbed
 */
export function sweepClimbs(services: Services): Promise<number> {
  return sweepLines(services, 'CLIMBING', async (tx, people, batch) => {
    const found = await takeClimbing(tx, [...people.keys()], nowSql(services.clock), batch);
    batch.took(found.map(({ id }) => id));
    const climbing = found.flatMap((alert) =>
      alert.ladder && alert.rung !== null && alert.climbsAt
        ? [{ alert, ladder: alert.ladder, rung: alert.rung + 1, dueAt: alert.climbsAt }]
        : [],
    );
    await tell(services, tx, people, climbing);
    return { taken: found.length, raised: climbing.length };
  });
}

type PeopleOfLines = ReadonlyMap<string, People>;

/** Who works in a line is read before the transaction, and only where something is due there. */
function sweepLines(
  services: Services,
  which: 'NEW' | 'CLIMBING',
  sweep: (tx: TransactionClient, people: PeopleOfLines, batch: Batch) => Promise<SweptBatch>,
): Promise<number> {
  const name = which === 'NEW' ? 'alerts.ladders' : 'alerts.climbs';
  return sweepBatches(services, name, async (batch) => {
    const lines = await linesOf(services.database.prisma, which, nowSql(services.clock));
    if (lines.length === 0) return { taken: 0, raised: 0 };
    const people = await peopleOfLines(services, lines);
    return inTransaction(services.database, (tx) => sweep(tx, people, batch));
  });
}

/** Ends snoozes whose time is over. */
export function sweepSnoozes(services: Services): Promise<number> {
  return sweepBatches(
    services,
    'alerts.snoozes',
    (batch: Batch): Promise<SweptBatch> =>
      inTransaction(services.database, async (tx) => {
        const ended = await endSnoozes(tx, nowSql(services.clock), batch);
        batch.took(ended);
        return { taken: ended.length, raised: ended.length };
      }),
  );
}

/** An alert that takes a rung now. */
interface Taking {
  readonly alert: Climbing;
  readonly ladder: Ladder;
  /** The first rung that is tried. */
  readonly rung: number;
  /** When it was to be told. */
  readonly dueAt: Date;
}

async function tell(
  services: Services,
  tx: TransactionClient,
  people: PeopleOfLines,
  taking: readonly Taking[],
): Promise<void> {
  const writes = new WriteSet();
  const standing: Standing[] = [];
  for (const one of taking) {
    const { alert, ladder, rung, dueAt } = one;
    const { policyId, now } = alert;
    const known = people.get(policyId);
    if (!known) continue;
    const steps = stepsFrom(ladder, rung, alert, known);
    writes.insert(
      'alert_climb',
      ...steps.map((step) => ({
        alertId: alert.id,
        rung: step.rung,
        whom: step.whom,
        staffId: step.staffId,
        passed: step.passed,
        dueAt,
        toldAt: now,
      })),
    );
    const stands = standingOf(services, one, steps);
    standing.push(stands);
    // The first rung is told by the alert itself, unless somebody stands in for whom it names.
    const change = stands.rung !== 1 ? 'CLIMBED' : stands.assignee_id !== alert.assigneeId ? 'ASSIGNED' : null;
    if (change) writes.insert('alert_update', { alertId: alert.id, change, at: now });
  }
  await writes.execute(tx);
  await standOn(tx, standing);
}

function standingOf(services: Services, { alert, ladder, rung, dueAt }: Taking, steps: readonly Step[]): Standing {
  const last = steps.at(-1);
  const stands = last?.rung ?? rung;
  const minutes = ladder.rungs[stands - 1]?.minutes ?? null;
  // Whoever is told late has the time of their rung all the same; the first one has it from when the alert was raised.
  const from = stands === 1 ? dueAt : alert.now;
  return {
    id: alert.id,
    ladder,
    rung: stands,
    climbs_at: minutes === null ? null : climbsAt(services, alert.policyId, ladder, from, minutes),
    assignee_id: last?.passed === false ? (last.staffId ?? (stands === 1 ? alert.assigneeId : null)) : alert.assigneeId,
  };
}

/** When business minutes of a ladder are over; of a policy or calendar that is gone, they count around the clock. */
export function climbsAt(
  { calendars }: Pick<Services, 'calendars'>,
  policyId: string,
  { calendar }: Pick<Ladder, 'calendar'>,
  from: Date,
  minutes: number,
): Date {
  const isDeclared = calendars.versions(policyId, calendar).length > 0;
  const counted = calendars.inForce(policyId, isDeclared ? calendar : 'always', from.getTime());
  return new Date(addOpenTime(counted, from.getTime(), minutes * 60_000).at);
}
