import type { Prisma, PrismaClient } from '../../../prisma/generated/client/client.ts';
import type { Actor } from '../../platform/access/actor.ts';
import { OPERATOR } from '../../platform/access/operator.ts';
import { type Permission, requirePermission, type Where } from '../../platform/access/permissions.ts';
import { visible } from '../../platform/access/scope.ts';
import { type AuditFacts, auditRow, type Change, writeAudit } from '../../platform/audit/audit.ts';
import { claimRow, type Repeatable, settleClaim } from '../../platform/storage/idempotency.ts';
import { inTransaction, type TransactionClient, type TransactionOptions } from '../../platform/storage/transaction.ts';
import { WriteSet } from '../../platform/storage/write-set.ts';
import { NotFound } from '../../platform/values/errors.ts';
import { keepDecisions, nameDecisions } from '../policy/decisions/decision-row.ts';
import type { GuardFacts } from '../policy/facts.ts';
import { guard, guardIfPossible } from '../policy/guard.ts';
import type { Decision, InstalledPolicy } from '../policy/policies.ts';
import { atMostOnce } from './at-most-once.ts';
import type { Watched } from './changes.ts';
import type { Caller, Services } from './services.ts';

/** Whom and what an entry of the audit trail is about. */
export interface Subject {
  readonly type: string;
  readonly id: string | null;
  readonly policyId?: string | null;
  readonly branchId?: string | null;
  readonly customerId?: string | null;
}

type WithoutFrame<Facts> = Facts extends unknown ? Omit<Facts, 'now' | 'viewer' | 'ticket' | 'customer'> : never;

/** What a policy's guard is asked: the action with its input; customer and ticket where it is about one. */
export type GuardQuestion = WithoutFrame<GuardFacts> & Partial<Pick<GuardFacts, 'customer' | 'ticket' | 'records'>>;

/** Something whose subscribers hear of it. */
interface Announced {
  readonly kind: Watched;
  readonly id: string;
}

/** What is written together, or not at all. */
export interface Commit<Result> {
  /** Entries of the audit trail; a function where they tell what only the change finds out. */
  readonly audit: AuditFacts | readonly AuditFacts[] | ((result: Result) => AuditFacts | readonly AuditFacts[]);
  /** Rows that are inserted as one statement, after the change. */
  readonly writes?: WriteSet;
  /** What is more than inserting rows; it may run again where another transaction was in the way. */
  readonly change?: (tx: TransactionClient) => Promise<Result>;
  /** What its subscribers hear of once it is committed. */
  readonly announces?: Announced | readonly Announced[];
  /** An alert may come of it that is not among `writes`. */
  readonly alerts?: boolean;
  readonly options?: TransactionOptions;
  /** What a command that is done once answers with, small and JSON-safe; a function where only the change finds it out. */
  readonly answer?: Prisma.InputJsonValue | ((result: Result) => Prisma.InputJsonValue);
}

/**
 * What every command does first and last, once: it begins with a permission and an instant, finds what it is about among the
 * rows that the actor may see, asks the policy, and commits the change together with its entry in the audit trail.
 */
export class Act {
  readonly services: Services;
  readonly actor: Actor;
  readonly requestId: string | null;
  readonly #repeatable: Repeatable | undefined;
  /** The one instant of all that the command judges and writes. */
  readonly now: Date;
  /** What policies said to it: written with what it changes. */
  readonly #allowed: Decision<'guard'>[];

  private constructor(
    services: Services,
    { actor, requestId, repeatable }: Caller,
    now: Date = services.clock.now(),
    allowed: Decision<'guard'>[] = [],
  ) {
    this.services = services;
    this.actor = actor;
    this.requestId = requestId;
    this.#repeatable = repeatable;
    this.now = now;
    this.#allowed = allowed;
  }

  /**
   * @param permission null where a step of its own decides who may, as of approvals
   * @param where what the permission is asked for, where it holds in some places only
   * @throws {Forbidden} none of the actor's roles may do it, or not from the actor's place
   */
  static begin(services: Services, caller: Caller, permission: null): Act;
  static begin<P extends Permission>(services: Services, caller: Caller, permission: P, ...where: Where<P>): Act;
  static begin<P extends Permission>(
    services: Services,
    caller: Caller,
    permission: P | null,
    ...where: Where<P>
  ): Act {
    if (permission !== null) requirePermission(caller.actor, permission, ...where);
    return new Act(services, caller);
  }

