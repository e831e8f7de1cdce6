import { clashes, declarationProblems } from '../../policy/declaration/check-declaration.ts';
import { contradictions } from '../../policy/evaluate/contradictions.ts';
import type { PlacedRow } from '../golden/tables.ts';
import type { Finding } from '../report.ts';
import type { Subject } from '../subject.ts';
import { Findings } from './result.ts';

/** A time of day, 24:00 as the end of the day included. */
const TIME = /^([01]\d|2[0-3]):[0-5]\d$|^24:00$/;

/** What is wrong with what the plugin declares, before anybody asks it anything. */
export function declarationFindings(subject: Subject): Finding[] {
  const { policy, sampled, presets, unfilled } = subject;
  const found = new Findings('declaration');
  for (const problem of declarationProblems(policy)) found.add(policy.id, problem.slice(policy.id.length + 2));
  for (const problem of clashes([policy])) found.add(policy.id, problem.slice(policy.id.length + 1));
  // Under the samples the bands lie as an operator would set them; contradictions of literals show there too.
  for (const parameters of [presets, sampled])
    for (const { message } of contradictions(policy, parameters)) found.add(policy.id, message);
  for (const key of unfilled)
    found.add(
      `parameter ${key}`,
      'it is blank and no value was found that its schema and checkParameters take, so nothing that needs it is asked',
    );
  unknownNames(subject, found);
  badCalendars(subject, found);
  return found.all();
}

/** Sensitive fields that no profile has, and benefits that no tier grants: misspelt, most likely. */
function unknownNames({ policy }: Subject, found: Findings): void {
  const { profiles = {}, sensitive = [], benefits = {}, schemes = {}, acknowledgement, calendars = {} } = policy;
  const fields = new Set(Object.values(profiles).flatMap((schema) => Object.keys(schema?.shape ?? {})));
  for (const field of sensitive)
    if (!fields.has(field)) found.add(`sensitive field ${field}`, 'no profile declares it, so nothing is masked');
  const granted = new Set(
    Object.values(schemes).flatMap(({ tiers }) => Object.values(tiers).flatMap((tier) => tier.benefits ?? [])),
  );
  for (const benefit of Object.keys(benefits))
    if (!granted.has(benefit)) found.add(`benefit ${benefit}`, 'no tier grants it');
  const calendar = acknowledgement?.calendar;
  if (calendar !== undefined && calendar !== 'always' && !Object.hasOwn(calendars, calendar))
    found.add('acknowledgement', `it names the calendar ${calendar}, which is not declared`);
}

function badCalendars({ policy }: Subject, found: Findings): void {
  for (const [id, { week }] of Object.entries(policy.calendars ?? {})) {
    const place = `calendar ${id}`;
    if (Object.values(week).every((hours) => hours.length === 0)) found.add(place, 'it never opens');
    for (const [day, hours] of Object.entries(week))
      for (const { start, end } of hours)
        if (!TIME.test(start) || !TIME.test(end)) found.add(place, `${start} to ${end} of day ${day} are no hours`);
    for (const [day, hours] of Object.entries(week))
      for (const [index, { start }] of hours.entries()) {
        const before = hours[index - 1];
        if (before && start < before.end)
          found.add(place, `the hours of day ${day} overlap, or do not ascend, at ${start}`);
      }
  }
}

/** A calendar whose hours, breaks and zone no example shows: whatever is wrong with them, nothing would notice. */
export function unshownCalendars({ policy }: Subject, rows: readonly PlacedRow[]): Finding[] {
  const found = new Findings('golden');
  const shown = rows.some(({ expected }) => Object.keys(expected).some((path) => path.endsWith('dueAt')));
  if (!shown)
    for (const id of Object.keys(policy.calendars ?? {}))
      found.add(
        `calendar ${id}`,
        'no golden row says when a promise falls due (=> RESOLUTION.dueAt), so its hours and zone are shown by nothing',
      );
  return found.all();
}
