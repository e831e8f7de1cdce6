import { sweepClimbs, sweepNewAlerts } from '../../domain/alerts/climb.ts';
import { sweepAcknowledgements } from '../../domain/alerts/expire.ts';
import { type Demo, loadDemo } from '../../domain/import/demo.ts';
import { sweepTasks } from '../../domain/tasks/sweep-tasks.ts';
import type { Job } from '../../engine/services/job.ts';
import type { Services } from '../../engine/services/services.ts';
import { sweepClocks } from '../../engine/sla/sweep-clocks.ts';
import { sweepSubjectClocks } from '../../engine/sla/sweep-subjects.ts';
import { DomainError } from '../../platform/values/errors.ts';
import { HeldClock } from '../../platform/values/wall-clock.ts';
import { nextDue } from '../advance.ts';
import * as due from '../sql.ts';
import { DemoPeople } from './demo-people.ts';
import { Stage } from './stage.ts';
import { STORY } from './story.ts';

/** Told of what is being done, in a few words. */
export type Tell = (what: string) => void;

const HOUR = 3_600_000;

/** Hours before the demo is looked at, from which on its clocks are told of. */
const BEGINS_HOURS_AGO = 96;

/** What fires by itself in the days that are made up for. */
const FIRING: readonly Job[] = [
  { name: 'sla.clocks', run: sweepClocks, next: { sql: due.nextClock } },
  { name: 'sla.subject-clocks', run: sweepSubjectClocks, next: { sql: due.nextSubjectClock } },
  { name: 'tasks.overdue', run: sweepTasks, next: { sql: due.nextTask } },
  { name: 'alerts.acknowledgements', run: sweepAcknowledgements, next: { sql: due.nextAcknowledgement } },
  { name: 'alerts.ladders', run: sweepNewAlerts, next: { sql: due.nextLadder } },
  { name: 'alerts.climbs', run: sweepClimbs, next: { sql: due.nextClimb } },
];

/**
 * Loads the demo into an empty database and has its last days happen: clocks fire at their instants, people work, ask and decide.
 * Nothing is written past the commands, so that all of it is as it would be had they done so then. No job may run meanwhile.
 *
 * @returns what the database has; nothing happens where it was loaded before
 */
export async function prepareDemo(services: Services, now: Date, tell: Tell = () => undefined): Promise<Demo> {
  const demo = await loadDemo(services, now, (file) => tell(`Loading ${file}`));
  if (!demo.isNew) return demo;
  const clock = new HeldClock(new Date(now.getTime() - BEGINS_HOURS_AGO * HOUR));
  const past: Services = { ...services, clock };
  const people = new DemoPeople(past, demo.staff);
  tell('Letting the last days happen');
  for (const { hoursAgo, who, does } of STORY) {
    await fireUntil(past, clock, new Date(now.getTime() - hoursAgo * HOUR));
    const caller = await people.as(who);
    await play(past, who, () => does(new Stage(past, caller, people)));
  }
  await fireUntil(past, clock, now);
  return demo;
}

/** Has what falls due by an instant fire, each at its own. */
async function fireUntil(past: Services, clock: HeldClock, to: Date): Promise<void> {
  const nextOf = async (job: Job) => ({ job, at: await nextDue([job], past, to) });
  let waiting = await Promise.all(FIRING.map(nextOf));
  for (;;) {
    const [first] = waiting.filter(({ at }) => at).toSorted((a, b) => Number(a.at) - Number(b.at));
    if (!first?.at) break;
    if (first.at > clock.now()) clock.set(first.at);
    await first.job.run(past);
    const after = await nextOf(first.job);
    waiting = waiting.map((one) => (one.job === first.job ? after : one));
  }
  if (to > clock.now()) clock.set(to);
}

/** A scene that a rule forbids, on a holiday perhaps, is left out: the others are shown. */
async function play({ log }: Services, who: string, scene: () => Promise<unknown>): Promise<void> {
  try {
    await scene();
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    log.warn({ who, code: error.code, why: error.message }, 'a scene of the demo was left out');
  }
}
