import type { Prisma, PrismaClient } from '../../../prisma/generated/client/client.ts';
import { asApplication } from '../storage/viewers/viewer-rows.ts';
import type { Role } from '../values/enums.ts';
import type { Actor, ScopeName, TokenScope } from './actor.ts';
import { type Organisation, organisationOf, placeOf } from './organisation.ts';
import { type PersonAtWork, personAtWork } from './person-at-work.ts';
import { type AccessRules, programScopeOf, rowScopeOf } from './row-scope.ts';
import type { Subject } from './token-subject.ts';

type Database = Pick<PrismaClient, 'staff' | 'branch'> | Prisma.TransactionClient;

/**
 * Reads actors; what it knows is at most `refreshMs` old, so that a right that ended is gone within that time.
 */
export class ActorReader {
  readonly #database: Database;
  readonly #rules: AccessRules;
  readonly #refreshMs: number;
  #organisation: { at: number; value: Promise<Organisation> } | null = null;
  readonly #staff = new Map<string, { at: number; value: Promise<StaffRow | null>; settled?: StaffRow | null }>();
  #asked: { ids: Set<string>; rows: Promise<Map<string, StaffRow>> } | null = null;
  #settledOrganisation: Organisation | null = null;
  /** The token of each actor that was read: one object for all that were read with it, so that it can be renewed. */
  readonly #tokens = new WeakMap<Actor, Token>();

  constructor(database: Database, rules: AccessRules, refreshMs = 500) {
    this.#database = database;
    this.#rules = rules;
    this.#refreshMs = refreshMs;
  }

