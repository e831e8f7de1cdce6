import { hkdfSync } from 'node:crypto';
import { applicationOutcomes } from '../domain/applications/application-outcomes.ts';
import { careOutcomes } from '../domain/care/renewals.ts';
import { contractOutcomes } from '../domain/contracts/contract-outcomes.ts';
import { DecisionSample } from '../domain/decisions/sample.ts';
import { FILE_RULES } from '../domain/files/rules.ts';
import { gradeOutcomes } from '../domain/grades/grade-outcomes.ts';
import { planOutcomes } from '../domain/plans/plan-outcomes.ts';
import { tellBlocked } from '../domain/policies/health.ts';
import { recordOutcomes } from '../domain/records/record-outcomes.ts';
import { rotaOutcomes } from '../domain/rota/swap.ts';
import { CursorKey } from '../engine/alert-log/cursor.ts';
import { AlertStream } from '../engine/alert-log/stream.ts';
import { openPolicies } from '../engine/policy/open-policies.ts';
import type { Policies } from '../engine/policy/policies.ts';
import type { Plugin } from '../engine/policy/registry.ts';
import { accessRules } from '../engine/services/access-rules.ts';
import { joinOutcomes } from '../engine/services/approval-outcome.ts';
import { Changes } from '../engine/services/changes.ts';
import { logTransport } from '../engine/services/messenger.ts';
import type { Services } from '../engine/services/services.ts';
import { PolicyCalendars } from '../engine/sla/calendars.ts';
import { ActorReader } from '../platform/access/actor-reader.ts';
import type { DataKey } from '../platform/access/data-keys.ts';
import { createFieldCipher } from '../platform/access/encryption.ts';
import { RefusedReads } from '../platform/audit/refused-reads.ts';
import { type Database, openDatabase } from '../platform/storage/database.ts';
import { DatabaseClock } from '../platform/storage/database-clock.ts';
import { migrate } from '../platform/storage/migrations/migrate.ts';
import { NO_VIEWERS, openViewerRole } from '../platform/storage/viewers/viewer-role.ts';
import { REQUESTS } from '../platform/values/enums.ts';
import { HeldClock } from '../platform/values/wall-clock.ts';
import { advance } from './advance.ts';
import { createJobs, type Jobs } from './jobs.ts';
import type { Lifecycle } from './lifecycle.ts';
import { holdDataKeys } from './operations/key-canary.ts';
import { checkCurrent, MIGRATIONS } from './operations/migrations.ts';
import type { AppSettings } from './settings.ts';
import { taskCompletions } from './task-completions.ts';

/** A calendar's version that another node made is known within this time. */
const CALENDARS_EVERY_MS = 1_000;

/** What decisions bring about, from the slices that know. */
const APPROVAL_OUTCOMES = joinOutcomes(
  [applicationOutcomes, contractOutcomes, gradeOutcomes, planOutcomes, careOutcomes, recordOutcomes, rotaOutcomes],
  REQUESTS,
);

/** The machines of this process, and what runs on them by itself. */
export interface Opened {
  readonly services: Services;
  readonly jobs: Jobs;
  /** The database's time; null where the clock is held. */
  readonly running: DatabaseClock | null;
}

/**
 * Opens the database, applies its migrations, and starts policies, calendars and alerts.
 *
 * @param lifecycle is told of each part that was started, also where a later one fails
 */
