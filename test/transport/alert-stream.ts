import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { expect } from 'vitest';
import type { Cluster } from '../alerts/cluster.ts';
import type { SocketClient, StreamEvent } from '../alerts/socket-client.ts';

export const ALERTS = `subscription ($filter: AlertFilter, $after: String) { slaAlerts(filter: $filter, after: $after) {
  __typename
  ... on AlertRaised { cursor prevCursor replayed alert { id kind message } }
  ... on Bookmark { cursor prevCursor caughtUp }
  ... on Discontinuity { cursor reason } } }`;

/** Subscribes and waits until it is live. */
export async function live(client: SocketClient, query = ALERTS, variables: object = {}): Promise<string> {
  const id = client.subscribe(query, variables);
  await client.until(() => client.events(id).some(({ caughtUp }) => caughtUp));
  return id;
}

/** The ids of alerts, as the database has them. */
export const idsOf = (events: readonly StreamEvent[]) =>
  events.map(({ alert }) => Buffer.from(alert.id, 'base64').toString().slice(6));

/** The oldest place that is kept. */
export async function firstCursor(client: SocketClient): Promise<string | undefined> {
  const id = client.subscribe(ALERTS, { after: 'none' });
  await client.until(() => client.events(id).length > 0);
  client.send({ id, type: 'complete' });
  return client.events(id)[0].cursor;
}

/** Each event names the one before it. */
export function chain(events: readonly StreamEvent[], after: string | null): void {
  const named = events.filter(({ __typename }) => __typename !== 'Discontinuity');
  expect(named.map(({ prevCursor }) => prevCursor)).toEqual([after, ...named.slice(0, -1).map(({ cursor }) => cursor)]);
}

/** Ends each session that begins to read a table after the work, so many times: connections that break in a statement. */
export async function whileReadsBreak(
  databaseUrl: string,
  table: string,
  times: number,
  work: () => Promise<void>,
): Promise<void> {
  const holder = new pg.Client({ connectionString: databaseUrl });
  await holder.connect();
  try {
    await holder.query(`begin; lock table ${table} in access exclusive mode`);
    await work();
    for (let ended = 0, end = Date.now() + 20_000; ended < times && Date.now() < end; await sleep(5)) {
      // What a transaction has seen of the sessions, it goes on seeing.
      await holder.query('select pg_stat_clear_snapshot()');
      const { rowCount } = await holder.query(
        `select pg_terminate_backend(pid) from pg_stat_activity
         where datname = current_database() and wait_event_type = 'Lock' and pid <> pg_backend_pid()`,
      );
      ended += rowCount ?? 0;
    }
  } finally {
    await holder.end();
  }
}

/** Follows over Server-Sent Events, once it is live. */
export async function listen(cluster: Cluster, who: string, query: string) {
  const ended = new AbortController();
  const response = await fetch(cluster.node(0).url, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      accept: 'text/event-stream',
      authorization: `Bearer ${await cluster.token(who)}`,
    },
    body: JSON.stringify({ query }),
    signal: ended.signal,
  });
  let text = '';
  const read = async () => {
    const decoder = new TextDecoder();
    for await (const bytes of response.body as ReadableStream<Uint8Array>) text += decoder.decode(bytes);
  };
  read().catch(() => undefined);
  /** All that came. */
  const results = () => [...text.matchAll(/^event: next\ndata: (.*)$/gm)].map(([, data]) => JSON.parse(data ?? ''));
  const until = async (isSo: () => boolean) => {
    for (const end = Date.now() + 10_000; !isSo(); await sleep(5)) if (Date.now() > end) throw new Error(text);
  };
  await until(() => results().length > 0);
  return { results, until, end: () => ended.abort() };
}
