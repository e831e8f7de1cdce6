type Scalar = string | number | boolean;

/** A member of a union of which the document selects nothing has no keys of its own. */
type KeyOf<T> = T extends unknown ? (string extends keyof T ? never : keyof T) : never;
type At<T, Key> = T extends unknown ? (string extends keyof T ? never : Key extends keyof T ? T[Key] : never) : never;
type Merged<T> = [T] extends [Scalar]
  ? T
  : [T] extends [readonly (infer Item)[]]
    ? List<Read<Item>>
    : { readonly [Key in KeyOf<T>]: Read<At<T, Key>> };

/** A list whose first items are there, and what is looked for in it. */
export interface List<Item> extends Array<Item> {
  readonly 0: Item;
  readonly 1: Item;
  readonly 2: Item;
  readonly 3: Item;
  at(index: number): Item;
  find<Found extends Item>(is: (item: Item, index: number, all: Item[]) => item is Found): Found;
  find(is: (item: Item, index: number, all: Item[]) => unknown): Item;
  filter<Found extends Item>(is: (item: Item, index: number, all: Item[]) => item is Found): List<Found>;
  filter(is: (item: Item, index: number, all: Item[]) => unknown): List<Item>;
  toSorted(compare?: (a: Item, b: Item) => number): List<Item>;
}

/**
 * What a test may read of an answer: every field that the document selects, of whichever member of a union, null or not. A test knows what
 * it caused, so it says `ticket.id` where a program asks first whether it got a ticket; what is not there fails the test when it runs. What
 * the document does not select does not compile.
 */
export type Read<T> = unknown extends T ? unknown : Merged<NonNullable<T>>;

/** What a test may send: fields by their names, and any string for a word of an enumeration, for rows of tables hold strings. */
export type Sent<T> = T extends string
  ? string
  : T extends readonly (infer Item)[]
    ? readonly Sent<Item>[]
    : T extends object
      ? { readonly [Key in keyof T]: Sent<T[Key]> }
      : T;
