import type { Person } from '../support/app.ts';

export const NOW = '2026-03-02T08:00:00+08:00';
export const ERRORS =
  '... on InvalidInput { issues { path message } } ... on Refused { reasons { code } } ... on Error { code }';
export interface Done {
  readonly __typename: string;
  readonly id: string;
  readonly records: readonly { readonly id: string }[];
}
export async function does(person: Person, document: string, variables: Record<string, unknown>) {
  const { data, errors } = await person.ask<Record<string, Done>>(document, variables);
  if (errors) throw new Error(JSON.stringify(errors));
  return Object.values(data)[0] as Done;
}