  /** Reads the same of another database, and knows nothing yet. */
  fork(database: Database): ActorReader {
    return new ActorReader(database, this.#rules, this.#refreshMs);
  }

  organisation(): Promise<Organisation> {
    const known = this.#organisation;
    if (known && Date.now() - known.at < this.#refreshMs) return known.value;
    const value = this.#database.branch
      .findMany({ select: { id: true, code: true, parentId: true, policyIds: true, closedAt: true } })
      .then(organisationOf);
    this.#organisation = { at: Date.now(), value };
    value.catch(() => {
      this.#organisation = null;
    });
    return value;
  }

  /** The person with the given id; null when there is none in force. */
  async read(staffId: string, token: Token): Promise<Actor | null> {
    const [organisation, staff] = await Promise.all([this.organisation(), this.#read(staffId)]);
    this.#settledOrganisation = organisation;
    return this.#actor(staff, token, organisation);
  }

  /** Reads somebody who acts already again; null when the token has ended or the person left. */
  async reread(actor: Actor): Promise<Actor | null> {
    const token = this.#tokenOf(actor);
    return token.expiresAt <= Date.now() ? null : this.read(actor.id, token);
  }

  /** Gives a newer token of the same person to all who act with the actor's, streams that are under way too. */
  renew(actor: Actor, { expiresAt, scopes, subject }: Token): void {
    Object.assign(this.#tokenOf(actor), { expiresAt, scopes, subject });
  }

  /** What is known of a person is read anew: who ended somebody's rights need not wait. */
  forget(staffId: string): void {
    this.#staff.delete(staffId);
  }

  /** The tree of branches is read anew. */
  forgetOrganisation(): void {
    this.#organisation = null;
  }

  /** The same at once, where what is known is young enough; undefined where it has to be read. */
  cached(actor: Actor): Actor | null | undefined {
    const token = this.#tokenOf(actor);
    if (token.expiresAt <= Date.now()) return null;
    const known = this.#staff.get(actor.id);
    const organisation = this.#settledOrganisation;
    const isYoung = (at: number | undefined) => at !== undefined && Date.now() - at < this.#refreshMs;
    if (!organisation || !isYoung(known?.at) || !isYoung(this.#organisation?.at) || known?.settled === undefined)
      return undefined;
    return this.#actor(known.settled, token, organisation);
  }

  #actor(staff: StaffRow | null, token: Token, organisation: Organisation): Actor | null {
    if (!staff?.active) return null;
    // What the token calls its person may be somebody else's by now.
    if (token.subject && staff[token.subject.by] !== token.subject.value) return null;
    const policyIds = organisation.branches.get(staff.branchId)?.policyIds ?? [];
    const person = { branchId: staff.branchId, roles: staff.roles, policyIds, tokenScopes: token.scopes };
    const hasAgreement = staff.ndaSignedAt !== null;
    const ofPerson = rowScopeOf({ ...person, hasAgreement }, organisation, this.#rules);
    // A program has what its token names; with another role beside SERVICE it is a person as well.
    const isProgram = ofPerson.lines.length === 0 && staff.roles.includes('SERVICE');
    const reachOf = (name: ScopeName) => programScopeOf(person, name, organisation, this.#rules);
    const actor: Actor = {
      id: staff.id,
      name: staff.name,
      ...person,
      posts: staff.posts,
      expiresAt: token.expiresAt,
      rows: isProgram ? reachOf('customers:read') : ofPerson,
      place: placeOf(staff.branchId, organisation),
      ...(isProgram && {
        reach: { 'metrics:write': reachOf('metrics:write'), 'alerts:read': reachOf('alerts:read') },
      }),
    };
    this.#tokens.set(actor, token);
    return actor;
  }

  /**
   * Those of the given people who work here, by id, as they are at this moment: whoever left, or never was, is missing.
   * What is handed to somebody stays with them, so that what is known from a moment ago does not do.
   */
  async peopleAtWork(ids: readonly string[]): Promise<ReadonlyMap<string, PersonAtWork>> {
    if (ids.length === 0) return new Map();
    const [organisation, rows] = await Promise.all([
      this.organisation(),
      this.#database.staff.findMany({ where: { id: { in: [...new Set(ids)] }, active: true }, select: STAFF }),
    ]);
    return new Map(rows.map((row) => [row.id, personAtWork(row, organisation, this.#rules)]));
  }

  /** Those who work at a branch of the business line and have one of the roles, as they are at this moment. */
  async peopleOf(policyId: string, roles: readonly Role[]): Promise<readonly PersonAtWork[]> {
    const [organisation, rows] = await Promise.all([
      this.organisation(),
      this.#database.staff.findMany({
        where: { active: true, roles: { hasSome: [...roles] }, branch: { policyIds: { has: policyId } } },
        select: STAFF,
      }),
    ]);
    return rows.map((row) => personAtWork(row, organisation, this.#rules));
  }

  #tokenOf(actor: Actor): Token {
    return this.#tokens.get(actor) ?? { expiresAt: actor.expiresAt, scopes: actor.tokenScopes };
  }

  #read(staffId: string): Promise<StaffRow | null> {
    const known = this.#staff.get(staffId);
    if (known && Date.now() - known.at < this.#refreshMs) return known.value;
    if (this.#staff.size > 10_000) this.#staff.clear();
    const entry: { at: number; value: Promise<StaffRow | null>; settled?: StaffRow | null } = {
      at: Date.now(),
      value: this.#batch(staffId),
    };
    this.#staff.set(staffId, entry);
    entry.value.then(
      (row) => {
        entry.settled = row;
      },
      () => this.#staff.delete(staffId),
    );
    return entry.value;
  }

  /** All who are asked for in one turn of the event loop are one statement: an alert asks for everybody who follows. */
  async #batch(staffId: string): Promise<StaffRow | null> {
    if (!this.#asked) {
      const ids = new Set<string>();
      const rows = new Promise((resolve) => setImmediate(resolve)).then(async () => {
        this.#asked = null;
        const found = await asApplication(() =>
          this.#database.staff.findMany({ where: { id: { in: [...ids] } }, select: STAFF }),
        );
        return new Map(found.map((row) => [row.id, row]));
      });
      this.#asked = { ids, rows };
    }
    const { ids, rows } = this.#asked;
    ids.add(staffId);
    return (await rows).get(staffId) ?? null;
  }
}

/** What of a token outlives its verification. */
interface Token {
  readonly expiresAt: number;
  readonly scopes: readonly TokenScope[];
  readonly subject?: Subject;
}

const STAFF = {
  id: true,
  number: true,
  externalId: true,
  email: true,
  name: true,
  roles: true,
  posts: true,
  branchId: true,
  active: true,
  ndaSignedAt: true,
} as const;

interface StaffRow {
  id: string;
  number: string;
  externalId: string | null;
  email: string | null;
  name: string;
  roles: Role[];
  posts: string[];
  branchId: string;
  active: boolean;
  ndaSignedAt: Date | null;
}
