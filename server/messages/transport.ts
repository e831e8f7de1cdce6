import type { Logger } from 'pino';
import type { Channel } from '../generated/prisma/enums.ts';

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
  /** @returns by which the provider knows the message; null where it says nothing */
  send(message: OutgoingMessage): Promise<{ readonly reference: string | null }>;
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
