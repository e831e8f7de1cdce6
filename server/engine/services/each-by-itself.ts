import { DomainError, InvalidInput, Refused } from '../../platform/values/errors.ts';

/** Something that was not done for one of several, and what spoke against it. */
export interface NotDone {
  readonly id: string;
  /** Of the refusal, where it was one. */
  readonly code: string;
  readonly error: DomainError;
}

export interface PartlyDone {
  readonly done: readonly string[];
  readonly failed: readonly NotDone[];
}

/** What one command takes at once, at most. */
const MOST = 100;

/**
 * Ids that one command takes together, each once.
 *
 * @throws {InvalidInput} there are none, or too many
 */
export function severalIds(given: readonly string[]): string[] {
  const ids = [...new Set(given)];
  if (ids.length === 0 || ids.length > MOST)
    throw new InvalidInput([{ path: 'input.ids', message: `has ${ids.length} entries, 1 to ${MOST} are asked` }]);
  return ids;
}

/** Does the same for several, each by itself: one that fails is named and leaves the others. */
export async function eachByItself(ids: readonly string[], run: (id: string) => Promise<string>): Promise<PartlyDone> {
  const done: string[] = [];
  const failed: NotDone[] = [];
  for (const id of ids) {
    try {
      done.push(await run(id));
    } catch (error) {
      if (!(error instanceof DomainError)) throw error;
      const reason = error instanceof Refused ? error.reasons[0] : undefined;
      failed.push({ id, code: reason?.code ?? error.code, error });
    }
  }
  return { done, failed };
}
