import type { Operand } from '../vocabulary.ts';
import type { Exact } from './decimals.ts';
import { operandValue, type Parameters } from './operands.ts';

/** The row with the highest lower bound that the value reaches (lower bounds are included), whatever their order. */
export function bracketOf<Row extends { readonly from: Operand }>(
  value: Exact,
  rows: readonly Row[],
  parameters: Parameters,
): Row | undefined {
  let best: { row: Row; from: Exact } | undefined;
  for (const row of rows) {
    const from = operandValue(row.from, parameters);
    if (value.gte(from) && (!best || from.gt(best.from))) best = { row, from };
  }
  return best?.row;
}

/** The row with the lowest bound: what is asked at least. */
export function lowestOf<Row extends { readonly from: Operand }>(
  rows: readonly Row[],
  parameters: Parameters,
): Row | undefined {
  return rows.reduce<Row | undefined>(
    (lowest, row) =>
      !lowest || operandValue(row.from, parameters).lt(operandValue(lowest.from, parameters)) ? row : lowest,
    undefined,
  );
}
