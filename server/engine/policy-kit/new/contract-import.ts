import { existsSync } from 'node:fs';
import path from 'node:path';

/** Where plugins of other people's projects find the contract. */
const PACKAGE = 'tierline/policy';

/** As whoever has installed the platform finds it. */
export const PUBLISHED = { specifier: PACKAGE, isCheckout: false } as const;

const CONTRACT = path.join('server', 'engine', 'policy', 'contract.ts');

/** Where a plugin in `folder` imports the contract from, and whether that is a checkout of the platform. */
export function contractImport(folder: string): { readonly specifier: string; readonly isCheckout: boolean } {
  for (let at = folder; path.dirname(at) !== at; at = path.dirname(at)) {
    const contract = path.join(at, CONTRACT);
    if (existsSync(contract))
      return { specifier: path.relative(folder, contract).split(path.sep).join('/'), isCheckout: true };
  }
  return PUBLISHED;
}
