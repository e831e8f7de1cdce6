import { once } from 'node:events';
import WebSocket from 'ws';
import type { TestApp } from '../support/app.ts';
import type { Answer } from '../support/ask.ts';

export const code = ({ errors }: Answer) => errors?.[0]?.extensions?.code;

/** The first answer to an operation on a fresh socket. */
export async function overSocket(
  of: TestApp,
  payload: Record<string, unknown>,
  who = 'BB-A/CUSTOMER_MANAGER',
): Promise<Answer> {
  const socket = new WebSocket(of.wsUrl, 'graphql-transport-ws');
  await once(socket, 'open');
  socket.send(JSON.stringify({ type: 'connection_init', payload: { Authorization: `Bearer ${of.as(who).token}` } }));
  await once(socket, 'message');
  socket.send(JSON.stringify({ id: '1', type: 'subscribe', payload }));
  const [data] = (await once(socket, 'message')) as [Buffer];
  socket.terminate();
  const { type, payload: answer } = JSON.parse(data.toString());
  return { status: 0, ...(type === 'error' ? { errors: answer } : answer) };
}
