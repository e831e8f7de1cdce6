import { isRehearsing } from '../../platform/storage/rehearsal/rehearsal-scope.ts';
import { refuseInside } from '../../platform/storage/transaction-guard.ts';
import { PolicyFailure } from '../../platform/values/errors.ts';
import { newId } from '../../platform/values/ids.ts';
import type { Policy } from './contract.ts';
import { Candidate, type CandidateOptions } from './decisions/candidate.ts';
import { DecisionMaker } from './decisions/decision-maker.ts';
import type { Facts, Question } from './facts.ts';
import { policyVersionOf } from './parameters.ts';
import type { Decision, InstalledPolicy, Policies } from './policies.ts';
import { type Read, type Reading, readHere, readSchema } from './reading/readings.ts';
import { GuardedPlugin, type Heard } from './running/guarded-plugin.ts';
import type { PolicyHealth } from './running/plugin-health.ts';
import { installedPolicy } from './running/read-settings.ts';
import type { RuntimeOptions } from './runtime-options.ts';
import type { Threads } from './threads/thread-pool.ts';

/** Facts that one message carries at most, so that a long run lets other questions in between. */
const BATCH = 250;

/** The policies of this process, each plugin in a thread of its own. */
export class PolicyRuntime implements Policies {
  readonly #options: RuntimeOptions;
  readonly #declarations: readonly Policy[];
  readonly #spares: Threads;
  readonly #plugins = new Map<string, GuardedPlugin>();
  readonly #candidates = new Set<Candidate>();
  /** Plugins of others, whose code runs nowhere but in their thread or process. */
  readonly #foreign: ReadonlySet<string>;
  readonly #maker: DecisionMaker;
  readonly #timer: NodeJS.Timeout;
  #installed = new Map<string, InstalledPolicy>();
  #settings = '';
  #onBlocked: () => void = () => {};
  #reading: Promise<void> = Promise.resolve();

