import { checkDatabase } from './database-checks.ts';
import { checkNode, checkPort, checkSettings, checkVariables } from './environment-checks.ts';
import type { Row } from './finding-row.ts';

/** Looks at all that a start needs, with the checks of the start itself, and changes nothing. */
export async function examine(variables: Readonly<Record<string, string | undefined>>): Promise<Row[]> {
  const { rows: settings, env } = checkSettings(variables);
  const rows = [checkNode(process.versions.node), ...checkVariables(variables), ...settings];
  if (!env) return rows;
  return [...rows, await checkPort(env), ...(await checkDatabase(env))];
}
