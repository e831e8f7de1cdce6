import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { platformVersion } from '../../../platform/values/own-package.ts';
import { contractImport } from './contract-import.ts';
import { filesOf } from './templates.ts';

/** A plugin that is not written; the message says why, in a sentence. */
export class NewPluginError extends Error {
  override readonly name = 'NewPluginError';
}

/** Longest id, so that the names of its GraphQL types stay readable. */
const MAX_LENGTH = 40;

/** Words that would stand in for something of the platform's own. */
const TAKEN: readonly string[] = ['always', 'policy', 'types'];

/**
 * Writes a plugin that compiles and passes the conformance kit.
 *
 * @param dir the folder for plugins, from the working directory
 * @returns what was written, and what to do next, in words
 * @throws {NewPluginError} the name is no id, or its folder is there already
 */
export function createPlugin(name: string, dir: string): string {
  if (!/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(name))
    throw new NewPluginError(
      `${JSON.stringify(name)} is no name for a policy: lower-case words with hyphens between them are asked, such as repair-shop.`,
    );
  if (name.length > MAX_LENGTH)
    throw new NewPluginError(`${name} is too long for a policy: ${MAX_LENGTH} characters at most.`);
  if (TAKEN.includes(name))
    throw new NewPluginError(`${name} is a word of the platform; the policy needs another name.`);
  const folder = path.resolve(dir, name);
  const shown = path.join(dir, name).split(path.sep).join('/');
  if (existsSync(folder)) throw new NewPluginError(`${shown} is there already; nothing was written.`);
  const { specifier, isCheckout } = contractImport(folder);
  const command = isCheckout ? 'npm run tierline --' : 'npx tierline';
  mkdirSync(folder, { recursive: true });
  const platform = isCheckout ? null : platformVersion();
  for (const [file, text] of Object.entries(filesOf({ id: name, contract: specifier, command, path: shown, platform })))
    writeFileSync(path.join(folder, file), text);
  return `${shown} is written.

  index.ts        the policy: two tiers by yearly spend, a promise by level, a visit a quarter
  golden.csv      what it answers, an example a line
  policy.test.ts  the same for a few by hand
  README.md       what it decides, and why

Next:

  ${command} policy test ${shown}        tells what is wrong, and what no example proves
  ${command} sandbox --plugin ${shown}   runs it on a clock that you move
`;
}
