/**
 * Whether a request came to this machine under its own name. Under another one the server would be anybody's who makes their own
 * name lead here, and the page of a stranger could read what is for the reader at this machine.
 *
 * @param host as the header has it, with its port
 */
export function isLocalName(host: string | null | undefined): boolean {
  return /^(?:localhost|127\.0\.0\.1|\[::1\])(?::\d+)?$/.test(host ?? '');
}
