import type { TaskProposal } from '../../policy/answers.ts';
import { addDays, dayEnd, dayOf } from '../../policy/calendar-days.ts';
import type { Policy } from '../../policy/contract.ts';
import { zoneOf } from '../../policy/line-zone.ts';
import { ask } from '../ask.ts';
import { placeOf } from '../facts/all.ts';
import type { Watch } from '../progress.ts';
import type { Finding } from '../report.ts';
import type { Subject } from '../subject.ts';
import { Findings, type Result } from './result.ts';

/** Keys of tasks and alerts tell them apart: two alike in one answer would become one. */
export function taskFindings(results: readonly Result[]): Finding[] {
  const found = new Findings('tasks');
  for (const { asked, outcome } of results) {
    for (const list of listsIn({ asked, outcome })) {
      const keys = list.map(({ key }) => key);
      const twice = keys.find((key, index) => keys.indexOf(key) !== index);
      if (twice !== undefined) found.add(placeOf(asked), `two tasks of one answer have the key ${twice}`);
    }
  }
  return found.all();
}

/** What is due at the last second of a day is due at the end of one of the policy's days; one example is enough. */
export function dayEndFindings(policy: Policy, results: readonly Result[]): Finding[] {
  const timeZone = zoneOf(policy);
  for (const { asked, outcome } of results) {
    const one = listsIn({ asked, outcome })
      .flat()
      .find(({ dueAt }) => dueAt !== undefined && isEndElsewhere(dueAt, timeZone));
    if (!one) continue;
    const found = new Findings('tasks');
    found.add(
      placeOf(asked),
      `${one.key} is due at ${one.dueAt}, when no day ends in ${timeZone}; dayEnd takes the policy's own timeZone`,
    );
    return found.all();
  }
  return [];
}

/** A task, an alert or a selection. */
interface Keyed {
  readonly key: string;
  readonly dueAt?: string;
}

function listsIn({ asked, outcome }: Result): Keyed[][] {
  if (outcome.kind !== 'ANSWERED' || (asked.question !== 'care' && asked.question !== 'react')) return [];
  const { answer } = outcome.answered;
  return (Array.isArray(answer) ? [answer] : Object.values(answer).filter(Array.isArray)) as Keyed[][];
}

function isEndElsewhere(instant: string, timeZone: string): boolean {
  const isEnd = Date.parse(instant) % 60_000 === 59_000;
  return isEnd && Date.parse(dayEnd(dayOf(instant, timeZone), timeZone)) !== Date.parse(instant);
}

/**
 * A task has the same key each day: asked on the next day about the same customer, the same task, due at the same instant,
 * is no other. One example of each kind of task is enough.
 */
export function stableKeyFindings({ policy, sampled }: Subject, results: readonly Result[], watch: Watch): Finding[] {
  const found = new Findings('tasks');
  const told = new Set<string>();
  for (const { asked, outcome } of results) {
    if (outcome.kind !== 'ANSWERED' || asked.question !== 'care') continue;
    const today = outcome.answered.answer as readonly TaskProposal[];
    if (today.length === 0) continue;
    const facts = { ...asked.facts, today: addDays(asked.facts.today, 1) };
    const next = ask(policy, { question: 'care', facts }, sampled, watch);
    if (next.kind !== 'ANSWERED') continue;
    const later = aboutTasks(next.answered.answer as readonly TaskProposal[]);
    for (const [about, { keys, kind }] of aboutTasks(today)) {
      const others = later.get(about)?.keys ?? [];
      if (told.has(kind) || keys.length !== others.length || keys.some((key) => others.includes(key))) continue;
      told.add(kind);
      found.add(placeOf(asked), `the task ${keys[0]} is ${others[0]} on the next day; each day would add another`);
    }
  }
  return found.all();
}

/** The keys of tasks that are the same but for their keys and titles, with what kind of task they are. */
function aboutTasks(tasks: readonly TaskProposal[]): Map<string, { readonly keys: string[]; readonly kind: string }> {
  const about = new Map<string, { keys: string[]; kind: string }>();
  for (const { key, origin, purpose, channel, period, dueAt } of tasks) {
    const kind = `${origin} ${purpose} ${channel}`;
    const same = JSON.stringify([kind, period, dueAt]);
    const known = about.get(same) ?? { keys: [], kind };
    known.keys.push(key);
    about.set(same, known);
  }
  return about;
}
