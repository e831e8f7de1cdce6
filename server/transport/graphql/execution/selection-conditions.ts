import { type DocumentNode, Kind, type SelectionNode, visit } from 'graphql';

/** Values of the variables that decide which fields a document has. */
export type Conditions = Readonly<Record<string, unknown>>;

const DECIDING: Readonly<Record<string, boolean>> = { skip: false, include: true };

/** The variables that `@skip` and `@include` name. */
export function conditionNames(document: DocumentNode): string[] {
  const names = new Set<string>();
  visit(document, {
    Directive({ name, arguments: given }) {
      if (!(name.value in DECIDING)) return;
      for (const { value } of given ?? []) if (value.kind === Kind.VARIABLE) names.add(value.name.value);
    },
  });
  return [...names];
}

/** Whether a selection counts, by its `@skip` and `@include`. */
export function isTaken({ directives }: SelectionNode, conditions: Conditions): boolean {
  for (const { name, arguments: given } of directives ?? []) {
    const taken = DECIDING[name.value];
    if (taken === undefined) continue;
    const value = given?.[0]?.value;
    const is =
      value?.kind === Kind.VARIABLE ? conditions[value.name.value] : value?.kind === Kind.BOOLEAN && value.value;
    if (is !== taken) return false;
  }
  return true;
}
