import { AsyncLocalStorage } from 'node:async_hooks';

/** The request in which something is done, so that every line of the log can name it. */
export const requestScope = new AsyncLocalStorage<{ readonly requestId: string }>();

/** For the log: the request's id, where something is done in one. */
export function ofRequest(): { readonly requestId?: string } {
  return requestScope.getStore() ?? {};
}