  constructor(options: RuntimeOptions) {
    const { plugins, standard, spares, limits, log } = options;
    this.#options = options;
    this.#declarations = [...plugins.map(({ policy }) => policy), standard];
    this.#spares = spares;
    this.#maker = new DecisionMaker(() => this.#installed, options);
    this.#foreign = new Set(plugins.flatMap(({ policy, runsIn }) => (runsIn ? [policy.id] : [])));
    for (const { policy, url } of plugins)
      this.#plugins.set(policy.id, new GuardedPlugin(policy.id, url, options, () => this.#onBlocked()));
    this.#timer = setInterval(() => {
      this.refresh().catch((error: unknown) =>
        log.warn({ err: error }, 'the settings of the policies could not be read'),
      );
    }, limits.refreshMs).unref();
  }

  all(): readonly InstalledPolicy[] {
    return [...this.#installed.values()];
  }

  get(policyId: string): InstalledPolicy | undefined {
    return this.#installed.get(policyId);
  }

  async ask<Q extends Question>(policyId: string, question: Q, facts: Facts[Q]): Promise<Decision<Q>> {
    const began = performance.now();
    const [decision = new PolicyFailure(policyId)] = await this.askMany(policyId, question, [facts]);
    if (!(decision instanceof Error)) {
      this.#options.onDecision?.(decision);
      return decision;
    }
    const { version: policyVersion = '', hash: pluginHash = null } = this.get(policyId) ?? {};
    const about = { policyId, policyVersion, pluginHash, question, facts };
    const asked = { id: newId(), ...about, at: this.#options.clock.now(), ms: performance.now() - began };
    this.#options.onDecision?.({ asked, error: decision });
    throw decision;
  }

  askMany<Q extends Question>(
    policyId: string,
    question: Q,
    facts: readonly Facts[Q][],
  ): Promise<(Decision<Q> | Error)[]> {
    return this.#decide(policyId, this.get(policyId), question, facts);
  }

  askManyUnder<Q extends Question>(
    policyId: string,
    question: Q,
    facts: readonly Facts[Q][],
    parameters: Readonly<Record<string, unknown>>,
  ): Promise<(Decision<Q> | Error)[]> {
    const installed = this.get(policyId);
    const version = installed && policyVersionOf(installed.declaration, parameters);
    return this.#decide(
      policyId,
      installed && { ...installed, parameters, version: version ?? installed.version },
      question,
      facts,
    );
  }

  candidate(policyId: string, options: CandidateOptions): Candidate {
    const installed = this.get(policyId);
    const plugin = this.#options.plugins.find(({ policy }) => policy.id === policyId);
    if (!installed || !plugin) throw new PolicyFailure(policyId);
    const about = { installed, plugin };
    const candidate = new Candidate(about, options, this.#maker, this.#options, (one) => this.#candidates.delete(one));
    this.#candidates.add(candidate);
    return candidate;
  }

  async read(policyId: string, reading: Reading): Promise<Read> {
    const [read] = await this.readMany(policyId, [reading]);
    if (!read) throw new PolicyFailure(policyId);
    if (read instanceof Error) throw read;
    return read;
  }

  async readMany(policyId: string, readings: readonly Reading[]): Promise<(Read | Error)[]> {
    refuseInside('policies');
    const declaration = this.#declarations.find(({ id }) => id === policyId);
    if (!declaration) return readings.map(() => new PolicyFailure(policyId));
    const plugin = this.#plugins.get(policyId);
    if (!plugin || !this.#foreign.has(policyId)) return readings.map((reading) => readHere(declaration, reading));
    const read: (Read | Error)[] = [];
    for (let from = 0; from < readings.length; from += BATCH) {
      const heard = await plugin.ask('read', readings.slice(from, from + BATCH), {}, (one) => readSchema.parse(one));
      read.push(...heard.map((one) => readFrom(policyId, one)));
    }
    return read;
  }

  health(policyId: string): PolicyHealth {
    return this.#plugins.get(policyId)?.health.health() ?? { state: 'OK', since: null, failures: 0, lastError: null };
  }

  blocked() {
    return [...this.#plugins].flatMap(([policyId, { health }]) =>
      health.blocked().map((blocked) => ({ policyId, ...blocked })),
    );
  }

  tellSlow(policyId: string, field: string, ms: number): void {
    const message = `${field} kept the process for ${Math.round(ms)} ms`;
    this.#plugins.get(policyId)?.health.note('schema', [message]);
    this.#options.log.warn({ policyId, field, ms }, 'a resolver of a plugin kept the process to itself');
  }

  onBlocked(listener: () => void): void {
    this.#onBlocked = listener;
  }

  async refresh(): Promise<void> {
    // What is set in a rehearsal is in force for nobody.
    if (isRehearsing()) return;
    // One reading after the other: whoever changed a setting waits for a reading that began after the change.
    const reading = this.#reading.catch(() => {}).then(() => this.#read());
    this.#reading = reading;
    return reading;
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.#reading.catch(() => {});
    const running = [...this.#plugins.values(), ...this.#candidates];
    await Promise.all([this.#spares.close(), ...running.map((one) => one.close())]);
  }

  async #read(): Promise<void> {
    const { prisma, log } = this.#options;
    const rows = await prisma.policySetting.findMany({ orderBy: { policyId: 'asc' } });
    const settings = JSON.stringify(rows.map(({ policyId, enabled, parameters }) => [policyId, enabled, parameters]));
    if (settings === this.#settings) return;
    const byPolicy = new Map(rows.map((row) => [row.policyId, row]));
    const hashes = new Map(this.#options.plugins.map(({ policy, hash }) => [policy.id, hash]));
    let isComplete = true;
    const installed = await Promise.all(
      this.#declarations.map(async (declaration) => {
        const row = byPolicy.get(declaration.id);
        const values = (row?.parameters ?? {}) as Record<string, unknown>;
        const read = await this.read(declaration.id, { of: 'PARAMETERS', values }).catch((error: Error) => error);
        if (read instanceof Error) isComplete = false;
        return { ...installedPolicy(declaration, row, read, log), hash: hashes.get(declaration.id) ?? null };
      }),
    );
    this.#installed = new Map(installed.map((policy) => [policy.declaration.id, policy]));
    // What a plugin could not read is read again.
    if (isComplete) this.#settings = settings;
  }

  /** The policy's answers, or the standard policy's, each with what was asked. */
  async #decide<Q extends Question>(
    policyId: string,
    policy: InstalledPolicy | undefined,
    question: Q,
    facts: readonly Facts[Q][],
  ): Promise<(Decision<Q> | Error)[]> {
    refuseInside('policies');
    return this.#maker.decide({ policyId, policy, plugin: this.#plugins.get(policyId) }, question, facts);
  }
}

/** Values as the thread read them. */
function readFrom(policyId: string, heard: Heard<Read>): Read | Error {
  if (heard.kind === 'ANSWERED') return heard.answered;
  const failure = new PolicyFailure(policyId);
  if (heard.kind === 'BROKEN') failure.cause = heard.breakage;
  return failure;
}
