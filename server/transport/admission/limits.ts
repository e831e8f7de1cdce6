/** What a request or a socket may take; docs/errors.md names the code of each refusal. */
export const LIMITS = {
  /** Bytes of an HTTP body. */
  bodyBytes: 256 * 1024,
  /** Characters of a document. */
  documentLength: 96 * 1024,
  documentTokens: 12_000,
  depth: 12,
  aliases: 30,
  directives: 50,
  /** How often one field is selected in a document. Merging equal fields costs the square of them. */
  sameField: 300,
  /** Levels of brackets in a document, and of objects and lists in its variables. */
  nesting: 64,
  /** Objects that an operation may ask for, pages multiplied along the path (cost.ts). */
  cost: 10_000,
  /** Milliseconds that an operation may take; a statement of it is ended by the database before (storage/database.ts). */
  operationMs: 10_000,
  /** Operations of one person, or of one address without a token, that run at a time; more wait for their turn. */
  runningPerPerson: 4,
  /** Operations that run at a time in this process. */
  runningPerNode: 200,
  /** Operations of one person that wait, and their bytes. */
  waitingPerPerson: 1_000,
  waitingBytesPerPerson: 8 * 1024 * 1024,
  waitingPerNode: 5_000,
  waitingBytesPerNode: 64 * 1024 * 1024,
  /** Operations a second of one person over a long time, and those that may come at once. */
  ratePerSecond: 1_000,
  rateBurst: 60_000,
  /** The same of an address whose requests bring no valid token. */
  anonymousPerSecond: 100,
  anonymousBurst: 2_000,
  /** Milliseconds for the headers and for the whole of a request, and between two looks at those who are late. */
  headersTimeoutMs: 15_000,
  requestTimeoutMs: 30_000,
  lateCheckMs: 5_000,
  /** Files that one person, and all of this process, send and fetch at a time: each holds a few of its pieces in memory. */
  transfersPerPerson: 4,
  transfersPerNode: 64,
  /** Connections of this process. */
  connections: 10_000,
  /** Bytes of a socket's message. */
  messageBytes: 64 * 1024,
  /** Messages a second of one socket over a long time, and those that may come at once. */
  messagesPerSecond: 200,
  messageBurst: 1_000,
  /** Milliseconds until `connection_init`. */
  initTimeoutMs: 3_000,
  keepAliveMs: 12_000,
  subscriptionsPerSocket: 20,
  /** Streams of one person over all sockets, and those among them that ask for something else: equal ones share their work. */
  subscriptionsPerPerson: 10_000,
  differentSubscriptionsPerPerson: 200,
  /** Bytes that wait in a socket's buffer before its streams wait too. */
  socketBufferBytes: 1024 * 1024,
  /** Milliseconds for which a stream may wait for its reader. Shorter than two pings, whose lack of an answer says less. */
  slowReaderMs: 10_000,
  /** Milliseconds between two looks at who holds a socket: whoever left or whose token ended loses it. */
  presenceMs: 500,
  /** Milliseconds that running operations have to finish when the server stops. */
  finishMs: 10_000,
} as const;

export type Limits = { readonly [Name in keyof typeof LIMITS]: number };

/** The limits as an operator set them: `name=number`, separated by commas. */
export function parseLimits(text: string): Partial<Limits> {
  const limits: Partial<Record<keyof Limits, number>> = {};
  for (const entry of text.split(',')) {
    const [name = '', number = ''] = entry.split('=').map((part) => part.trim());
    if (!Object.hasOwn(LIMITS, name)) throw new RangeError(`${name} is no limit`);
    if (!/^\d{1,12}$/.test(number) || Number(number) < 1) throw new RangeError(`${name} is no whole number from 1`);
    limits[name as keyof Limits] = Number(number);
  }
  return limits;
}
