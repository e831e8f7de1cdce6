import type { Permission } from '../../platform/access/permissions.ts';

/** One move of what has states: from which of them it is made, by whom, and what is refused in any other. */
export interface TableMove<State extends string> {
  readonly from: readonly State[];
  /** The state after it; null where it stays as it is. */
  readonly to: State | null;
  /** What a caller must be allowed to; null where a decision or the work itself brings it about. */
  readonly by: Permission | null;
  /** The refusal in a state from which it is not made; none where nobody can ask for it there. */
  readonly otherwise?: (state: State) => Error;
}

/** The moves of one thing, by the names of its commands. */
export type MoveTable<State extends string> = Readonly<Record<string, TableMove<State>>>;

/**
 * Lets only those pass that are in a state from which the move is made.
 *
 * @throws {Refused} what the move says of that state
 */
export function requireMove<State extends string>(move: TableMove<State>, state: State): void {
  if (move.from.includes(state)) return;
  throw move.otherwise?.(state) ?? new RangeError(`no such move from ${state}`);
}
