import type { Server } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { buildSchema } from '../../schema/index.ts';
import { loadPlugins } from '../engine/policy/registry.ts';
import type { Services } from '../engine/services/services.ts';
import { SkewWatch } from '../engine/services/skew.ts';
import type { Identity } from '../platform/access/identity.ts';
import { SubjectReader } from '../platform/access/token-subject.ts';
import { HashChainSealer } from '../platform/audit/hash-chain-sealer.ts';
import { Outage } from '../platform/storage/outages/outage.ts';
import { ping } from '../platform/storage/outages/ping.ts';
import { CpuShare } from '../transport/admission/cpu-share.ts';
import { LIMITS, type Limits } from '../transport/admission/limits.ts';
import { StreamCount } from '../transport/admission/stream-count.ts';
import { Turns } from '../transport/admission/turns.ts';
import { freeDocuments } from '../transport/graphql/persisted.ts';
import { createPipeline, type Pipeline } from '../transport/graphql/pipeline.ts';
import { serveAlertEvents } from '../transport/http/alert-events.ts';
import { BoardPage } from '../transport/http/board-page.ts';
import { EventStreams } from '../transport/http/event-streams.ts';
import { FileTransfers } from '../transport/http/file-transfers.ts';
import { HttpServer } from '../transport/http/http.ts';
import { SocketServer } from '../transport/socket/websocket.ts';
import { JobRunner, type OnRun } from './jobs.ts';
import { Lifecycle } from './lifecycle.ts';
import { Metrics } from './metrics.ts';
import { type Opened, openServices } from './open-services.ts';
import { rotateKeys } from './operations/rotate-keys.ts';
import { reportOperations } from './request-log.ts';
import type { App, AppSettings } from './settings.ts';

export type { App, AppSettings } from './settings.ts';

/** Milliseconds between two batches while the server serves. */
const ROTATION_PAUSE_MS = 50;

/** How often connections without a request are looked for, once the server stops. */
const IDLE_LOOK_MS = 50;

/** Milliseconds for which requests that run may end, once the server stops. */
const LAST_REQUESTS_MS = 10_000;

/** Opens the database, applies its migrations, starts policies and alerts, and composes the server. It opens no port. */
export async function createApp(settings: AppSettings): Promise<App> {
  const outage = new Outage(settings.log);
  const metrics = settings.metricsToken ? new Metrics() : null;
  const log = outage.quiet();
  const { isOpen, operations = freeDocuments } = settings;
  const limits: Limits = { ...LIMITS, ...settings.limits };
  const plugins = await loadPlugins(settings.plugins ?? [], settings.pluginsIn);
  const lifecycle = new Lifecycle((error) => log.error({ err: error }, 'stopping'));
  try {
    const opened = await openServices(
      { ...settings, log, onPolicyAnswers: metrics?.policyAnswers },
      plugins,
      lifecycle,
    );
    const { services } = opened;
    await settings.prepare?.(services);
    outage.watch(() => ping(services.database.prisma));
    lifecycle.started('outages', () => outage.close());
    const identity =
      typeof settings.identity === 'function'
        ? settings.identity(new SubjectReader(services.database.prisma))
        : settings.identity;
    const schema = buildSchema(
      plugins.map(({ policy }) => policy),
      { extensions: plugins.flatMap(({ extension }) => extension ?? []), sandbox: services.advance !== undefined },
    );
    const onOperation = reportOperations(settings, log, metrics);
    const board = settings.board?.(services);
    const tokenFor = board?.demo?.token;
    const pipeline = createPipeline({ schema, services, identity, isOpen, limits, operations, onOperation, tokenFor });
    const skew = opened.running && settings.runsJobs !== false ? new SkewWatch(opened.running, log) : null;
    const { server, stopTaking } = serve(
      { ...settings, identity, limits, operations, metrics, page: board && new BoardPage(board) },
      services,
      pipeline,
      skew,
      lifecycle,
    );
    if (settings.runsJobs !== false) runInBackground({ ...settings, log }, opened, skew, lifecycle, metrics?.job);
    // Started last, so that it is said before anything is stopped, and served on until a balancer sends nobody here any more.
    lifecycle.started('readiness', stopTaking);
    return {
      services,
      schema,
      pipeline,
      listen: (port, host) => listen(server, port, host),
      close: () => lifecycle.stop(),
    };
  } catch (error) {
    await lifecycle.stop();
    throw error;
  }
}

