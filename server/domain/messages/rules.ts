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

const WORD = /[\p{Script=Latin}\p{Script=Cyrillic}\p{N}]/u;

/** Whether a place in a text lies within a word: Hall 1 does not sign with Hall 12. Han has no spaces, so there it cannot be seen. */
const isWithinWord = (before: string | undefined, after: string | undefined): boolean =>
  before !== undefined && after !== undefined && WORD.test(before) && WORD.test(after);

/**
 * Whether a message carries the full name; without a name there is nothing to sign with.
 *
 * @param longer names of other halls that contain this one: where one of those stands, this one does not
 */
export function isSigned(body: string, name: string | null, longer: readonly string[] = []): boolean | null {
  if (name === null) return null;
  const others = longer.filter((other) => other !== name && other.includes(name));
  const text = others
    .toSorted((a, b) => b.length - a.length)
    .reduce((rest, other) => rest.replaceAll(other, '\n'), body);
  for (let at = text.indexOf(name); at >= 0; at = text.indexOf(name, at + 1)) {
    const end = at + name.length;
    if (!isWithinWord(text[at - 1], text[at]) && !isWithinWord(text[end - 1], text[end])) return true;
  }
  return false;
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
