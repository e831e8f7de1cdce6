import { readFileSync } from 'node:fs';
import { type FragmentDefinitionNode, Kind, type OperationDefinitionNode, parse, print, visit } from 'graphql';

/** The operations of the contract, each with the fragments that it needs, as ready tabs. */
export function contractTabs(file: URL): { name: string; query: string }[] {
  const { definitions } = parse(readFileSync(file, 'utf8'));
  const fragments = new Map(
    definitions
      .filter((one): one is FragmentDefinitionNode => one.kind === Kind.FRAGMENT_DEFINITION)
      .map((one) => [one.name.value, one]),
  );
  const operations = definitions.filter(
    (one): one is OperationDefinitionNode => one.kind === Kind.OPERATION_DEFINITION,
  );
  return operations.map((operation) => {
    const needed = new Set<string>();
    const collect = (node: OperationDefinitionNode | FragmentDefinitionNode): void => {
      visit(node, {
        FragmentSpread({ name }) {
          const fragment = fragments.get(name.value);
          if (!fragment || needed.has(name.value)) return;
          needed.add(name.value);
          collect(fragment);
        },
      });
    };
    collect(operation);
    const parts = [operation, ...[...needed].flatMap((name) => fragments.get(name) ?? [])];
    return { name: operation.name?.value ?? 'operation', query: parts.map(print).join('\n\n') };
  });
}
