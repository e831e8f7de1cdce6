import type { TypedDocumentNode } from '@graphql-typed-document-node/core';
import { type AnyVariables, Client, fetchExchange, type OperationResult, stringifyDocument } from '@urql/core';
import type { DocumentNode } from 'graphql';
import { createContext } from 'preact';
import { useCallback, useContext, useEffect, useRef, useState } from 'preact/hooks';
import type { Language } from './i18n.ts';
import { expiryOf, type Session } from './session.ts';

/** Seconds before its end in which a token is no longer used. */
const SPARE_S = 30;

/** The API as one person sees it. */
export class Api {
  readonly #client: Client;
  #session: Session;
  #renewing: Promise<Session> | null = null;
  readonly #renew: (session: Session) => Promise<Session>;
  readonly #onEnd: () => void;
  /** What the server's clock is ahead of this machine's, in milliseconds. */
  ahead = 0;

  /**
   * @param renew a new session when the token ends; rejects where one has to sign in again
   * @param onEnd told when the session is over for good
   */
  constructor(session: Session, language: Language, renew: (session: Session) => Promise<Session>, onEnd: () => void) {
    this.#session = session;
    this.#renew = renew;
    this.#onEnd = onEnd;
    this.#client = new Client({
      url: 'graphql',
      exchanges: [fetchExchange],
      preferGetMethod: false,
      fetch: async (input, init) =>
        fetch(input, {
          ...init,
          headers: {
            ...Object.fromEntries(new Headers(init?.headers)),
            'accept-language': language,
            authorization: `Bearer ${await this.token()}`,
          },
        }),
    });
  }

  /** A token that lives on for a while. */
  readonly token = async (): Promise<string> => {
    const endsAt = expiryOf(this.#session.token);
    if (endsAt !== null && endsAt - SPARE_S * 1_000 < Date.now() + this.ahead) await this.refresh();
    return this.#session.token;
  };

  async refresh(): Promise<void> {
    this.#renewing ??= this.#renew(this.#session).finally(() => {
      this.#renewing = null;
    });
    try {
      this.#session = await this.#renewing;
    } catch (error) {
      // The network may be back in a moment; who is not let in has to sign in again.
      if (!(error instanceof TypeError)) this.#onEnd();
      throw error;
    }
  }

  async send<Data, Variables extends AnyVariables>(
    document: TypedDocumentNode<Data, Variables>,
    variables: Variables,
  ): Promise<OperationResult<Data, Variables>> {
    const once = () =>
      (document.definitions.some((one) => one.kind === 'OperationDefinition' && one.operation === 'mutation')
        ? this.#client.mutation(document, variables)
        : this.#client.query(document, variables, { requestPolicy: 'network-only' })
      ).toPromise();
    const result = await once();
    if (!result.error?.graphQLErrors.some(({ extensions }) => extensions.code === 'UNAUTHENTICATED')) return result;
    await this.refresh();
    return once();
  }
}

/** A document as text, for what takes no other. */
export const textOf = (document: DocumentNode): string => stringifyDocument(document);

/** Where alerts and changes come from. */
export function socketUrl(): string {
  const url = new URL('graphql', location.href);
  url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
  url.hash = '';
  url.search = '';
  return url.href;
}

export const ApiContext = createContext<Api | null>(null);

export function useApi(): Api {
  const api = useContext(ApiContext);
  if (!api) throw new Error('nobody is signed in');
  return api;
}

export interface Loaded<Data> {
  readonly data: Data | null;
  readonly error: string | null;
  reload(): Promise<void>;
}

/** One request for a screen, again whenever its variables change, `reload` is called, or so much time has passed. */
export function useScreen<Data extends { readonly serverTime?: string | null }, Variables extends AnyVariables>(
  document: TypedDocumentNode<Data, Variables>,
  variables: Variables,
  everyMs?: number,
): Loaded<Data> {
  const api = useApi();
  const [state, setState] = useState<{ data: Data | null; error: string | null }>({ data: null, error: null });
  const latest = useRef(0);
  const key = JSON.stringify(variables);
  const reload = useCallback(async () => {
    const turn = ++latest.current;
    const began = Date.now();
    const { data, error } = await api.send(document, JSON.parse(key) as Variables);
    if (turn !== latest.current) return;
    if (data?.serverTime) api.ahead = Date.parse(data.serverTime) - (began + Date.now()) / 2;
    // What was shown stays while the network is away; parts that one may not see are null by themselves.
    setState((before) => ({ data: data ?? before.data, error: error && !data ? error.message : null }));
  }, [api, document, key]);
  useEffect(() => {
    setState({ data: null, error: null });
    void reload();
    if (everyMs === undefined) return undefined;
    const timer = setInterval(() => void (document_visible() && reload()), everyMs);
    return () => clearInterval(timer);
  }, [reload, everyMs]);
  return { ...state, reload };
}

const document_visible = () => globalThis.document.visibilityState === 'visible';

/** What speaks against a mutation, in the reader's language; null where it was done. */
export function refusalOf(result: OperationResult<object>): string | null {
  if (result.error) return result.error.message.replace(/^\[\w+\] /, '');
  const [answer] = Object.values(result.data ?? {}) as ({
    __typename?: string;
    code?: string;
    message?: string;
    issues?: { path: string; message: string }[];
    reasons?: { message: string }[];
  } | null)[];
  if (!answer || answer.code === undefined || answer.message === undefined) return null;
  const details = [
    ...(answer.reasons ?? []).map(({ message }) => message),
    ...(answer.issues ?? []).map(({ path, message }) => `${path} ${message}`),
  ];
  return details.length > 0 ? details.join('; ') : answer.message;
}