  /** The same command at another instant: where it is decided again, or may not come before what was written already. */
  at(now: Date): Act {
    return new Act(this.services, this.caller, now, this.#allowed);
  }

  get prisma(): PrismaClient {
    return this.services.database.prisma;
  }

  get caller(): Caller {
    const { actor, requestId } = this;
    return { actor, requestId, ...(this.#repeatable && { repeatable: this.#repeatable }) };
  }

  /** The filter of the row with this id, if the actor may see it. */
  one(id: string) {
    return { id, ...visible(this.actor) };
  }

  /**
   * What a search for one row found.
   *
   * @throws {NotFound} there is none, or none that the actor may see: both answer alike
   */
  async found<Row>(what: string, search: PromiseLike<Row | null>): Promise<Row> {
    const row = await search;
    if (row === null) throw new NotFound(what);
    return row;
  }

  /** @throws {NotFound} the policy is no longer installed */
  policyOf({ policyId }: { readonly policyId: string }): InstalledPolicy {
    const policy = this.services.policies.get(policyId);
    if (!policy) throw new NotFound('Policy');
    return policy;
  }

  /**
   * Asks the policy whether the action may happen; to be asked outside of any transaction.
   *
   * @throws {Refused} a rule of the policy says no
   */
  async guard(policyId: string, question: GuardQuestion): Promise<void> {
    this.#allowed.push(await guard(this.services.policies, policyId, this.#guardFacts(policyId, question)));
  }

  /**
   * Asks like `guard`, but a policy that is out of order, or lacks a parameter, does not stand in the way.
   *
   * @throws {Refused} a rule of the policy says no
   */
  async guardIfPossible(policyId: string, question: GuardQuestion): Promise<void> {
    const facts = this.#guardFacts(policyId, question);
    const allowed = await guardIfPossible(this.services.policies, policyId, facts);
    if (allowed) this.#allowed.push(allowed);
  }

  #guardFacts(policyId: string, question: GuardQuestion): GuardFacts {
    const frame = { now: this.now.toISOString(), viewer: viewerOf(this.actor, policyId), customer: null, ticket: null };
    return { ...frame, ...question } as GuardFacts;
  }

  /** The entry of the audit trail that `commit` writes with the change. */
  audit(
    action: string,
    { type, id, policyId, branchId, customerId }: Subject,
    more: { readonly reason?: string | null; readonly changes?: readonly Change[] } = {},
  ): AuditFacts {
    return {
      at: this.now,
      actorId: this.actor === OPERATOR ? null : this.actor.id,
      requestId: this.requestId,
      action,
      subject: { type, id },
      policyId: policyId ?? null,
      branchId: branchId ?? null,
      customerId: customerId ?? (type === 'Customer' ? id : null),
      decisionIds: this.#allowed.map(({ asked }) => asked.id),
      ...more,
    };
  }

  /**
   * Carries out the command at most once per key; a repetition gets the first answer, and nothing is judged again.
   *
   * @param key chosen by the client; without one nothing is remembered
   * @param answer judges and commits, with the act that it is handed: its commit names what is answered
   * @throws {Conflict} the key was used before with another input
   */
  once<Answer extends Prisma.InputJsonValue = string>(
    mutation: string,
    key: string | null | undefined,
    input: unknown,
    answer: (act: Act) => Promise<Answer>,
  ): Promise<Answer> {
    return atMostOnce(this.services, this.caller, { mutation, key, input }, (caller) =>
      answer(new Act(this.services, caller, this.now, this.#allowed)),
    );
  }

  /** Writes a change with its audit entries in one transaction; once it is committed, who waits for it is told. */
  async commit<Result = void>(commit: Commit<Result>): Promise<Result> {
    const { database } = this.services;
    const { change, options } = commit;
    const result = change
      ? await inTransaction(database, (tx) => this.#changeAndInsert(tx, commit, change), options)
      : await this.#insert(commit);
    this.#tellOf(commit);
    return result as Result;
  }

  /**
   * What keeps the answer of a command that is done once; written by `commit`, or by who writes in its place. A second request
   * of the same key fails on it, and is answered with the first one's answer.
   *
   * @param answer what the command answers with; null where it is not known yet, without one nothing is kept
   */
  claim(answer: Prisma.InputJsonValue | null | undefined): WriteSet {
    const row = this.#repeatable && answer !== undefined && claimRow(this.#repeatable, this.now, answer);
    return row ? new WriteSet().insert('idempotency_key', row) : new WriteSet();
  }

  /** Writes entries within a change, where it shows only there whether there is anything to tell. */
  record(tx: TransactionClient, ...entries: readonly AuditFacts[]): Promise<void> {
    return writeAudit(tx, ...entries);
  }

  #insert<Result>(commit: Commit<Result>): Promise<void> {
    const { answer } = commit;
    const claim = this.claim(typeof answer === 'function' ? undefined : answer);
    return this.services.database.writes.write(WriteSet.together([claim, this.#rowsOf(commit, undefined as Result)]));
  }

  async #changeAndInsert<Result>(
    tx: TransactionClient,
    commit: Commit<Result>,
    change: (tx: TransactionClient) => Promise<Result>,
  ): Promise<Result> {
    const { answer } = commit;
    // First, so that a second request of the same key waits here.
    await this.claim(typeof answer === 'function' ? null : answer).execute(tx);
    const result = await change(tx);
    if (typeof answer === 'function' && this.#repeatable) await settleClaim(tx, this.#repeatable, answer(result));
    await this.#rowsOf(commit, result).execute(tx);
    return result;
  }

  /** All rows as one statement, the entries among them; a second try of a transaction writes the same ones. */
  #rowsOf<Result>({ audit, writes = new WriteSet() }: Commit<Result>, result: Result): WriteSet {
    const entries = typeof audit === 'function' ? audit(result) : audit;
    const rows = WriteSet.together([writes, new WriteSet().insert('audit_entry', ...[entries].flat().map(auditRow))]);
    return this.#keepAllowed(rows);
  }

  #keepAllowed(writes: WriteSet): WriteSet {
    keepDecisions(writes, this.#allowed);
    return nameDecisions(writes);
  }

  #tellOf<Result>({ announces, writes, alerts = false }: Commit<Result>): void {
    for (const { kind, id } of [announces ?? []].flat()) this.services.changes.announce(kind, id);
    this.#tell(writes, alerts);
  }

  #tell(writes: WriteSet | undefined, alerts: boolean): void {
    if (alerts || (writes && writes.of('alert').length > 0)) this.services.alerts.wake();
  }
}

/** Roles, and the posts of the policy; who holds none is told as before there were any. */
function viewerOf({ roles, posts = [] }: Actor, policyId: string): GuardFacts['viewer'] {
  const own = posts.flatMap((post) => (post.startsWith(`${policyId}/`) ? [post.slice(policyId.length + 1)] : []));
  return own.length > 0 ? { roles, posts: own } : { roles };
}
