import { createHash } from 'node:crypto';
import type { Issue } from '../../platform/values/errors.ts';
import { own } from '../../platform/values/own.ts';
import type { Policy } from './contract.ts';
import { issueText } from './declaration/issue-text.ts';
import { contradictions } from './evaluate/contradictions.ts';

/**
 * The parameters in force: those that are given, read by their schemas, and the defaults of the others. What is left
 * out, or null, and has no default is blank and absent from the result. Reading a result again gives the same. What is wrong is
 * told beside the rest: a value that is refused leaves its parameter blank, so that a decision that needs it says so instead of
 * using another value than was meant.
 *
 * @param values by key, as an operator gave them or as this function returned them
 * @param path where they stand in the input, e.g. `input.parameters`; an issue's path is `input.parameters.limit`
 */
export function parseParameters(
  { id, parameters: declared = {} }: Policy,
  values: Readonly<Record<string, unknown>>,
  path: string,
): { parameters: Record<string, unknown>; issues: Issue[] } {
  const issues: Issue[] = Object.keys(values)
    .filter((key) => !Object.hasOwn(declared, key))
    .map((key) => ({ path: `${path}.${key}`, message: `is no parameter of ${id}` }));
  const parameters: Record<string, unknown> = {};
  for (const [key, { schema, default: preset }] of Object.entries(declared)) {
    const given = own(values, key) ?? preset;
    if (given === undefined || given === null) continue;
    const parsed = schema.safeParse(given);
    if (parsed.success) parameters[key] = parsed.data;
    else
      issues.push({
        path: `${path}.${key}`,
        message: parsed.error.issues.map((issue) => issueText(issue, given)).join(', '),
      });
  }
  return { parameters, issues };
}

/** What the parameters say against each other: by the plugin's own check, else by the rules that mention them. */
export function contradictoryParameters(
  declaration: Policy,
  parameters: Readonly<Record<string, unknown>>,
  path: string,
): Issue[] {
  const byPlugin = declaration.checkParameters?.(parameters) ?? [];
  // The plugin says it in the field's words; its rules' own contradictions are then most often the same.
  if (byPlugin.length > 0)
    return byPlugin.map((issue) => ({ path: `${path}.${issue.path}`, message: issue.message.en }));
  return contradictions(declaration, parameters).map(({ parameter, message }) => ({
    path: parameter === null ? path : `${path}.${parameter}`,
    message,
  }));
}

/** `id@version+hash`: the plugin's own version and 8 hex digits of the SHA-256 of its parameters in force. */
export function policyVersionOf(
  { id, version }: Pick<Policy, 'id' | 'version'>,
  parameters: Readonly<Record<string, unknown>>,
): string {
  const hash = createHash('sha256').update(canonicalJson(parameters)).digest('hex').slice(0, 8);
  return `${id}@${version}+${hash}`;
}

/** JSON with the keys of every object in order, so that equal values have equal texts. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) => {
    if (typeof inner !== 'object' || inner === null || Array.isArray(inner)) return inner;
    return Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)));
  });
}
