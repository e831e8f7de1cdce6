import { GraphQLError, Kind, type OperationDefinitionNode, type SelectionSetNode, type ValidationRule } from 'graphql';

type Fragments = (name: string) => { readonly selectionSet: SelectionSetNode } | null | undefined;

/** How many levels of fields an operation has. A fragment counts where it is spread; `__schema` does not count. */
export function depthOf(
  { selectionSet }: Pick<OperationDefinitionNode, 'selectionSet'>,
  fragmentOf: Fragments,
): number {
  const known = new Map<string, number>();
  const ofFragment = (name: string): number => {
    const depth = known.get(name);
    if (depth !== undefined) return depth;
    // A fragment that spreads itself ends here; another rule refuses it.
    known.set(name, 0);
    const fragment = fragmentOf(name);
    const found = fragment ? levelsIn(fragment.selectionSet) : 0;
    known.set(name, found);
    return found;
  };
  const levelsIn = ({ selections }: SelectionSetNode): number => {
    let deepest = 0;
    for (const selection of selections) {
      if (selection.kind === Kind.FRAGMENT_SPREAD) deepest = Math.max(deepest, ofFragment(selection.name.value));
      else if (selection.kind === Kind.INLINE_FRAGMENT) deepest = Math.max(deepest, levelsIn(selection.selectionSet));
      else if (selection.name.value !== '__schema')
        deepest = Math.max(deepest, 1 + (selection.selectionSet ? levelsIn(selection.selectionSet) : 0));
    }
    return deepest;
  };
  return levelsIn(selectionSet);
}

/** The rule that ends the validation of what is too deep, before the other rules have walked through it. */
export function depthRule(limit: number): ValidationRule {
  return (context) => ({
    OperationDefinition(operation) {
      const depth = depthOf(operation, (name) => context.getFragment(name));
      if (depth <= limit) return;
      throw new GraphQLError(`Syntax Error: Query depth limit of ${limit} exceeded, found ${depth}.`, {
        extensions: { code: 'TOO_COSTLY' },
      });
    },
  });
}
