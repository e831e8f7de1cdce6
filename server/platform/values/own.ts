/**
 * What an object has by a name that somebody sent, as it is declared: `constructor` and its like, which every object has, are
 * nothing of it.
 */
export function own<Value>(of: Readonly<Record<string, Value>> | null | undefined, name: string): Value | undefined {
  return of && Object.hasOwn(of, name) ? of[name] : undefined;
}
