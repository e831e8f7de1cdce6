import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { platformVersion } from '../../../platform/values/own-package.ts';
import { contractImport, PUBLISHED } from './contract-import.ts';
import { filesOf } from './templates.ts';

/** A plugin that is not written; the message says why, in a sentence. */
export class NewPluginError extends Error {
  override readonly name = 'NewPluginError';
}

/** What a package has beside, and where its commands are called. */
const PACKAGE_NEXT = (
  folder: string,
) => `  package.json    build, types, test, kit, watch, sandbox as npm scripts; tsconfig.json, a workflow for CI

  cd ${folder} && npm install
`;

/** Longest id, so that the names of its GraphQL types stay readable. */
const MAX_LENGTH = 40;

/** Words that would stand in for something of the platform's own. */
const TAKEN: readonly string[] = ['always', 'policy', 'types'];

/**
 * Writes a plugin that compiles and passes the conformance kit.
 *
 * @param dir the folder for plugins, from the working directory
 * @param isPackage as a package of its own, which imports the published contract wherever it lies
 * @returns what was written, and what to do next, in words
 * @throws {NewPluginError} the name is no id, or its folder is there already
 */
export function createPlugin(name: string, dir: string, isPackage = false): string {
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
  const { specifier, isCheckout } = isPackage ? PUBLISHED : contractImport(folder);
  const command = isCheckout ? 'npm run tierline --' : 'npx tierline';
  const platform = isCheckout ? null : platformVersion();
  // A package is worked on from within itself.
  const called = isPackage ? '.' : shown;
  const files = filesOf({ id: name, contract: specifier, command, path: called, isPackage, platform });
  for (const [file, text] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(folder, file)), { recursive: true });
    writeFileSync(path.join(folder, file), text);
  }
  return `${shown} is written.

  index.ts        the policy: two tiers by yearly spend, a promise by level, a visit a quarter
  golden.csv      what it answers, an example a line
  policy.test.ts  the same for a few by hand
  README.md       what it decides, and why
${isPackage ? PACKAGE_NEXT(shown) : ''}
Next:

  ${command} policy test ${called}        tells what is wrong, and what no example proves
  ${command} sandbox --plugin ${called}   runs it on a clock that you move
`;
}
