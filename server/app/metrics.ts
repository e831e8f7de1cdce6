import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { SeenAnswers } from '../engine/policy/runtime-options.ts';
import type { Services } from '../engine/services/services.ts';
import type { Turns } from '../transport/admission/turns.ts';
import type { SeenOperation } from '../transport/graphql/operation-report.ts';
import type { MetricsPage } from '../transport/http/http-answers.ts';
import { BACKUP_JOB } from './operations/backup.ts';
import { operatingFigures } from './sql.ts';

/** Names of operations are whatever clients say: the first so many have figures of their own, all others one together. */
const MAX_NAMES = 200;

/** Milliseconds for which what the database told serves all gauges of one look. */
const FRESH_MS = 500;

const SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** The figures of this process in Prometheus' form. */
export class Metrics {
  readonly #registry = new Registry();
  readonly #names = new Set<string>();
  readonly #operations = this.#of(
    new Histogram({
      name: 'tierline_operation_seconds',
      help: 'GraphQL operations by name, kind and the code of their first error.',
      labelNames: ['operation', 'kind', 'code'],
      buckets: SECONDS,
      registers: [],
    }),
  );
  readonly #jobs = this.#of(
    new Histogram({
      name: 'tierline_job_seconds',
      help: 'Runs of what runs by itself: sweeps, the daily run, deliveries.',
      labelNames: ['job', 'outcome'],
      buckets: SECONDS,
      registers: [],
    }),
  );
  readonly #answers = this.#of(
    new Histogram({
      name: 'tierline_policy_seconds',
      help: 'Questions to policies, by how the first of the answers was: ANSWERED, LEFT, BLANK or BROKEN.',
      labelNames: ['policy', 'question', 'outcome'],
      buckets: SECONDS,
      registers: [],
    }),
  );
  readonly #breakers = this.#of(
    new Gauge({
      name: 'tierline_policy_breaker_open',
      help: '1 while a policy is not asked a question because it failed repeatedly.',
      labelNames: ['policy', 'question'],
      registers: [],
    }),
  );
  readonly #refused = this.#of(
    new Counter({
      name: 'tierline_refused_total',
      help: 'Operations that were not begun: RATE_LIMITED or OVERLOADED.',
      labelNames: ['code'],
      registers: [],
    }),
  );

  constructor() {
    collectDefaultMetrics({ register: this.#registry, prefix: 'tierline_' });
  }

  readonly operation = ({ name, kind, code, ms }: SeenOperation): void => {
    this.#operations.observe({ operation: this.#labelOf(name), kind, code: code ?? 'OK' }, ms / 1_000);
  };

  readonly job = (job: string, ms: number, isDone: boolean): void => {
    this.#jobs.observe({ job, outcome: isDone ? 'done' : 'failed' }, ms / 1_000);
  };

  readonly policyAnswers = ({ policyId, question, outcome, ms, isOpen }: SeenAnswers): void => {
    this.#answers.observe({ policy: policyId, question, outcome }, ms / 1_000);
    this.#breakers.set({ policy: policyId, question }, isOpen ? 1 : 0);
  };

  readonly refused = (code: string): void => this.#refused.inc({ code });

  /** What is looked at when somebody asks: turns, the pool, the log of alerts, what waits in the database. */
  watch(services: Services, turns: Turns): void {
    const { pool } = services.database;
    const tail = () => services.alerts.tail.figures();
    this.#gauge('turns_running', 'Operations that run.', () => turns.figures.running);
    this.#gauge('turns_waiting', 'Operations that wait for their turn.', () => turns.figures.waiting);
    this.#gauge('pool_connections', 'Connections to the database.', () => pool.totalCount);
    this.#gauge('pool_idle', 'Connections that nobody uses.', () => pool.idleCount);
    this.#gauge('pool_waiting', 'Statements that wait for a connection.', () => pool.waitingCount);
    this.#gauge('alert_streams', 'Subscribers of the log of alerts.', () => tail().subscribers);
    this.#gauge('alert_tail_lag_seconds', 'Since the log of alerts was last read.', () => tail().lagMs / 1_000);
    this.#gauge('alert_tail_behind', 'Alerts of the log that were not read yet.', () =>
      Math.max(0, tail().logHeadPos - tail().headPos),
    );
    this.#watchPolicies(services);
    this.#watchDatabase(services);
  }

  /** Which plugins run here: equal on all nodes, or an upgrade is under way. */
  #watchPolicies({ policies }: Services): void {
    const gauge = new Gauge({
      name: 'tierline_policy_info',
      help: 'Always 1; the installed policies with the version and the hash of their plugins.',
      labelNames: ['policy', 'version', 'hash'],
      registers: [],
      collect() {
        this.reset();
        for (const { declaration, hash } of policies.all())
          this.set({ policy: declaration.id, version: declaration.version, hash: hash ?? '' }, 1);
      },
    });
    this.#of(gauge);
  }

  /** All of it as text, for who brings the token. */
  page(token: string): MetricsPage {
    return { token, contentType: this.#registry.contentType, text: () => this.#registry.metrics() };
  }

  /** One statement for all that the database knows; while it is away only that is told. */
  #watchDatabase({ database, clock }: Services): void {
    const gauges = {
      alerts_unnumbered: 'Alerts that are committed and have no number yet.',
      messages_waiting: 'Messages to customers that are on their way out.',
      messages_oldest_seconds: 'Since the longest waiting of them fell due.',
      audit_unsealed: 'Entries of the audit trail that the chain does not hold yet.',
      audit_oldest_unsealed_seconds: 'Since the oldest of them was written.',
      backup_age_seconds: 'Since the last backup; missing where none was ever made.',
    };
    // All are collected at once, from one statement.
    let last: {
      readonly at: number;
      readonly figures: Promise<Readonly<Record<string, number | null>> | null>;
    } | null = null;
    const figures = () => {
      if (!last || performance.now() - last.at > FRESH_MS) {
        const read = operatingFigures(database.prisma, BACKUP_JOB, clock.now()).catch(() => null);
        last = { at: performance.now(), figures: read };
      }
      return last.figures;
    };
    for (const [name, help] of Object.entries(gauges))
      this.#gauge(name, help, async () => (await figures())?.[name] ?? null);
    this.#gauge('database_up', 'Whether the database answers.', async () => ((await figures()) ? 1 : 0));
  }

  /** @param read null where there is nothing to tell */
  #gauge(name: string, help: string, read: () => number | null | Promise<number | null>): void {
    this.#of(
      new Gauge({
        name: `tierline_${name}`,
        help,
        registers: [],
        async collect() {
          const value = await read();
          if (value === null) this.remove();
          else this.set(value);
        },
      }),
    );
  }

  #of<Kind extends Parameters<Registry['registerMetric']>[0]>(metric: Kind): Kind {
    this.#registry.registerMetric(metric);
    return metric;
  }

  #labelOf(name: string | null): string {
    if (name === null) return 'unnamed';
    if (this.#names.size < MAX_NAMES) this.#names.add(name);
    return this.#names.has(name) ? name : 'other';
  }
}
