import { readFileSync } from 'node:fs';
import { type FragmentDefinitionNode, Kind, type OperationDefinitionNode, parse, print, visit } from 'graphql';
import type { GraphiQLOptions } from 'graphql-yoga';
import { isLocalName } from './local-name.ts';

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

/** A walk through the platform, each tab with variables that answer something in the demo. */
const TOUR: readonly { readonly name: string; readonly variables?: object }[] = [
  { name: 'Viewer' },
  { name: 'SlaAlerts', variables: {} },
  { name: 'TicketList', variables: { filter: { open: true }, first: 5 } },
  { name: 'CustomerList', variables: { filter: { minTierRank: 1 }, first: 5 } },
  { name: 'MyDayScreen', variables: { first: 5 } },
  { name: 'Policies' },
  { name: 'PolicyImpact', variables: { policyId: 'broadband-key-account', sampleSize: 5 } },
];

export function tourTabs(file: URL): { query: string; variables?: string }[] {
  const all = new Map(contractTabs(file).map(({ name, query }) => [name, query]));
  return TOUR.flatMap(({ name, variables }) => {
    const query = all.get(name);
    return query ? [{ query, ...(variables && { variables: JSON.stringify(variables, null, 2) }) }] : [];
  });
}

/** The page of GraphiQL; in the demo it is signed in as the person whom `?as=` names. */
export async function graphiqlFor(request: Request, tokenFor?: TokenFor): Promise<GraphiQLOptions> {
  const { searchParams } = new URL(request.url);
  const isAtHome = isLocalName(request.headers.get('host'));
  const token = isAtHome ? await tokenFor?.(searchParams.get('as')) : null;
  return {
    title: 'Tierline',
    shouldPersistHeaders: true,
    ...(token && { headers: JSON.stringify({ Authorization: `Bearer ${token}` }, null, 2) }),
  };
}

/** A token of a person of the demo, by staff number; whose it is where nobody is named, the demo decides. */
export type TokenFor = (number: string | null) => Promise<string | null>;
