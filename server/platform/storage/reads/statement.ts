/** A read that is not spelt here: Prisma does it, with the same answer. */
export class NotSpeltError extends Error {}

/** A statement while it is written: its values, and a letter for each table that it names. */
export class Statement {
  readonly values: unknown[] = [];
  #tables = 0;

  /** The place of a value. */
  value(value: unknown): string {
    this.values.push(value);
    return `$${this.values.length}`;
  }

  /** A name for one more table. */
  alias(): string {
    this.#tables += 1;
    return `t${this.#tables}`;
  }
}

/** Names come from the data model and are quoted all the same. */
export const quoted = (name: string): string => `"${name}"`;
