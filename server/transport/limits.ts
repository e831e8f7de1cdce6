/** What a request or a socket may take; docs/errors.md names the code of each refusal. */
export const LIMITS = {
  /** Bytes of an HTTP body. */
  bodyBytes: 256 * 1024,
  /** Characters of a document. */
  documentLength: 64 * 1024,
  documentTokens: 5_000,
  depth: 12,
  aliases: 30,
  directives: 50,
  /** Milliseconds for the headers and for the whole of a request. */
  headersTimeoutMs: 15_000,
  requestTimeoutMs: 30_000,
  /** Bytes of a socket's message. */
  messageBytes: 64 * 1024,
  /** Milliseconds until `connection_init`. */
  initTimeoutMs: 3_000,
  keepAliveMs: 12_000,
  subscriptionsPerSocket: 20,
  /** Bytes that wait in a socket's buffer before its streams wait too. */
  socketBufferBytes: 1024 * 1024,
  /** Milliseconds for which a stream may wait for its reader. Shorter than two pings, whose lack of an answer says less. */
  patienceMs: 10_000,
  /** Milliseconds between two looks at who holds a socket: whoever left or whose token ended loses it. */
  presenceMs: 500,
  /** Milliseconds that running operations have to finish when the server stops. */
  finishMs: 10_000,
} as const;
