import { AsyncLocalStorage } from 'node:async_hooks';

/** A rehearsal that runs, as everything called from within it can see. */
export interface RehearsalScope {
  /** False once it is rolled back: what was started in it and runs on has nowhere to write. */
  isActive: boolean;
}

export const rehearsalScope = new AsyncLocalStorage<RehearsalScope>();

/**
 * Whether the caller runs within a rehearsal, also one that is over. What is kept outside of the database (who is told, what is
 * counted, what goes on by itself) asks here, for no transaction takes it back.
 */
export function isRehearsing(): boolean {
  return rehearsalScope.getStore() !== undefined;
}
