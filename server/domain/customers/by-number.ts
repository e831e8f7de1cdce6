import type { Prisma } from '../../../prisma/generated/client/client.ts';
import { numberKey } from './name-search.ts';

/** The customers of a line whose numbers are among these, however they are written. */
export function numbered(policyId: string, numbers: readonly string[]): Prisma.CustomerWhereInput {
  return { policyId, numberKey: { in: [...new Set(numbers.map(numberKey))] } };
}

/** Customers of one line, found by their number however it is written. */
export class ByNumber<Row extends { readonly numberKey: string }> {
  readonly #rows: ReadonlyMap<string, Row>;

  constructor(rows: readonly Row[]) {
    this.#rows = new Map(rows.map((row) => [row.numberKey, row]));
  }

  get(number: string): Row | undefined {
    return this.#rows.get(numberKey(number));
  }
}
