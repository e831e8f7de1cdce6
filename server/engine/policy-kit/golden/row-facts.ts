import { z } from 'zod';
import {
  ACTIONS,
  CHANNELS,
  CUSTOMER_KINDS,
  CUSTOMER_STAGES,
  EVENTS,
  FIGURES,
  PROMISE_CAUSES,
  PURPOSES,
  ROLES,
  TICKET_STATUSES,
} from '../../../platform/values/enums.ts';
import type { Policy } from '../../policy/contract.ts';
import { QUESTIONS, type Question } from '../../policy/facts.ts';
import { type ProfileField, profileFields } from '../../policy/profile-fields.ts';
import type { Asked } from '../facts/all.ts';
import { BASE, GRADE, TICKETS } from '../facts/base.ts';
import type { PlacedRow } from './tables.ts';

/** A row that cannot be asked: it names what there is not. */
export class RowError extends Error {}

/** Facts whose entries are open: any name may stand below them. */
const OPEN: readonly string[] = ['input', 'event', 'request', 'figures', 'before', 'metrics', 'judgements', 'period'];

/** Facts that may be left out, and are where a row does not name them. */
const OPTIONAL: Readonly<Partial<Record<Question, readonly string[]>>> = {
  care: ['grades', 'createdOn', 'updatedOn', 'messages', 'holidaysBefore', 'holidaySeasonFrom'],
  guard: ['records'],
  measure: ['records'],
  route: ['currency', 'limits'],
};

/** Facts that are exact decimals, and therefore texts. */
const DECIMAL = /^(amount|cumulated|(figures|before|metrics|judgements)\..+)$/;

/** Facts that are words of the platform: another one is a mistake of the table, not a case that nobody meets. */
const WORDS: Readonly<Record<string, readonly string[]>> = {
  action: ACTIONS,
  cause: PROMISE_CAUSES,
  'customer.kind': CUSTOMER_KINDS,
  'customer.stage': CUSTOMER_STAGES,
  'event.kind': EVENTS,
  'requester.roles': ROLES,
  'ticket.channel': CHANNELS,
  'ticket.status': TICKET_STATUSES,
  'viewer.roles': ROLES,
};

/** Facts that are lists: an empty one is written `none`. */
const LISTS = /^(contacts|messages|holidays|holidaysBefore|grades|history|limits|(viewer|requester)\.roles)$/;

type Build = Record<string, unknown>;

export function isQuestion(name: string): name is Question {
  return (QUESTIONS as readonly string[]).includes(name);
}

/**
 * The facts of a row: those of the base, and on them what is given.
 *
 * @throws {RowError} the row names a fact, field, metric or scheme that there is not
 */
export function factsOf(policy: Policy, row: PlacedRow & { readonly question: Question }): Asked {
  const { question } = row;
  const facts: Build = { ...structuredClone(BASE[question]) };
  for (const [path, value] of Object.entries(row.given)) {
    if (path.startsWith('parameters.') || path === 'pauses') continue;
    if (path === 'opened') {
      giveOpened(question, facts, value);
      continue;
    }
    give(policy, question, facts, path, row.isText && !DECIMAL.test(path) ? read(value as string) : value);
  }
  const asked: { readonly question: Question; readonly facts: object } = { question, facts };
  return asked as Asked;
}

/** `opened` says both when the ticket came and that it is asked about then. */
function giveOpened(question: Question, facts: Build, value: unknown): void {
  if (question !== 'promise') throw new RowError(`${question} has no fact opened`);
  facts.now = value;
  put(facts, 'ticket.openedAt', value);
}

function give(policy: Policy, question: Question, facts: Build, path: string, value: unknown): void {
  const [first = '', second = '', third = ''] = path.split('.');
  if (!(first in facts) && !OPTIONAL[question]?.includes(first)) throw new RowError(`${question} has no fact ${first}`);
  if (first === 'metrics') {
    if (!policy.metrics?.[second]) throw new RowError(`the policy has no metric ${second}`);
    put(facts, path, { value: String(value), asOf: facts.today });
    return;
  }
  if (first === 'judgements') {
    const judgement = { indicator: second, score: String(value), basis: 'golden table' };
    facts.judgements = [...(facts.judgements as unknown[]), judgement];
    return;
  }
  if (first === 'ticket' && second !== '') facts.ticket ??= structuredClone(TICKETS[question as 'guard']);
  if (path.startsWith('customer.grade')) {
    giveGrade(policy, facts.customer as Build, second === 'grade' && third === '' ? '' : third, value);
    return;
  }
  if (path.startsWith('customer.profile.')) {
    put(facts, path, fieldValue(policy, third, value));
    return;
  }
  if (second !== '' && !OPEN.includes(first)) {
    const inside = facts[first];
    if (typeof inside !== 'object' || inside === null || !(second in inside))
      throw new RowError(`${question} has no fact ${first}.${second}`);
  }
  if ((first === 'figures' || first === 'before') && second !== '') oneOf(FIGURES, first, second);
  const fact = factValue(path, value);
  const words = WORDS[path];
  if (words) for (const word of Array.isArray(fact) ? (fact as unknown[]) : [fact]) oneOf(words, path, word);
  put(facts, path, fact);
}

