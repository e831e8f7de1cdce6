/** A test that holds a bar, or a part of it: its file, and how its name begins or what is in it. */
export interface HeldBy {
  readonly file: string;
  readonly test?: string;
}

/** A promise of reliability or security, with the figure that it has to reach. */
export interface Bar {
  /** P with every change, N before a release (`--long`). */
  readonly tier: 'P' | 'N';
  readonly what: string;
  readonly reach: string;
  readonly by: readonly HeldBy[];
  /** What of the bar no program runs yet. Where nothing holds it, all of it. */
  readonly lacks?: string;
}

const by = (file: string, test?: string): HeldBy => ({ file: `test/${file}.test.ts`, ...(test && { test }) });
const bar = (tier: Bar['tier'], what: string, reach: string, held: readonly HeldBy[], lacks?: string): Bar => ({
  tier,
  what,
  reach,
  by: held,
  ...(lacks && { lacks }),
});
const P = 'P';
const N = 'N';

/** All bars, by their numbers. */
export const BARS: Readonly<Record<number, Bar>> = {
  1: bar(P, "graphql-http's audits", 'all pass', [by('transport/http', "graphql-http's audits")]),
  2: bar(P, 'the same in production', 'only what asks for __type fails', [], 'not run in production'),
  3: bar(P, "faults of a client of graphql-ws' protocol", 'the code of each', [by('transport/websocket')]),
  4: bar(P, "graphql-cop's checks, in production", '12 of 12 clean', [by('attacks/cop')]),
  5: bar(
    P,
    'attack documents over HTTP and socket',
    '0 executed, a client p99 100 ms, memory back',
    [by('attacks/attacks')],
    '40 documents, and each over both',
  ),
  6: bar(
    P,
    'a lint over the schema: pages, classes, keys, scopes',
    '0 findings',
    [by('transport/effort'), by('access/roles', 'every mutation is declared')],
    'classes of personal data',
  ),
  7: bar(N, '2,000 of the largest documents', 'heap +32 MB', [], 'not run'),
  8: bar(N, '1,000 slow headers and bodies', 'all closed within 35 s', [by('transport/limits')], '1,000 at a time'),
  9: bar(
    N,
    '20,000 subscriptions of one socket',
    '20 accepted',
    [by('transport/own-limits', 'a socket has so many')],
    '20,000, and others meanwhile',
  ),
  10: bar(N, 'four times what a node can do, for 60 s', 'refusals within 50 ms', [], 'not run'),
  11: bar(P, 'forms, text and GET from other origins', '0 executed', [
    by('transport/http', 'a form'),
    by('transport/http', 'a mutation is not sent by GET'),
  ]),
  12: bar(
    N,
    'documents by chance over HTTP and socket',
    '0 INTERNAL, 0 over 10 s',
    [by('attacks/grammar')],
    '50,000 documents: 600 without --long',
  ),
  13: bar(
    P,
    'alerts while nodes, sockets and listeners are killed',
    'lost 0, order breaks 0',
    [by('alerts/faults'), by('alerts/delivery', 'whatever is killed')],
    '100 cuts and 15 listeners: 30 and 6 without --long',
  ),
  14: bar(
    N,
    'the same for 30 minutes with restarts of the database',
    'lost 0',
    [by('alerts/database-faults')],
    '30 minutes and 200 clients',
  ),
  15: bar(P, 'sequencers killed in mid-transaction', 'gaps 0, doubles 0', [by('alerts/sequencer', 'three sequencers')]),
  16: bar(P, 'a burst of 10,000 beside a stalled subscriber', 'all within 3 s', [
    by('alerts/delivery', 'a burst of 10,000'),
  ]),
  17: bar(N, '1,000 subscribers', 'p99 200 ms', [], 'npm run bench -- fan-out measures it without a bar'),
  18: bar(N, '200 stalled subscribers, 50,000 behind', 'memory +64 MB, all resume', [
    by('alerts/delivery', '200 consumers'),
  ]),
  19: bar(P, 'rights that end in mid-stream', '0 events later than 5 s', [
    by('alerts/revocation', 'a right that ends at any'),
  ]),
  20: bar(P, 'an application that is killed at any instant', 'lost 0, twice 0', [
    by('alerts/client-told', 'an application that is killed'),
  ]),
  21: bar(P, 'cursors of others, forged, expired, of a former epoch', 'each its code', [
    by('alerts/discontinuity'),
    by('alerts/cursor'),
  ]),
  22: bar(P, 'nobody connected: what is unacknowledged comes back', 'at its time', [
    by('alerts/ladder-faults'),
    by('alerts/duty-month'),
  ]),
  23: bar(P, 'clocks while processes are killed', 'each once', [by('sla/sweep')]),
  24: bar(P, 'an hour of downtime', 'all once, in order', [by('alerts/burst')], 'an hour by an injected clock'),
  25: bar(
    N,
    "a node's clock that jumps an hour or 40 days",
    'doubled 0, lost 0',
    [by('durability/clock-skew')],
    '100 jumps each',
  ),
  26: bar(P, 'histories by chance against a walk by the minute', 'differences 0', [by('sla/properties')]),
  27: bar(P, 'due in 25, 30, 400 days', 'early 0', [], 'not run'),
  28: bar(
    P,
    'kill -9 of a node, embedded',
    'acknowledged and missing 0',
    [by('durability/kills', 'EMBEDDED')],
    '12 kills: 3 without --long',
  ),
  29: bar(
    N,
    'the same 100 times',
    '0',
    [by('durability/kills', 'EMBEDDED'), by('storage/durability', 'a kill while')],
    '100 kills: 50',
  ),
  30: bar(P, 'loss of power', 'unopenable 0, missing 0', [], 'a model of the disk'),
  31: bar(P, 'each commit waits for the disk', 'fsyncs >= commits', [by('storage/durability', 'every commit waits')]),
  32: bar(P, 'two processes on one folder', 'two holders 0', [by('storage/folder-lock')]),
  33: bar(N, 'a full disk', 'missing 0, reads served', [by('storage/disk')]),
  34: bar(N, 'kill -9 of a node, on PostgreSQL', 'missing 0, doubled 0', [by('durability/kills', 'POSTGRES')]),
  35: bar(N, 'a statement of 30 s, embedded', 'ended, told once', [by('storage/crash')], '/health meanwhile'),
  36: bar(N, 'a day of churn, embedded', 'WAL 128 MB', [], 'not run'),
  37: bar(P, 'keys that are sent many times at once', 'one effect each', [by('access/concurrency', '30 keys')]),
  38: bar(P, 'writers with expectedVersion', 'lost updates 0', [], '50 writers'),
  39: bar(N, 'histories of registers', 'linearizable', [], 'not run'),
  40: bar(P, 'SIGTERM under load', 'lost 0', [by('alerts/deploy')], '200 mutations, 10 times'),
  41: bar(P, 'every path to every bound type, by people of other places', 'foreign objects 0', [by('access/matrix')]),
  42: bar(P, 'ids of others and of nothing', 'answers alike, times within a tenth', [by('access/foreign-times')]),
  43: bar(P, 'each net for rows taken away in turn', 'leaks 0', [by('access/nets')]),
  44: bar(P, 'secrets as canaries', 'hits 0', [by('access/secrets')], 'crashes of plugins, backups'),
  45: bar(P, 'reveals at once', 'over the quota 0', [
    by('access/concurrency', 'no more files than the quota'),
    by('access/secrets', 'a quota slides'),
  ]),
  46: bar(P, 'sealed values moved; rotation under load', 'opened 0, failed reads 0', [
    by('access/secrets', 'a sealed value that is moved'),
    by('access/rotation'),
  ]),
  47: bar(P, 'tokens: none, confusion, unknown keys, key set away', 'accepted 0', [by('access/identity')]),
  48: bar(P, 'starts that production refuses', 'all refused', [by('stories/processes'), by('operating/settings')]),
  49: bar(P, 'four eyes', 'wrong executions 0', [by('stories/thin-path')], '100 decisions at once'),
  50: bar(P, 'grants to archives', 'reads 0', [], 'there are no such grants'),
  51: bar(P, 'the trail edited, cut, written anew', 'all found', [by('access/audit')], '200 each'),
  52: bar(P, 'the trail refuses changes; an act without its entry fails', 'all refused', [by('access/audit')]),
  53: bar(N, 'a million entries verified', '30 s', [], 'not run'),
  54: bar(P, 'plugins that misbehave', 'deaths 0, fallback', [by('policy/runtime')]),
  55: bar(P, 'recorded decisions replayed', 'differences 0', [by('decisions/replay', 'a thousand decisions')]),
  56: bar(P, 'migrations on both databases', 'alike', [by('storage/schema')]),
  57: bar(N, 'migrations at once and killed', 'once', [by('storage/migrate')], '20 kills'),
  58: bar(N, 'the last release beside this one', 'lost 0', [], 'there is no release yet'),
  59: bar(N, 'backup, restore, check', 'whole', [by('backup/backup'), by('backup/goes-on')], 'under load, 10 GB'),
  60: bar(N, 'two hours of mixed load', 'flat', [by('alerts/memory')], 'two hours'),
};
