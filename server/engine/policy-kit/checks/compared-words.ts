import { leavesOf, plain } from '../../policy/evaluate/plain.ts';
import type { Finding } from '../report.ts';
import type { Subject } from '../subject.ts';
import { Findings } from './result.ts';

/** A word that a function compares a fact with, as it is written: `ticket.type === 'REPAIR'`. */
const COMPARED =
  /\b(?:(ticket|grade|event|input)\??\.)?(type|case|tier|scheme|level)\s*(===|!==|>=|<=|>|<)\s*(?:'([^']*)'|"([^"]*)"|(\d+)\b)/g;

/** What functions compare facts with, and numbers of rules, that what is declared never is. */
export function wordFindings(subject: Subject): Finding[] {
  const found = new Findings('declaration');
  comparedWords(subject, found);
  percents(subject, found);
  foreignTexts(subject.policy, '', found);
  return found.all();
}

function comparedWords({ policy, files }: Subject, found: Findings): void {
  const { ticketTypes, schemes } = policy;
  const types = Object.values(ticketTypes ?? {});
  const levels = new Set([1, ...types.flatMap(({ levels = {} }) => Object.keys(levels).map(Number))]);
  const declared: Readonly<Record<string, readonly string[] | null>> = {
    type: ticketTypes ? Object.keys(ticketTypes) : null,
    case: ticketTypes ? types.flatMap(({ cases = {} }) => Object.keys(cases)) : null,
    tier: schemes ? Object.values(schemes).flatMap(({ tiers }) => Object.keys(tiers)) : null,
    scheme: schemes ? Object.keys(schemes) : null,
  };
  for (const { name, text } of files.sources)
    for (const match of text.matchAll(COMPARED)) {
      const [said, , fact = '', operator = '', single, double, number] = match;
      const place = `${name}:${text.slice(0, match.index).split('\n').length}`;
      const word = single ?? double;
      const words = declared[fact];
      if (word !== undefined && words && !words.includes(word))
        found.add(
          place,
          `\`${said}\` is never so: ${fact} is ${words.length > 0 ? `one of ${words.join(', ')}` : 'nothing here'}`,
        );
      if (fact !== 'level' || number === undefined || !ticketTypes) continue;
      const matters = [...levels].filter((level) => holds(level, operator, Number(number))).length;
      if (matters === 0 || matters === levels.size)
        found.add(
          place,
          `\`${said}\` tells no levels apart: there ${levels.size === 1 ? 'is' : 'are'} ${[...levels].join(', ')}`,
        );
    }
}

function holds(level: number, operator: string, bound: number): boolean {
  switch (operator) {
    case '===':
      return level === bound;
    case '!==':
      return level !== bound;
    case '>=':
      return level >= bound;
    case '<=':
      return level <= bound;
    case '>':
      return level > bound;
    default:
      return level < bound;
  }
}

/** Thresholds of a metric in per cent that no percentage reaches, or that are written as a fraction. */
function percents({ policy }: Subject, found: Findings): void {
  const look = (scheme: string, metric: string, bound: unknown) => {
    if (policy.metrics?.[metric]?.unit !== 'percent' || typeof bound === 'object') return;
    const value = Number(bound);
    if (value > 100) found.add(`scheme ${scheme}`, `${metric} is in per cent and never reaches ${value}`);
    else if (value > 0 && value < 1)
      found.add(
        `scheme ${scheme}`,
        `${metric} is in per cent: ${value} is less than one per cent; is ${value * 100} meant?`,
      );
  };
  for (const [id, { rule }] of Object.entries(policy.schemes ?? {})) {
    if (rule.by === 'BANDS') for (const { from } of rule.bands) look(id, rule.metric, from);
    if (rule.by !== 'CONDITIONS') continue;
    for (const leaf of rule.tiers.flatMap(({ when }) => leavesOf(plain(when)))) {
      if ('bound' in leaf) look(id, leaf.metric, leaf.bound);
      if ('from' in leaf) for (const bound of [leaf.from, leaf.to]) look(id, leaf.metric, bound);
    }
  }
}

const HAN = /\p{Script=Han}/u;
/** A word of a sentence: names such as VIP or iPhone are the same in both languages. */
const WORDS = /[a-z]{3,}.*\s.*[a-z]{3,}|\b[a-z]{4,}\b/;

/** Declared texts in the wrong language. */
function foreignTexts(part: unknown, place: string, found: Findings): void {
  if (typeof part !== 'object' || part === null || '_zod' in part) return;
  const { en, zh } = part as { readonly en?: unknown; readonly zh?: unknown };
  if (typeof en === 'string' && typeof zh === 'string') {
    if (!HAN.test(zh) && WORDS.test(zh)) found.add(place, `its text in Chinese is ${JSON.stringify(zh)}`);
    if (HAN.test(en) && !/[A-Za-z]/.test(en)) found.add(place, `its text in English is ${JSON.stringify(en)}`);
    return;
  }
  for (const [key, value] of Object.entries(part))
    if (key !== 'answers') foreignTexts(value, place === '' ? key : `${place} ${key}`, found);
}
