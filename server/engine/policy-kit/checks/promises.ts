import type { Answers } from '../../policy/answers.ts';
import { placeOf } from '../facts/all.ts';
import type { Finding } from '../report.ts';
import { Findings, type Result } from './result.ts';

/** Promises that can be kept, and none left out: all levels and cases of a type are promised, or all are left. */
export function promiseFindings(results: readonly Result[]): Finding[] {
  const found = new Findings('promises');
  const groups = new Map<string, Map<string, Result['outcome']['kind']>>();
  const customers = new Map<object, number>();
  for (const { asked, outcome } of results) {
    if (asked.question !== 'promise') continue;
    const { customer, ticket } = asked.facts;
    const number = customers.get(customer) ?? customers.size;
    customers.set(customer, number);
    const note = (group: string, member: string) => {
      const members = groups.get(group) ?? new Map<string, Result['outcome']['kind']>();
      groups.set(group, members.set(member, outcome.kind));
    };
    note(`${number} ${ticket.type} ${ticket.case}`, `${ticket.type} level ${ticket.level}`);
    if (ticket.case !== null) note(`${number} ${ticket.type} at ${ticket.level}`, `${ticket.type} case ${ticket.case}`);
    if (outcome.kind !== 'ANSWERED') continue;
    for (const { metric, target } of outcome.answered.answer as Answers['promise'])
      if (target.kind === 'DURATION' && target.minutes === 0)
        found.add(placeOf(asked), `${metric} is promised within 0 minutes: it is late when it is made`);
  }
  for (const members of groups.values()) {
    const promised = [...members].find(([, kind]) => kind === 'ANSWERED')?.[0];
    const left = [...members].filter(([, kind]) => kind === 'LEFT');
    if (promised === undefined) continue;
    for (const [member] of left)
      found.add(`promise for ${member}`, `it is left to the standard policy, ${promised} is promised`);
  }
  return found.all();
}
