import type { CustomerKind } from '../../../platform/values/enums.ts';
import type { Answers } from '../../policy/answers.ts';
import type { Policy } from '../../policy/contract.ts';
import type { Question } from '../../policy/facts.ts';
import { contradictoryParameters, parseParameters } from '../../policy/parameters.ts';
import { explanationFindings } from '../checks/explanation.ts';
import { Findings, type Result } from '../checks/result.ts';
import { answerAsked, placeOf } from '../facts/all.ts';
import type { Watch } from '../progress.ts';
import type { Finding } from '../report.ts';
import { isSameInstant, withDueInstants } from './due-instants.ts';
import { factsOf, isQuestion, listOf, RowError, read } from './row-facts.ts';
import { at, shown } from './show.ts';
import type { PlacedRow } from './tables.ts';

/** The rows that the policy does not answer as they say, each with file and line. */
export function goldenFindings(policy: Policy, rows: readonly PlacedRow[], watch: Watch): Finding[] {
  const found = new Findings('golden');
  for (const row of rows)
    for (const problem of rowProblems(policy, row, watch)) found.add(`${row.file}:${row.line} (${row.it})`, problem);
  const results = rows.flatMap((row) =>
    isQuestion(row.question) ? resultOf(policy, { ...row, question: row.question }, watch) : [],
  );
  // Examples reach what no facts of the kit do.
  return [...found.all(), ...explanationFindings(results)];
}

/** What a row is answered; nothing where it cannot be asked, which its own finding says. */
function resultOf(policy: Policy, row: PlacedRow & { readonly question: Question }, watch: Watch): Result[] {
  try {
    const asked = factsOf(policy, row);
    const { parameters } = parseParameters(policy, parametersOf(row), 'parameters');
    watch.enter(`${row.file}:${row.line} (${row.it}), ${placeOf(asked)}`);
    const outcome = answerAsked(policy, asked, parameters);
    watch.leave();
    return [{ asked, outcome }];
  } catch (error) {
    if (error instanceof RowError) return [];
    throw error;
  }
}

/** Whether any row tells the policy from the one that the rows were written for. */
export function failsGolden(policy: Policy, rows: readonly PlacedRow[], watch: Watch): boolean {
  return rows.some((row) => rowProblems(policy, row, watch).length > 0);
}

function rowProblems(policy: Policy, row: PlacedRow, watch: Watch): string[] {
  try {
    const view = viewOf(policy, row, watch);
    // An answer that is not there has no parts: that it is not there is all there is to say.
    const outcome = isQuestion(row.question) ? shown(at(view, 'outcome')) : 'ANSWERED';
    const isBroken = !/^(ANSWERED|LEFT|NOT_CONFIGURED .*)$/.test(outcome);
    const wanted = row.expected.outcome === undefined ? null : shown(row.expected.outcome);
    if (isBroken && wanted !== outcome) return [outcome];
    if (wanted !== null && wanted !== outcome) return [`outcome is ${outcome}, the table says ${wanted}`];
    return Object.entries(row.expected).flatMap(([path, expected]) => {
      const actual = shown(at(view, path));
      const wanted = row.isText ? String(expected) : shown(expected);
      return actual === wanted || isSameInstant(actual, wanted)
        ? []
        : [`${path} is ${actual}, the table says ${wanted}`];
    });
  } catch (error) {
    if (error instanceof RowError) return [error.message];
    return [`${row.question} threw ${error instanceof Error ? `${error.name}: ${error.message}` : String(error)}`];
  }
}

/** What a row may expect parts of. */
function viewOf(policy: Policy, row: PlacedRow, watch: Watch): unknown {
  const { question } = row;
  if (isQuestion(question)) return answerView(policy, { ...row, question }, watch);
  switch (question) {
    case 'declares':
      return { value: at(policy, String(row.given.path ?? '')) };
    case 'parameters':
      return { refused: refusedParameters(policy, row) };
    case 'profile':
      return profileView(policy, row);
    default:
      throw new RowError(`${String(question)} is no question`);
  }
}

function answerView(policy: Policy, row: PlacedRow & { readonly question: Question }, watch: Watch): unknown {
  const { parameters, issues } = parseParameters(policy, parametersOf(row), 'parameters');
  const [issue] = issues;
  if (issue) throw new RowError(`${issue.path} ${issue.message}`);
  const asked = factsOf(policy, row);
  watch.enter(`${row.file}:${row.line} (${row.it}), ${placeOf(asked)}`);
  const outcome = answerAsked(policy, asked, parameters);
  watch.leave();
  if (outcome.kind === 'BROKEN') return { outcome: outcome.breakage.message };
  if (outcome.kind === 'BLANK') return { outcome: `NOT_CONFIGURED ${outcome.parameters.join(' ')}` };
  if (outcome.kind === 'LEFT') return { outcome: 'LEFT' };
  const { answer, because } = outcome.answered;
  if (asked.question === 'promise' && Object.keys(row.expected).some((path) => path.endsWith('dueAt'))) {
    const due = withDueInstants(policy, asked.facts, answer as Answers['promise'], String(row.given.pauses ?? ''));
    return Object.assign([...due], { because, outcome: 'ANSWERED' }) as unknown;
  }
  if (!Array.isArray(answer)) return { ...answer, because, outcome: 'ANSWERED' };
  return Object.assign([...(answer as unknown[])], { because, outcome: 'ANSWERED' }) as unknown;
}

/** The parameters that a row sets, as an operator would give them. */
function parametersOf({ given, isText }: PlacedRow): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(given).flatMap(([path, value]) =>
      path.startsWith('parameters.')
        ? [[path.slice('parameters.'.length), isText ? read(value as string) : value] as const]
        : [],
    ),
  );
}

function refusedParameters(policy: Policy, row: PlacedRow): string[] {
  const { parameters, issues } = parseParameters(policy, parametersOf(row), '');
  const found = issues.length > 0 ? issues : contradictoryParameters(policy, parameters, '');
  return [...new Set(found.map(({ path }) => path.replace(/^\./, '')))];
}

/** Which fields the profile's schema refuses, and what the policy fills in beside those that it takes. */
function profileView(policy: Policy, row: PlacedRow): unknown {
  const kind = String(row.given['customer.kind'] ?? 'INDIVIDUAL') as CustomerKind;
  const schema = policy.profiles?.[kind];
  if (!schema) throw new RowError(`the policy has no profile of ${kind} customers`);
  const fields = Object.entries(row.given).flatMap(([path, value]) => {
    const name = path.startsWith('customer.profile.') ? path.slice('customer.profile.'.length) : null;
    return name === null ? [] : [[name, row.isText ? profileCell(value as string) : value] as const];
  });
  const parsed = schema.strict().safeParse(Object.fromEntries(fields));
  if (parsed.success) return { refused: [], completed: policy.completeProfile?.(kind, parsed.data) ?? {} };
  return { refused: [...new Set(parsed.error.issues.map(({ path }) => path.map(String).join('.')))] };
}

/** Unlike elsewhere, a list is only known by its `;`: the schema is what is asked. */
function profileCell(cell: string): unknown {
  return cell.includes(';') ? listOf(cell).map(read) : read(cell);
}