/** Puts the transports before the pipeline; no port is open yet. */
function serve(
  settings: AppSettings &
    Required<Pick<AppSettings, 'operations'>> & {
      readonly limits: Limits;
      readonly identity: Identity;
      readonly metrics: Metrics | null;
      readonly page: BoardPage | undefined;
    },
  services: Services,
  pipeline: Pipeline,
  skew: SkewWatch | null,
  lifecycle: Lifecycle,
): { readonly server: Server; readonly stopTaking: () => Promise<void> } {
  const { identity, isOpen, origins = [], limits, operations, slowReaderMs, spreadMs = 0, metrics } = settings;
  let ready = true;
  const streams = new EventStreams(slowReaderMs);
  const cpuShare = new CpuShare(() => performance.now());
  const turns = new Turns(limits, undefined, cpuShare);
  metrics?.watch(services, turns);
  const streamCount = new StreamCount(limits);
  const shared = { pipeline, services, identity, turns, streamCount, limits, operations, origins, slowReaderMs };
  const { server } = new HttpServer({
    ...shared,
    streams,
    files: new FileTransfers(services, limits),
    board: settings.page,
    alertEvents: serveAlertEvents(shared),
    isOpen,
    isReady: () => ready,
    trouble: () => skew?.trouble ?? null,
    metrics: metrics?.page(settings.metricsToken ?? ''),
    onRefused: metrics?.refused,
  });
  const sockets = new SocketServer({ ...shared, cpuShare, server });
  lifecycle.started('transports', async () => {
    const closed = new Promise<void>((resolve) => {
      if (server.listening) server.close(() => resolve());
      else resolve();
    });
    await Promise.all([sockets.close(spreadMs), streams.end(spreadMs)]);
    await lastRequests(server, closed);
  });
  const stopTaking = async () => {
    ready = false;
    if (server.listening) await sleep(settings.drainMs ?? 0);
  };
  return { server, stopTaking };
}

/** Waits for requests that run, and not for connections that clients keep open for their next one. */
async function lastRequests(server: Server, closed: Promise<void>): Promise<void> {
  // Each falls idle after its own last request.
  const idle = setInterval(() => server.closeIdleConnections(), IDLE_LOOK_MS);
  const patience = setTimeout(() => server.closeAllConnections(), LAST_REQUESTS_MS);
  await closed;
  clearInterval(idle);
  clearTimeout(patience);
}

/** Starts what runs by itself: the jobs, the sealing of the audit trail, and of values that are under a former key. */
function runInBackground(
  { dataKeys, log }: AppSettings,
  { services, jobs }: Opened,
  skew: SkewWatch | null,
  lifecycle: Lifecycle,
  onRun?: OnRun,
): void {
  const { database, sealer: values } = services;
  const mayRun = skew && { mayRun: () => skew.mayRun() };
  const runners = mayRun
    ? [jobs.sweeps, jobs.daily, jobs.deliveries, jobs.beside].map(
        (together) => new JobRunner(services, together, { ...mayRun, onRun }),
      )
    : [];
  for (const runner of runners) runner.start();
  const sealer = new HashChainSealer({
    pool: database.pool,
    onError: (error) => log.warn({ err: error }, 'the audit trail is sealed later'),
  });
  sealer.start();
  const rotation = new AbortController();
  // With a second key there is something to seal anew; a command that only imports leaves it to the server.
  const rotating =
    dataKeys.length > 1
      ? rotateKeys({ database, sealer: values, signal: rotation.signal, pauseMs: ROTATION_PAUSE_MS }).then(
          (done) => log.info(done, 'sealed values are under the current key'),
          (error: unknown) => log.error({ err: error }, 'sealed values stay under their keys; `tierline keys rotate`'),
        )
      : Promise.resolve();
  lifecycle.started('background work', () => {
    rotation.abort();
    return Promise.all([...runners.map((runner) => runner.stop()), sealer.stop(), rotating]);
  });
}

function listen(server: Server, port: number, host: string): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      const address = server.address();
      resolve(typeof address === 'object' && address ? address.port : port);
    });
  });
}
