import type { Policies } from '../../engine/policy/policies.ts';
import { InvalidInput } from '../../platform/values/errors.ts';

/**
 * Parameters as they would be in force, read by the policy that declares them.
 *
 * @param path where they stand in the input; an issue's path is `input.parameters.limit`
 * @throws {InvalidInput} an unknown key, a value that its schema refuses, or values that contradict each other
 * @throws {PolicyFailure} the plugin could not read them
 */
export async function readParameters(
  policies: Policies,
  policyId: string,
  values: Readonly<Record<string, unknown>>,
  path: string,
): Promise<Record<string, unknown>> {
  const { value, issues } = await policies.read(policyId, { of: 'PARAMETERS', values });
  if (issues.length === 0) return value;
  throw new InvalidInput(issues.map((issue) => ({ ...issue, path: [path, ...issue.path].join('.') })));
}
