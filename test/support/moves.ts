import { type MoveTable, requireMove } from '../../server/engine/services/move-table.ts';
import { Refused } from '../../server/platform/values/errors.ts';

/** What each command of a table says in a state: where it leads to, or the code of its refusal; what a decision brings about is left out. */
export function answersIn<State extends string>(table: MoveTable<State>, state: State): Record<string, string> {
  const asked = Object.entries(table).filter(([, { by, otherwise }]) => by !== null && otherwise);
  return Object.fromEntries(
    asked.map(([name, move]) => {
      try {
        requireMove(move, state);
        return [name, move.to ?? state];
      } catch (error) {
        return [name, error instanceof Refused ? (error.reasons[0]?.code ?? '') : String(error)];
      }
    }),
  );
}
