import type { MessageDeclaration, Policy } from '../../engine/policy/contract.ts';

/** The kind of message that a purpose makes; null where the policy declares none. */
export function kindOf(
  declared: Readonly<Record<string, MessageDeclaration>> | undefined,
  purpose: string,
): string | null {
  const found = Object.entries(declared ?? {}).find(([, { purposes }]) =>
    (purposes as readonly string[]).includes(purpose),
  );
  return found?.[0] ?? null;
}

/** Whether a message carries the full name; without a name there is nothing to sign with. */
export function isSigned(body: string, name: string | null): boolean | null {
  return name === null ? null : body.includes(name);
}

/** Whether a day (YYYY-MM-DD) lies between two days of the month, both included, also across the month's end. */
export function isBusy({ from, to }: { readonly from: number; readonly to: number }, day: string): boolean {
  const date = Number(day.slice(8, 10));
  return from <= to ? from <= date && date <= to : date >= from || date <= to;
}

/** Seconds to wait after so many attempts: a minute, then three times as long each time. */
export function waitAfter(attempts: number): number {
  return 60 * 3 ** (attempts - 1);
}

/** After so many attempts a message is given up: after 40 minutes. */
export const ATTEMPTS = 5;

/** The name in the file by which messages to the customer are signed. */
export function signatureOf({ signature }: Policy, profile: Readonly<Record<string, unknown>>): string | null {
  const name = signature === undefined ? undefined : profile[signature];
  return typeof name === 'string' && name.trim() !== '' ? name.trim() : null;
}
