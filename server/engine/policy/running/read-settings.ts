import type { Policy } from '../contract.ts';
import { policyVersionOf } from '../parameters.ts';
import type { InstalledPolicy } from '../policies.ts';
import type { Read } from '../reading/readings.ts';
import { STANDARD_ID } from '../registry.ts';
import type { RuntimeOptions } from '../runtime-options.ts';

/** A policy's row of settings, as far as it says what is in force. */
export interface SettingRow {
  readonly policyId: string;
  readonly enabled: boolean;
  readonly parameters: unknown;
}

/**
 * A policy with what was set. What its plugin refuses, or cannot read, stays blank: a decision that needs it says so instead of
 * using another value than was meant.
 *
 * @param read the values, as the plugin's own schemas read them; an error where it could not
 */
export function installedPolicy(
  declaration: Policy,
  row: SettingRow | undefined,
  read: Read | Error,
  log: RuntimeOptions['log'],
): InstalledPolicy {
  const policyId = declaration.id;
  if (read instanceof Error)
    log.error({ err: read, policyId }, 'settings of a policy could not be read: they are blank');
  else if (read.issues.length > 0)
    log.error({ policyId, issues: read.issues }, 'settings of a policy are not what the plugin takes');
  const parameters = read instanceof Error ? {} : read.value;
  const enabled = policyId === STANDARD_ID || (row?.enabled ?? true);
  return { declaration, parameters, enabled, version: policyVersionOf(declaration, parameters) };
}
