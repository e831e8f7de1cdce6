import { existsSync, readFileSync } from 'node:fs';

/** @returns the version of the package that this file is part of, e.g. `0.2.0`, from sources as from the built package */
export function platformVersion(): string {
  // The build puts everything one folder deeper.
  const files = ['../../../package.json', '../../../../package.json'].map((file) => new URL(file, import.meta.url));
  const file = files.find((one) => existsSync(one));
  if (!file) throw new Error('the package has no package.json');
  return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version;
}
