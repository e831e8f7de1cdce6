import { isDeepStrictEqual } from 'node:util';
import { stringify } from 'csv-stringify/sync';
import { BASE } from '../facts/base.ts';
import { isQuestion, read } from './row-facts.ts';
import { at, shown } from './show.ts';

/** A decision as it was kept, and what its row is to show. */
export interface Captured {
  readonly it: string;
  readonly question: string;
  readonly outcome: string;
  readonly facts: unknown;
  readonly answer: unknown;
  readonly detail: string | null;
  /** Those that are not the plugin's defaults. */
  readonly parameters: Readonly<Record<string, unknown>>;
}

type Cells = [column: string, cell: string][];

/**
 * A decision as a golden table of one row: facts that are not as usual, and of the answer what decides.
 *
 * @throws {Error} nothing was answered, for the plugin broke
 */
export function goldenTable(captured: Captured): string {
  const { it, question, facts, parameters } = captured;
  if (!isQuestion(question)) throw new Error(`${question} is no question`);
  const base: Readonly<Record<string, unknown>> = { ...BASE[question] };
  const given = Object.entries(facts as Readonly<Record<string, unknown>>).flatMap(([path, value]) =>
    cellsOf(path, value, base[path]),
  );
  const set = Object.entries(parameters).map(([key, value]): Cells[number] => [`parameters.${key}`, cell(value)]);
  const all: Cells = [['it', it], ['question', question], ...set, ...given, ...expected(captured)];
  return stringify([all.map(([column]) => column), all.map(([, text]) => text)]).trimEnd();
}

/** A fact as cells; as it usually is, none. */
function cellsOf(path: string, value: unknown, usual: unknown): Cells {
  if (isDeepStrictEqual(value, usual) || value === undefined) return [];
  const inside = typeof value === 'object' && value !== null && !Array.isArray(value) ? Object.entries(value) : null;
  switch (path) {
    case 'metrics':
      return (inside ?? []).map(([key, figure]) => [`metrics.${key}`, String((figure as { value: string }).value)]);
    case 'judgements':
      return (value as { indicator: string; score: string }[]).map((one) => [`judgements.${one.indicator}`, one.score]);
    case 'listed': {
      const { year, tier } = (value ?? {}) as { year?: number; tier?: string };
      return [[path, value === null ? 'none' : `${year} ${tier}`]];
    }
    case 'customer.grade':
      return [[path, cell(value)]];
  }
  // A text that would be read as a number, or as nothing, stays one inside of JSON.
  if (!inside || inside.length === 0 || inside.some(([, inner]) => !isPlain(inner))) {
    if (path !== 'customer' || !inside) return [[path, cell(value)]];
  }
  const before = (usual ?? {}) as Readonly<Record<string, unknown>>;
  return (inside ?? []).flatMap(([key, inner]) => cellsOf(`${path}.${key}`, inner, before[key]));
}

/** Whether a cell says it so that it is read the same. */
function isPlain(value: unknown): boolean {
  if (typeof value === 'string') return read(value) === value && value !== '' && value.trim() === value;
  return typeof value !== 'object' || value === null;
}

function cell(value: unknown): string {
  if (value === null || value === undefined) return 'none';
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

/** Of each question's answer, what decides: the paths that a row may expect. */
const DECIDES: Readonly<Record<string, readonly string[]>> = {
  grade: ['tier', 'eligible'],
  guard: ['refusals.*.code'],
  react: ['tasks.*.key', 'alerts.*.key'],
  route: ['steps', 'fourEyes', 'ratifyWithinDays'],
  care: ['*.key', '*.dueAt'],
  measure: ['*.key', '*.met'],
};

function expected({ question, outcome, answer, detail }: Captured): Cells {
  switch (outcome) {
    case 'LEFT':
      return [['=> outcome', 'LEFT']];
    case 'NOT_CONFIGURED':
      return [['=> outcome', `NOT_CONFIGURED ${(detail ?? '').split(', ').join(' ')}`]];
    case 'ANSWERED': {
      const paths = question === 'promise' ? promised(answer) : (DECIDES[question] ?? []);
      return [
        ['=> outcome', 'ANSWERED'],
        ...paths.map((path): Cells[number] => [`=> ${path}`, shown(at(answer, path))]),
      ];
    }
    default:
      throw new Error(`The policy broke: ${detail ?? outcome}. There is no answer to hold it to.`);
  }
}

function promised(answer: unknown): string[] {
  return (answer as { metric: string }[]).flatMap(({ metric }) =>
    ['target', 'calendar', 'atRisk'].map((part) => `${metric}.${part}`),
  );
}