/** @throws {RowError} the platform has no such word */
function oneOf(words: readonly string[], path: string, word: unknown): void {
  if (!words.includes(String(word))) throw new RowError(`${path} is one of ${words.join(', ')}, not ${String(word)}`);
}

/** `scheme` names it as it comes; the whole of a grade is written `branch VIP`. */
function giveGrade({ schemes = {} }: Policy, customer: Build, part: string, value: unknown): void {
  if (part !== '') {
    customer.grade = { ...GRADE, ...(customer.grade as object | null), [part]: value };
    return;
  }
  if (value === null || typeof value === 'object') {
    customer.grade = value;
    return;
  }
  const [scheme = '', tier = ''] = String(value).split(' ');
  const declared = schemes[scheme]?.tiers[tier];
  if (!declared) throw new RowError(`the policy has no tier ${tier} in a scheme ${scheme}`);
  customer.grade = { ...GRADE, ...(customer.grade as object | null), scheme, tier, rank: declared.rank };
}

function factValue(path: string, value: unknown): unknown {
  if (value === null && LISTS.test(path)) return [];
  if (typeof value !== 'string' && typeof value !== 'number') return value;
  const text = String(value);
  if (DECIMAL.test(path)) return text;
  if (path === 'listed') {
    const [year, tier] = text.split(' ');
    return { year: Number(year), tier };
  }
  if (path === 'contacts' || path === 'messages')
    return listOf(text).map((one) => {
      const [on, channel = 'PHONE', purpose = 'CARE'] = one.split(' ');
      oneOf(CHANNELS, path, channel);
      oneOf(PURPOSES, path, purpose);
      return { on, channel, purpose };
    });
  if (path === 'holidays' || path === 'holidaysBefore')
    return listOf(text).map((one) => {
      const [on, ...name] = one.split(' ');
      return { on, name: name.join(' ') };
    });
  if (path.endsWith('.roles')) return listOf(text);
  return value;
}

/** A profile's field as its schema has it; a field that no profile has is a mistake of the table. */
function fieldValue({ profiles = {} }: Policy, name: string, value: unknown): unknown {
  const declared = Object.values(profiles)
    .filter((schema) => schema instanceof z.ZodObject)
    .flatMap(profileFields)
    .find((field) => field.name === name);
  if (!declared) throw new RowError(`no profile has a field ${name}`);
  return asField(declared, value);
}

function asField({ list, type }: ProfileField, value: unknown): unknown {
  if (list && (typeof value === 'string' || typeof value === 'number'))
    return listOf(String(value)).map((one) =>
      type === 'String' || type === 'JSON' ? (read(one) ?? one) : Number(one),
    );
  return type === 'String' && typeof value === 'number' ? String(value) : value;
}

/** A list in one cell: `2026-03-31 PHONE; 2026-04-30 VISIT`. */
export function listOf(text: string): string[] {
  return text === 'none' ? [] : text.split(';').map((one) => one.trim());
}

/** A cell as a value: what looks like a number, a truth, nothing or JSON is one. */
export function read(cell: string): unknown {
  if (cell === 'null' || cell === 'none') return null;
  if (cell === 'true' || cell === 'false') return cell === 'true';
  if (/^-?(0|[1-9]\d*)(\.\d+)?$/.test(cell)) return Number(cell);
  if (!/^[[{]/.test(cell)) return cell;
  try {
    return JSON.parse(cell) as unknown;
  } catch {
    return cell;
  }
}

/** Sets what lies at a dotted path; a number in the path is a place in a list. */
function put(target: Build, path: string, value: unknown): void {
  const segments = path.split('.');
  const last = segments.pop() ?? '';
  let inside: Build = target;
  for (const [index, segment] of segments.entries()) {
    const next = segments[index + 1] ?? last;
    inside[segment] ??= /^\d+$/.test(next) ? [] : {};
    inside = inside[segment] as Build;
  }
  inside[last] = value;
}
