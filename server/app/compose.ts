import { hkdfSync } from 'node:crypto';
import type { GraphQLSchema } from 'graphql';
import type { Logger } from 'pino';
import { buildSchema } from '../../schema/index.ts';
import { applicationOutcomes } from '../domain/applications/outcome.ts';
import { careOutcomes } from '../domain/care/renewals.ts';
import { contractOutcomes } from '../domain/contracts/approval-outcomes.ts';
import { gradeOutcomes } from '../domain/grades/approval-outcomes.ts';
import { planOutcomes } from '../domain/plans/outcome.ts';
import { CursorKey } from '../engine/alert-log/cursor.ts';
import { AlertStream } from '../engine/alert-log/stream.ts';
import { openPolicies } from '../engine/policy/open-policies.ts';
import type { Policies } from '../engine/policy/policies.ts';
import { loadPlugins } from '../engine/policy/registry.ts';
import type { PoliciesOptions } from '../engine/policy/runtime.ts';
import { joinOutcomes } from '../engine/services/approval-outcome.ts';
import { Changes } from '../engine/services/changes.ts';
import { logTransport, type MessageTransport } from '../engine/services/messenger.ts';
import type { Services } from '../engine/services/services.ts';
import { SkewWatch } from '../engine/services/skew.ts';
import { PolicyCalendars } from '../engine/sla/calendars.ts';
import { ActorReader } from '../platform/access/actor-reader.ts';
import type { DataKey } from '../platform/access/data-keys.ts';
import type { Identity } from '../platform/access/identity.ts';
import type { AccessRules } from '../platform/access/row-scope.ts';
import { createSealer } from '../platform/access/seal.ts';
import { AuditSealer } from '../platform/audit/seal.ts';
import { type DatabaseOptions, type DatabaseSettings, openDatabase } from '../platform/storage/database.ts';
import { DatabaseClock } from '../platform/storage/database-clock.ts';
import { migrate } from '../platform/storage/migrate.ts';
import { type Clock, HeldClock } from '../platform/values/clock.ts';
import { REQUESTS } from '../platform/values/enums.ts';
import { CpuShare } from '../transport/admission/cpu-share.ts';
import { LIMITS, type Limits } from '../transport/admission/limits.ts';
import { StreamCount } from '../transport/admission/stream-count.ts';
import { Turns } from '../transport/admission/turns.ts';
import { freeDocuments, type PersistedOperations } from '../transport/graphql/persisted.ts';
import { createPipeline, type Pipeline } from '../transport/graphql/pipeline.ts';
import { serveAlertEvents } from '../transport/http/alert-events.ts';
import { EventStreams } from '../transport/http/event-streams.ts';
import { HttpServer } from '../transport/http/http.ts';
import { SocketServer } from '../transport/socket/websocket.ts';
import { advance } from './advance.ts';
import { createJobs, JobRunner, type Jobs } from './jobs.ts';
import { rotateKeys } from './operations/rotate-keys.ts';
import { taskCompletions } from './task-completions.ts';

export interface AppSettings {
  readonly database: DatabaseSettings;
  readonly databaseOptions?: DatabaseOptions;
  /** A held clock decides; of one that runs, the database's time does, and it is watched whether the two agree. */
  readonly clock: Clock;
  readonly dataKeys: readonly DataKey[];
  readonly identity: Identity;
  /** Paths or names of plugins beside the built-in ones. */
  readonly plugins?: readonly string[];
  readonly origins?: readonly string[];
  /** Development: GraphiQL and introspection. */
  readonly isOpen: boolean;
  readonly log: Logger;
  /** What differs from `LIMITS`. */
  readonly limits?: Partial<Limits>;
  /** All documents unless given. */
  readonly operations?: PersistedOperations;
  /** Takes messages to customers; without one they are logged and go nowhere. */
  readonly messenger?: MessageTransport;
  /** Whether this process sweeps each second; a command that only imports does not. */
  readonly runsJobs?: boolean;
  /** Milliseconds over which sockets are closed when the server stops. */
  readonly spreadMs?: number;
  /** Milliseconds for which a stream waits for a reader who takes nothing. */
  readonly slowReaderMs?: number;
  /** Milliseconds between two Bookmarks of a stream, at most. */
  readonly bookmarkEveryMs?: number;
  /** The threads of policies, where several apps of one process share them; an app has its own unless given. */
  readonly policyThreads?: PoliciesOptions['threads'];
}

