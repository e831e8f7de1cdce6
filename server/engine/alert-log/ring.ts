/**
 * The newest rows of a log, by position, in memory that never grows.
 *
 * A position without a row (someone removed it) is an empty slot: positions are looked up, never counted.
 */
export class Ring<Row extends { readonly pos: number }> {
  readonly #slots: (Row | undefined)[];
  #headPos = 0;
  #floorPos = 0;

  /** @param size rows, at least 1 */
  constructor(size: number) {
    this.#slots = Array.from({ length: size }, () => undefined);
  }

  /** Everything up to here has been appended. */
  get headPos(): number {
    return this.#headPos;
  }

  /** Everything after here, up to the head, is held. */
  get floorPos(): number {
    return this.#floorPos;
  }

  /** Forgets all, and goes on after a position. */
  begin(pos: number): void {
    this.#slots.fill(undefined);
    this.#headPos = pos;
    this.#floorPos = pos;
  }

  /** @param rows ascending, after the head
   *  @param upTo the new head, at or after the last row */
  append(rows: readonly Row[], upTo: number): void {
    const size = this.#slots.length;
    // What the new positions push out goes first, also where they bring no row.
    for (let pos = Math.max(this.#headPos + 1, upTo - size + 1); pos <= upTo; pos++)
      this.#slots[pos % size] = undefined;
    for (const row of rows) if (row.pos > upTo - size) this.#slots[row.pos % size] = row;
    this.#headPos = upTo;
    this.#floorPos = Math.max(this.#floorPos, upTo - size);
  }

  /** Forgets everything up to a position, at most up to the head. */
  forget(upTo: number): void {
    const size = this.#slots.length;
    const floor = Math.min(upTo, this.#headPos);
    for (let pos = this.#floorPos + 1; pos <= floor; pos++) this.#slots[pos % size] = undefined;
    this.#floorPos = Math.max(this.#floorPos, floor);
  }

  /** The rows after `after` up to and including `upTo`; both must lie between floor and head. */
  between(after: number, upTo: number): Row[] {
    const rows: Row[] = [];
    for (let pos = after + 1; pos <= upTo; pos++) {
      const row = this.#slots[pos % this.#slots.length];
      if (row) rows.push(row);
    }
    return rows;
  }
}
