// biome-ignore lint/suspicious/noExplicitAny: answers are read by their documents, whose shape no type here knows.
export type Json = any;

export interface Answer {
  readonly status: number;
  readonly data: Json;
  readonly errors?: readonly { readonly message: string; readonly extensions?: Record<string, unknown> }[];
}

/** Sends a document to a server as the person of a token. */
export async function askAt(url: string, token: string, query: string, variables?: object): Promise<Answer> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    body: JSON.stringify({ query, variables }),
  });
  return { status: response.status, ...((await response.json()) as Omit<Answer, 'status'>) };
}
