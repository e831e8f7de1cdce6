import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { Fleet, type NodeProcess } from './processes.ts';
import { SocketClient } from './socket-client.ts';

// A node with subscribers who take nothing, while many alerts go by.
//
// TIERLINE_LONG=1 npx vitest run test/alerts/memory.test.ts    the long version: a million alerts

const isLong = process.env.TIERLINE_LONG === '1';
const ALERTS = isLong ? 1_000_000 : 12_000;
const BATCH = 1_000;
const STALLED = 5;
const GROWN_MB = 48;

const document = `subscription ($after: String) { slaAlerts(after: $after) { __typename
  ... on AlertRaised { cursor alert { id kind severity message } } ... on Bookmark { cursor caughtUp } } }`;

test(
  'the memory of a node with stalled subscribers does not grow with what they miss',
  async () => {
    await using fleet = await Fleet.start(1, { slowReaderMs: 3_600_000, bookmarkEveryMs: 1_000 });
    const [node] = fleet.nodes as [NodeProcess];
    const token = await fleet.token('BK-A/SUPERVISOR');
    const load = { on: true };
    let reconnects = 0;
    // Pings end a socket that takes nothing, and the same screen comes back to stall again where it was.
    const stalling = Array.from({ length: STALLED }, async () => {
      let after: string | null = null;
      for (; load.on; reconnects++) {
        const client = await SocketClient.connect(node.wsUrl, token).catch(() => null);
        if (!client) break;
        const id = client.subscribe(document, { after });
        await client.until(() => client.events(id).length > 0).catch(() => undefined);
        after ??= client.events(id)[0]?.cursor ?? null;
        client.stall();
        while (load.on && client.code === null) await sleep(100);
        client.resume();
        client.cut();
      }
    });
    const healthy = await SocketClient.connect(node.wsUrl, token);
    const id = healthy.subscribe(document);
    let received = 0;
    let last = '';
    const drain = () => {
      for (const message of healthy.messages.splice(0)) {
        const event = message.id === id ? message.payload?.data?.slaAlerts : undefined;
        if (event?.__typename !== 'AlertRaised') continue;
        received += 1;
        last = event.alert.id;
      }
    };
    await sleep(500);

    const began = performance.now();
    let warm: Awaited<ReturnType<NodeProcess['memory']>> | null = null;
    const samples: number[] = [];
    for (let raised = 0; raised < ALERTS; raised += BATCH) {
      await raiseMany(fleet, BATCH);
      while (received < raised + BATCH) {
        if (healthy.code !== null) throw new Error(`closed with ${healthy.code}, the node: ${node.ended}`);
        drain();
        await sleep(5);
      }
      // The ring of recent alerts and V8's code have their size by then.
      if (raised >= ALERTS / 3) {
        const memory = await node.memory();
        warm ??= memory;
        samples.push((memory.heapUsed + memory.external - warm.heapUsed - warm.external) / 1e6);
        if (isLong && raised % 50_000 === 0) {
          const seconds = Math.round((performance.now() - began) / 1_000);
          process.stderr.write(`${raised} alerts, ${seconds} s, ${samples.at(-1)?.toFixed(1)} MB more\n`);
        }
      }
    }
    const ring = await fleet.pool.query<{ id: string }>('select id from alert order by pos desc limit 1');
    expect(Buffer.from(last, 'base64').toString().slice(6)).toBe(ring.rows[0]?.id);
    expect(received).toBe(ALERTS);
    const grown = Math.max(...samples);
    console.log(
      `${ALERTS} alerts past ${STALLED} stalled subscribers (${reconnects} reconnects): ` +
        `${grown.toFixed(1)} MB more at most, ${samples.at(-1)?.toFixed(1)} MB at the end`,
    );
    expect(grown).toBeLessThan(GROWN_MB);
    load.on = false;
    healthy.cut();
    await Promise.all(stalling);
  },
  isLong ? 7_200_000 : 120_000,
);

/** As many alerts, in the database alone: their making is not what is measured. */
async function raiseMany(fleet: Fleet, count: number): Promise<void> {
  await fleet.pool.query(
    `insert into alert (id, dedupe_key, kind, severity, raised_at, message, audience, policy_id, branch_id)
     select gen_random_uuid(), gen_random_uuid()::text, 'SLA_AT_RISK', 'WARNING', now(),
       jsonb_build_object('en', repeat('An alert. ', 20), 'zh', '警报。'), '{EXECUTIVE}', 'bank-vip', $1
     from generate_series(1, $2)`,
    [fleet.branch('BK-A'), count],
  );
}
