import { readFileSync } from 'node:fs';

/** True when the built JavaScript is run, as the package holds it; false when the sources of a checkout are. */
export const isBuilt = import.meta.url.endsWith('.js');

/** @returns the version of the package that this file is part of, e.g. `0.2.0` */
export function platformVersion(): string {
  // The build puts everything one folder deeper.
  const file = new URL(isBuilt ? '../../../../package.json' : '../../../package.json', import.meta.url);
  return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version;
}
