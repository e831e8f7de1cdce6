import { CUSTOMER_KINDS, type CustomerKind } from '../../../platform/values/enums.ts';
import { answerOne } from '../../policy/answer.ts';
import type { Policy, Target, Text } from '../../policy/contract.ts';
import type { PromiseFacts } from '../../policy/facts.ts';
import { parseParameters } from '../../policy/parameters.ts';
import { BASE, CUSTOMER, TICKETS } from '../facts/base.ts';
import { bilingual, code } from './markdown.ts';

/**
 * The promises of each ticket type at its levels and in its cases, with parameters as delivered. The policy itself is
 * asked, so the page can say nothing else than a ticket will.
 */
export function ticketTypeRows(policy: Policy): string[][] {
  return Object.entries(policy.ticketTypes ?? {}).flatMap(([type, { label, levels, cases }]) => {
    const variants: readonly { level: number; case: string | null; label: Text | null }[] = cases
      ? Object.entries(cases).map(([one, text]) => ({ level: 1, case: one, label: text }))
      : Object.entries(levels ?? { 1: null }).map(([level, text]) => ({
          level: Number(level),
          case: null,
          label: text,
        }));
    return variants.flatMap((variant) => {
      const name = variant.case === null ? (variant.label ? `level ${variant.level}` : '') : code(variant.case);
      const what = variant.label ? `${name}: ${bilingual(variant.label)}` : name;
      return promisesOf(policy, { ...TICKETS.promise, type, level: variant.level, case: variant.case }).map((cells) => [
        `${code(type)} ${bilingual(label)}`,
        what,
        ...cells,
      ]);
    });
  });
}

const NOTHING_MORE = ['', '', '', ''];

/** One row a promise; where kinds of customers are promised different things, each of them says for whom. */
function promisesOf(policy: Policy, ticket: PromiseFacts['ticket']): string[][] {
  const byKind = CUSTOMER_KINDS.map((kind) => ({ kind, rows: cellsFor(policy, ticket, kind) }));
  const same = byKind.every(({ rows }) => JSON.stringify(rows) === JSON.stringify(byKind[0]?.rows));
  if (same) return byKind[0]?.rows ?? [];
  return byKind.flatMap(({ kind, rows }) =>
    rows.map(([promise = '', ...rest]) => [`${code(kind)}: ${promise}`, ...rest]),
  );
}

function cellsFor(policy: Policy, ticket: PromiseFacts['ticket'], kind: CustomerKind): string[][] {
  const { parameters } = parseParameters(policy, {}, 'parameters');
  const facts = { ...BASE.promise, ticket, customer: { ...CUSTOMER, kind } };
  const outcome = answerOne(policy, 'promise', facts, parameters);
  if (outcome.kind === 'BLANK')
    return [[`not configured: ${outcome.parameters.map(code).join(', ')}`, ...NOTHING_MORE]];
  if (outcome.kind !== 'ANSWERED') return [['left to the standard policy', ...NOTHING_MORE]];
  return outcome.answered.answer.map(({ metric, target, from, calendar, atRisk, audience }) => [
    `${code(metric)} ${targetText(target)}`,
    from === 'RECEIPT' ? 'receipt' : 'the appointment',
    code(calendar),
    atRisk.length === 0 ? 'never' : atRisk.map((percent) => `${percent} %`).join(', '),
    audience.map(code).join(', '),
  ]);
}

/** `within 5 h`, `by the end of the 3rd day`. */
function targetText(target: Target): string {
  if (target.kind === 'DURATION') {
    const { minutes } = target;
    return minutes % 60 === 0 ? `within ${minutes / 60} h` : `within ${minutes} min`;
  }
  if (target.days === 0) return 'on the same day';
  const days = target.count === 'WORKING' ? 'working day' : 'day';
  return `by the end of ${days} ${target.days} after it`;
}
