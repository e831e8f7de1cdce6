import { addDays, addMonths, dayEnd, dayOf } from '../../engine/policy/calendar-days.ts';
import type { NumberOrParameter, RecordDue, RecordStep } from '../../engine/policy/contract/records.ts';
import { zoneOf } from '../../engine/policy/line-zone.ts';
import type { InstalledPolicy } from '../../engine/policy/policies.ts';
import type { Within } from '../../engine/sla/subject-clock.ts';
import type { RecordStanding, TakenStep } from './rules.ts';

/** What due instants are counted from. */
export interface DueFrom {
  readonly policy: InstalledPolicy;
  readonly startedAt: Date;
  readonly fields: Readonly<Record<string, unknown>>;
  readonly taken: readonly TakenStep[];
  readonly standing: RecordStanding;
}

/** A promise about a step: from when it counts, and how long. */
export interface StepPromise {
  readonly from: Date;
  readonly within: Within;
}

const AT_RISK = [80];

/** When a step falls due; null where what it is counted from is not known yet, or its number is blank. */
export function promiseOfStep({ due }: Pick<RecordStep, 'due'>, about: DueFrom): StepPromise | null {
  if (!due) return null;
  const { calendar } = due;
  const rest = { ...(calendar !== undefined && { calendar }), atRisk: due.atRisk ?? AT_RISK };
  if (!('after' in due)) return fixedPromise(about, dueAtField(due, about), rest);
  const from = anchorOf(due.after, about);
  if (!from) return null;
  if ('months' in due) {
    const months = numberOf(due.months, about);
    const zone = zoneOf(about.policy.declaration);
    const day = dayOf(from.toISOString(), zone);
    return months === null ? null : fixedPromise(about, new Date(dayEnd(addMonths(day, months), zone)), rest);
  }
  const count = numberOf('hours' in due ? due.hours : due.days, about);
  if (count === null) return null;
  const target =
    'hours' in due
      ? ({ kind: 'DURATION', minutes: count * 60 } as const)
      : ({ kind: 'END_OF_DAY', days: count, count: due.count ?? 'CALENDAR' } as const);
  return { from, within: { target, ...rest } };
}

/** A promise for an instant that is known. */
function fixedPromise({ startedAt }: DueFrom, dueAt: Date | null, rest: Pick<Within, 'atRisk'>): StepPromise | null {
  if (!dueAt) return null;
  const from = dueAt < startedAt ? dueAt : startedAt;
  const minutes = (dueAt.getTime() - from.getTime()) / 60_000;
  return { from, within: { target: { kind: 'DURATION', minutes }, atRisk: minutes > 0 ? rest.atRisk : [] } };
}

function dueAtField(due: Exclude<RecordDue, { readonly after: string }>, about: DueFrom): Date | null {
  const zone = zoneOf(about.policy.declaration);
  const name = 'at' in due ? due.at : due.before;
  const value = about.fields[name];
  if (typeof value !== 'string') return null;
  const isDay = !value.includes('T');
  if ('at' in due) return new Date(isDay ? dayEnd(value, zone) : value);
  const days = numberOf(due.days, about);
  return days === null ? null : new Date(dayEnd(addDays(isDay ? value : dayOf(value, zone), -days), zone));
}

/** The instant that something is counted from; a day counts from its end, so that days after it are whole. */
function anchorOf(name: string, { policy, startedAt, fields, taken, standing }: DueFrom): Date | null {
  if (name === 'START') return startedAt;
  if (name === 'LAST') return taken.findLast(({ state }) => state === 'DONE')?.takenAt ?? startedAt;
  if (standing.done.includes(name)) {
    const last = taken.findLast(({ code, state }) => code === name && state === 'DONE');
    return last ? (last.decidedAt ?? last.takenAt) : null;
  }
  const value = fields[name];
  if (typeof value !== 'string') return null;
  return new Date(value.includes('T') ? value : dayEnd(value, zoneOf(policy.declaration)));
}

/** A number, or that of the parameter; null while it is blank. */
function numberOf(given: NumberOrParameter, { policy }: DueFrom): number | null {
  const value = typeof given === 'number' ? given : policy.parameters[given];
  return typeof value === 'number' ? value : null;
}