export async function openServices(
  settings: AppSettings,
  plugins: readonly Plugin[],
  lifecycle: Lifecycle,
): Promise<Opened> {
  const { log, onStep } = settings;
  const database = await openMigrated(settings, lifecycle);
  onStep?.('Starting the policies');
  const held = settings.clock instanceof HeldClock ? settings.clock : undefined;
  const running = held ? null : await startClock(settings, database, lifecycle);
  const clock = held ?? running ?? settings.clock;
  const decisions = new DecisionSample(settings.decisions);
  const policies = await openPolicies({
    plugins,
    prisma: database.prisma,
    log,
    clock,
    threads: settings.policyThreads,
    onAnswers: settings.onPolicyAnswers,
    onDecision: (noted) => decisions.note(noted),
  });
  lifecycle.started('policies', () => policies.close());
  const calendars = await followCalendars(settings, policies, database, lifecycle);
  const alerts = await startAlerts(settings, database, lifecycle);
  const changes = new Changes(database.prisma);
  lifecycle.started('changes', () => changes.close());
  const refusedReads = new RefusedReads({ database, clock, log });
  lifecycle.started('refused reads', () => refusedReads.close());
  const jobs = createJobs(decisions);
  const services: Services = {
    database,
    clock,
    policies,
    calendars,
    actors: new ActorReader(database.prisma, accessRules(policies)),
    sealer: createFieldCipher(settings.dataKeys),
    alerts,
    changes,
    refusedReads,
    messenger: settings.messenger ?? logTransport(log),
    approvalOutcomes: APPROVAL_OUTCOMES,
    taskCompletions,
    files: { ...FILE_RULES, ...settings.files },
    log,
    ...(held && { advance: (to: Date) => advance(services, jobs, held, to) }),
  };
  policies.onBlocked(() => {
    tellBlocked(services).catch((error: unknown) => log.warn({ err: error }, 'a blocked policy is told of later'));
  });
  return { services, jobs, running };
}

async function openMigrated(settings: AppSettings, lifecycle: Lifecycle) {
  const {
    database: where,
    databaseOptions,
    log,
    onStep,
    isDryRun = false,
    migrates = !isDryRun,
    isPlayground = false,
  } = settings;
  onStep?.('Opening the database');
  const database = await openDatabase(where, {
    onError: (error) => log.warn({ err: error }, 'database'),
    ...databaseOptions,
  });
  lifecycle.started('database', () => database.close());
  if (migrates) {
    onStep?.('Bringing its tables up to date');
    const { applied } = await migrate(database.pool, MIGRATIONS);
    if (applied.length > 0) log.info({ applied }, 'migrations applied');
  } else await checkCurrent(database.pool);
  if (!isPlayground) await holdDataKeys(database.pool, settings.dataKeys, { isDryRun });
  if (!(await openViewerRole(database.pool))) log.warn(NO_VIEWERS);
  for (const warning of database.warnings) log.warn(warning);
  return database;
}

async function startClock({ clock, log }: AppSettings, { pool }: Database, lifecycle: Lifecycle) {
  const running = await DatabaseClock.start({
    pool,
    node: clock,
    onError: (error) => log.warn({ err: error }, "the database's time could not be read"),
  });
  lifecycle.started('clock', () => running.close());
  return running;
}

async function followCalendars({ log }: AppSettings, policies: Policies, { prisma }: Database, lifecycle: Lifecycle) {
  const calendars = new PolicyCalendars(policies, prisma);
  await calendars.refresh();
  lifecycle.started('calendars', () => calendars.close());
  calendars.follow(CALENDARS_EVERY_MS, (error) => log.warn({ err: error }, 'the calendars could not be read'));
  return calendars;
}

async function startAlerts(
  { dataKeys, log, bookmarkEveryMs }: AppSettings,
  database: Database,
  lifecycle: Lifecycle,
): Promise<AlertStream> {
  const alerts = new AlertStream({ database, cursorKey: cursorKeyOf(dataKeys), log, bookmarkEveryMs });
  lifecycle.started('alerts', () => alerts.stop());
  await alerts.start();
  return alerts;
}

/** Cursors are signed with a key of their own, derived from the data key; those of former keys are still read. */
function cursorKeyOf(dataKeys: readonly DataKey[]): CursorKey {
  const [current, ...before] = dataKeys.map(({ secret }) =>
    Buffer.from(hkdfSync('sha256', secret, '', 'tierline cursors', 32)),
  );
  if (!current) throw new Error('at least one data key is needed');
  return new CursorKey(current, before);
}
