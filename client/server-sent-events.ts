import { type End, endOfErrors, type ResultLike, type Sink, type Transport } from './events.ts';

export interface EventsTransportOptions {
  readonly url: string;
  readonly token: () => string | Promise<string>;
  readonly fetch?: typeof fetch;
}

/** Server-Sent Events over `fetch`: one request a connection, and a new token with each. */
export function eventsTransport({ url, token, fetch: send = fetch }: EventsTransportOptions): Transport {
  return (operation, sink) => {
    const ended = new AbortController();
    void read(operation, sink, { url, token, fetch: send }, ended.signal).then((end) => {
      if (!ended.signal.aborted) sink.end(end);
    });
    return () => ended.abort();
  };
}

async function read(
  operation: Parameters<Transport>[0],
  sink: Sink,
  { url, token, fetch: send }: Required<EventsTransportOptions>,
  signal: AbortSignal,
): Promise<End> {
  let bearer: string;
  try {
    bearer = await token();
  } catch (error) {
    return { reason: 'TOKEN', error };
  }
  try {
    const response = await send(url, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        accept: 'text/event-stream',
        authorization: `Bearer ${bearer}`,
      },
      body: JSON.stringify(operation),
      signal,
    });
    if (!response.headers.get('content-type')?.includes('text/event-stream') || !response.body) {
      const { errors } = (await response.json().catch(() => ({}))) as ResultLike;
      if (response.status >= 500 || !errors) return { reason: 'ERROR', error: errors ?? response.status };
      return endOfErrors(errors);
    }
    for await (const { event, data } of messages(response.body, signal)) {
      if (event === 'complete') break;
      if (event === 'next') sink.next(JSON.parse(data) as ResultLike);
    }
    return { reason: 'CLOSED' };
  } catch (error) {
    return { reason: 'CLOSED', error };
  }
}

/** The messages of a stream: blocks of `name: value` lines, an empty line behind each; a comment is a sign of life. */
async function* messages(
  body: ReadableStream<Uint8Array>,
  signal: AbortSignal,
): AsyncGenerator<{ event: string; data: string }, void, void> {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let text = '';
  try {
    while (!signal.aborted) {
      const { done, value } = await reader.read();
      if (done) return;
      text += decoder.decode(value, { stream: true });
      const blocks = text.split(/\r?\n\r?\n/);
      text = blocks.pop() ?? '';
      for (const block of blocks) {
        const lines = block.split(/\r?\n/);
        const values = (name: string) =>
          lines.filter((line) => line.startsWith(`${name}:`)).map((line) => line.slice(name.length + 1).trimStart());
        const [event] = values('event');
        if (event) yield { event, data: values('data').join('\n') };
      }
    }
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}
