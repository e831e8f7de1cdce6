import type { Question } from '../facts.ts';

/**
 * The facts of a question as they are kept: nobody is known by them. A birthday keeps its day of a year that was none, words by
 * which somebody gave reasons for a score, and texts of what is applied for, go; all that policies decide by stays.
 */
export function keptFacts(question: Question, facts: unknown): object {
  const given = facts as Readonly<Record<string, unknown>>;
  switch (question) {
    case 'care':
      return given.birthday ? { ...given, birthday: `${NO_YEAR}${String(given.birthday).slice(4)}` } : given;
    case 'grade':
      return { ...given, judgements: (given.judgements as object[]).map((one) => ({ ...one, basis: '' })) };
    case 'route':
      return { ...given, request: withoutProse(given.request) };
    default:
      return given;
  }
}

/** A leap year, or a birthday on 29 February would be on no day. */
const NO_YEAR = '1904';

/** What is no code, day or amount goes: a name, a number by which somebody is reached, a sentence. */
function withoutProse(value: unknown): unknown {
  if (typeof value === 'string') return CODE.test(value) ? value : PROSE;
  if (Array.isArray(value)) return value.map(withoutProse);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, withoutProse(inner)]));
}

const CODE = /^([A-Z][A-Z0-9_]{0,60}|-?\d{1,9}(\.\d+)?|\d{4}-\d{2}-\d{2}(T[\d:.]+(Z|[+-]\d{2}:\d{2}))?|)$/;

/** That there was a text, which is what most rules ask. */
const PROSE = '(withheld)';
