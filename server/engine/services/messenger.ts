import type { Logger } from 'pino';
import type { Channel } from '../../../prisma/generated/client/enums.ts';

/** A message on its way to a customer. `id` is the same however often it is tried: a provider that knows it sends once. */
export interface OutgoingMessage {
  readonly id: string;
  readonly channel: Channel;
  /** A telephone number or an e-mail address, in clear. */
  readonly to: string;
  readonly body: string;
}

/** Takes messages to customers; a rejection is tried again later. */
export interface MessageTransport {
  /** Milliseconds within which it answers, at most 30,000; 10,000 unless said. Later counts as not taken until it answers. */
  readonly answersWithinMs?: number;
  /**
   * @param signal fires when the answer is no longer waited for
   * @returns by which the provider knows the message; null where it says nothing
   */
  send(message: OutgoingMessage, signal: AbortSignal): Promise<{ readonly reference: string | null }>;
}

/** A transport did not say in time whether it took a message. */
export class NoAnswerError extends Error {}

/**
 * Hands a message to a transport.
 *
 * @param late told of an answer that came after it was given up: the message has left all the same
 * @returns by which the provider knows it
 * @throws {NoAnswerError}
 */
export async function handOver(
  transport: MessageTransport,
  message: OutgoingMessage,
  late: (reference: string | null) => void,
): Promise<string | null> {
  const withinMs = Math.min(transport.answersWithinMs ?? 10_000, 30_000);
  const patience = new AbortController();
  const answer = (async () => referenceOf(await transport.send(message, patience.signal)))();
  let timer: NodeJS.Timeout | undefined;
  const silence = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      // A rejection that the signal brings about is no answer.
      answer.then(late, () => undefined);
      reject(new NoAnswerError(`the transport did not answer within ${withinMs} ms`));
      patience.abort();
    }, withinMs);
  });
  try {
    return await Promise.race([answer, silence]);
  } finally {
    clearTimeout(timer);
  }
}

/** What a transport says of a message that it took, whatever it is: nothing in it makes the message leave again. */
function referenceOf(answer: unknown): string | null {
  const { reference } = (answer ?? {}) as { reference?: unknown };
  return typeof reference === 'string' ? reference.replaceAll('\0', '').slice(0, 255) : null;
}

/** Sends nothing and says so: no provider comes with the platform. Neither number nor text is logged. */
export function logTransport(log: Pick<Logger, 'info'>): MessageTransport {
  return {
    send: async ({ id, channel }) => {
      log.info({ messageId: id, channel }, 'a message would leave here');
      return { reference: null };
    },
  };
}