export interface App {
  readonly services: Services;
  readonly schema: GraphQLSchema;
  readonly pipeline: Pipeline;
  /** Opens the port. @returns the port, also where 0 asked for a free one */
  listen(port: number, host: string): Promise<number>;
  /** Ends streams, lets running requests finish, then closes everything. */
  close(): Promise<void>;
}

/** Milliseconds between two batches while the server serves. */
const ROTATION_PAUSE_MS = 50;

/** A calendar's version that another node made is known within this time. */
const CALENDARS_EVERY_MS = 1_000;

/** What decisions bring about, from the slices that know. */
const APPROVAL_OUTCOMES = joinOutcomes(
  [applicationOutcomes, contractOutcomes, gradeOutcomes, planOutcomes, careOutcomes],
  REQUESTS,
);

const MIGRATIONS = new URL('../../prisma/migrations/', import.meta.url);

/** Opens the database, applies its migrations, starts policies and alerts, and composes the server. It opens no port. */
export async function createApp(settings: AppSettings): Promise<App> {
  const { log, identity, operations = freeDocuments } = settings;
  const limits: Limits = { ...LIMITS, ...settings.limits };
  const plugins = await loadPlugins(settings.plugins ?? []);
  const database = await openDatabase(settings.database, {
    onError: (error) => log.warn({ err: error }, 'database'),
    ...settings.databaseOptions,
  });
  let opened: Policies | null = null;
  let followed: PolicyCalendars | null = null;
  let running: DatabaseClock | null = null;
  try {
    const { applied } = await migrate(database.pool, MIGRATIONS);
    if (applied.length > 0) log.info({ applied }, 'migrations applied');
    for (const warning of database.warnings) log.warn(warning);
    const held = settings.clock instanceof HeldClock ? settings.clock : undefined;
    if (!held)
      running = await DatabaseClock.start({
        pool: database.pool,
        node: settings.clock,
        onError: (error) => log.warn({ err: error }, "the database's time could not be read"),
      });
    const clock = held ?? running ?? settings.clock;
    const policies = await openPolicies({
      plugins,
      prisma: database.prisma,
      log,
      clock,
      threads: settings.policyThreads,
    });
    opened = policies;
    const calendars = new PolicyCalendars(policies, database.prisma);
    await calendars.refresh();
    followed = calendars;
    calendars.follow(CALENDARS_EVERY_MS, (error) => log.warn({ err: error }, 'the calendars could not be read'));
    const [cursorSecret, ...cursorSecretsBefore] = settings.dataKeys.map(({ secret }) =>
      Buffer.from(hkdfSync('sha256', secret, '', 'tierline cursors', 32)),
    );
    if (!cursorSecret) throw new Error('at least one data key is needed');
    const alerts = new AlertStream({
      database,
      cursorKey: new CursorKey(cursorSecret, cursorSecretsBefore),
      log,
      bookmarkEveryMs: settings.bookmarkEveryMs,
    });
    const jobs = createJobs();
    const services: Services = {
      database,
      clock,
      policies,
      calendars,
      actors: new ActorReader(database.prisma, accessRules(policies)),
      sealer: createSealer(settings.dataKeys),
      alerts,
      changes: new Changes(database.prisma),
      messenger: settings.messenger ?? logTransport(log),
      approvalOutcomes: APPROVAL_OUTCOMES,
      taskCompletions,
      log,
      ...(held && { advance: (to: Date) => advance(services, jobs, held, to) }),
    };
    await alerts.start();
    const schema = buildSchema(
      plugins.map(({ policy }) => policy),
      { extensions: plugins.flatMap(({ extension }) => extension ?? []), sandbox: held !== undefined },
    );
    const pipeline = createPipeline({ schema, services, identity, isOpen: settings.isOpen, limits, operations });
    return compose({ ...settings, limits, operations, running, jobs }, services, schema, pipeline);
  } catch (error) {
    running?.close();
    await opened?.close();
    await followed?.close();
    await database.close();
    throw error;
  }
}

type Composed = AppSettings & {
  readonly limits: Limits;
  readonly operations: PersistedOperations;
  /** Null where the clock is held. */
  readonly running: DatabaseClock | null;
  readonly jobs: Jobs;
};

function compose(settings: Composed, services: Services, schema: GraphQLSchema, pipeline: Pipeline): App {
  const { identity, isOpen, origins = [], limits, operations, running, jobs } = settings;
  let ready = true;
  const { slowReaderMs } = settings;
  const streams = new EventStreams(slowReaderMs);
  const cpuShare = new CpuShare(() => performance.now());
  const turns = new Turns(limits, undefined, cpuShare);
  const streamCount = new StreamCount(limits);
  const shared = { pipeline, services, identity, turns, streamCount, limits, operations, origins, slowReaderMs };
  const alertEvents = serveAlertEvents(shared);
  const skew = running && settings.runsJobs !== false ? new SkewWatch(running, services.log) : null;
  const { server } = new HttpServer({
    ...shared,
    streams,
    alertEvents,
    isOpen,
    isReady: () => ready,
    trouble: () => skew?.trouble ?? null,
  });
  const sockets = new SocketServer({ ...shared, cpuShare, server });
  const runners =
    skew === null
      ? []
      : [jobs.sweeps, jobs.daily, jobs.deliveries].map(
          (together) => new JobRunner(services, together, { mayRun: () => skew.mayRun() }),
        );
  for (const runner of runners) runner.start();
  const sealer = new AuditSealer({
    pool: services.database.pool,
    onError: (error) => services.log.warn({ err: error }, 'the audit trail is sealed later'),
  });
  if (settings.runsJobs !== false) sealer.start();
  // With a second key there is something to seal anew; a command that only imports leaves it to the server.
  const rotation = new AbortController();
  const { database, sealer: values, log } = services;
  const rotating =
    settings.runsJobs !== false && settings.dataKeys.length > 1
      ? rotateKeys({ database, sealer: values, signal: rotation.signal, pauseMs: ROTATION_PAUSE_MS }).then(
          (done) => log.info(done, 'sealed values are under the current key'),
          (error: unknown) => log.error({ err: error }, 'sealed values stay under their keys; `tierline keys rotate`'),
        )
      : Promise.resolve();
  let closing: Promise<void> | null = null;
  return {
    services,
    schema,
    pipeline,
    listen: (port, host) =>
      new Promise((resolve, reject) => {
        server.once('error', reject);
        server.listen(port, host, () => {
          const address = server.address();
          resolve(typeof address === 'object' && address ? address.port : port);
        });
      }),
    close() {
      closing ??= (async () => {
        ready = false;
        rotation.abort();
        await Promise.all([...runners.map((runner) => runner.stop()), sealer.stop(), rotating]);
        const closed = new Promise<void>((resolve) => {
          if (server.listening) server.close(() => resolve());
          else resolve();
        });
        const spreadMs = settings.spreadMs ?? 0;
        await Promise.all([sockets.close(spreadMs), streams.end(spreadMs)]);
        server.closeIdleConnections();
        const patience = setTimeout(() => server.closeAllConnections(), 10_000);
        await closed;
        clearTimeout(patience);
        running?.close();
        services.changes.close();
        await services.alerts.stop();
        await services.policies.close();
        await services.calendars.close();
        await services.database.close();
      })();
      return closing;
    },
  };
}

/** What the policies say of who sees their customers. */
function accessRules(policies: Policies): AccessRules {
  const declarationOf = (policyId: string) => policies.get(policyId)?.declaration;
  return {
    access: (policyId) => declarationOf(policyId)?.access,
    needsAgreement: (policyId) => declarationOf(policyId)?.needsConfidentialityAgreement === true,
  };
}
