import type { Prisma, PrismaClient } from '../../../prisma/generated/client/client.ts';
import type { AccessScope } from '../../engine/policy/contract/declarations.ts';
import type { Role } from '../values/enums.ts';

/** What a token lets a program (role SERVICE) do. */
export type ScopeName = 'metrics:write' | 'alerts:read' | 'customers:read';

/**
 * A scope as a token has it: `customers:read` for the program's own place, `customers:read:bank-vip` for a business line,
 * `customers:read:bank-vip:BK-A` for a branch and all below it (decision 0016).
 */
export type TokenScope = ScopeName | `${ScopeName}:${string}`;

/** What the scope lets do, and where. */
export function readScope(scope: TokenScope): { name: ScopeName; policyId: string | null; branchCode: string | null } {
  const [noun, verb, policyId = null, branchCode = null] = scope.split(':');
  return { name: `${noun}:${verb}` as ScopeName, policyId, branchCode };
}

/** Who acts: a person of the organisation in force at this moment, with what may be seen. */
export interface Actor {
  readonly id: string;
  readonly name: string;
  readonly roles: readonly Role[];
  readonly branchId: string;
  readonly policyIds: readonly string[];
  readonly tokenScopes: readonly TokenScope[];
  /** When the token ends, epoch milliseconds; streams end then. */
  readonly expiresAt: number;
  readonly rows: RowScope;
  readonly place: Place;
  /** The rows that a program's other scopes reach; a person's are `rows`. */
  readonly reach?: Readonly<Partial<Record<ScopeName, RowScope>>>;
}

/** Where somebody works in the organisation: which is another matter than whose customers are seen there. */
export interface Place {
  /** Whether the branch is the place, or below it. */
  covers(branchId: string): boolean;
  /** Whether it is the head office of the line, or stands above it. What no line runs belongs to the place above all. */
  isOfficeOf(policyId: string): boolean;
}

/** The place of whoever works in the branch. */
export function placeOf(branchId: string, organisation: Organisation): Place {
  return {
    covers: (id) => organisation.subtree(branchId).has(id),
    isOfficeOf: (policyId) => {
      const office = organisation.officeOf(policyId);
      if (office === null) return organisation.branches.get(branchId)?.parentId === null;
      return organisation.subtree(branchId).has(office);
    },
  };
}

/** The customer-bound rows that an actor may see: one rule a business line. Empty means none. */
export interface RowScope {
  readonly lines: readonly { readonly policyId: string; readonly branchIds: ReadonlySet<string> | 'ALL' }[];
  /** Lines that the person would see with a confidentiality agreement. */
  readonly withoutAgreement?: readonly string[];
}

/** Branches and the staff who work in them, as of at most `refreshMs` ago. */
export interface Organisation {
  readonly branches: ReadonlyMap<
    string,
    { id: string; code: string; parentId: string | null; policyIds: readonly string[] }
  >;
  /** The branch and all below it. */
  subtree(branchId: string): ReadonlySet<string>;
  /** The top of the branch's tree within its business line. */
  headOffice(branchId: string): string;
  /** The head office of a business line: of the branches that run the fewest lines beside it; null where none runs it. */
  officeOf(policyId: string): string | null;
}

/** The tree of branches, built from its rows. */
export function organisationOf(
  rows: readonly { id: string; code: string; parentId: string | null; policyIds: readonly string[] }[],
): Organisation {
  const branches = new Map(rows.map((row) => [row.id, row]));
  const children = new Map<string, string[]>();
  for (const { id, parentId } of rows) if (parentId) children.set(parentId, [...(children.get(parentId) ?? []), id]);
  const subtrees = new Map<string, ReadonlySet<string>>();
  const subtree = (id: string): ReadonlySet<string> => {
    const known = subtrees.get(id);
    if (known) return known;
    const below = new Set([id, ...(children.get(id) ?? []).flatMap((child) => [...subtree(child)])]);
    subtrees.set(id, below);
    return below;
  };
  const headOffice = (id: string): string => {
    const branch = branches.get(id);
    const parent = branch?.parentId ? branches.get(branch.parentId) : undefined;
    // The root above the lines runs every line; the head office of a line is the highest branch that runs its lines alone.
    const sameLine = parent && branch && parent.policyIds.length === branch.policyIds.length;
    return sameLine ? headOffice(parent.id) : id;
  };
  const officeOf = (policyId: string): string | null => {
    const running = rows.filter(({ policyIds }) => policyIds.includes(policyId));
    const fewest = Math.min(...running.map(({ policyIds }) => policyIds.length));
    const branch = running.find(({ policyIds }) => policyIds.length === fewest);
    return branch ? headOffice(branch.id) : null;
  };
  return { branches, subtree, headOffice, officeOf };
}

/** Roles that configure the platform and see no customers (reliability 3.6). */
const WITHOUT_CUSTOMERS: readonly Role[] = ['ADMIN'];

/**
 * The rows that a person may see: business lines of the branch, and of each the branches that the policy's access scope
 * opens (domain X-07).
 */
export function rowScopeOf(
  person: {
    branchId: string;
    roles: readonly Role[];
    policyIds: readonly string[];
    hasAgreement?: boolean;
  },
  organisation: Organisation,
  accessOf: AccessOf,
): RowScope {
  const seesCustomers = person.roles.some((role) => !WITHOUT_CUSTOMERS.includes(role) && role !== 'SERVICE');
  if (!seesCustomers) return { lines: [] };
  const lines = person.policyIds.flatMap((policyId) => lineOf(person.branchId, policyId, organisation, accessOf) ?? []);
  const isOpen = ({ policyId }: Line) => person.hasAgreement !== false || !accessOf.needsAgreement?.(policyId);
  const withoutAgreement = lines.filter((line) => !isOpen(line)).map(({ policyId }) => policyId);
  return { lines: lines.filter(isOpen), ...(withoutAgreement.length > 0 && { withoutAgreement }) };
}

/**
 * The rows that a program may reach with the scopes of one name. A scope without a line is for the one line of the program's
 * place: where several are run it reaches nothing, so that nobody hands out all rows by leaving something out.
 */
export function programScopeOf(
  program: { branchId: string; policyIds: readonly string[]; tokenScopes: readonly TokenScope[] },
  name: ScopeName,
  organisation: Organisation,
  accessOf: AccessOf,
): RowScope {
  const lines = program.tokenScopes.map(readScope).flatMap((scope): Line[] => {
    if (scope.name !== name) return [];
    const [only, ...others] = program.policyIds;
    const policyId = scope.policyId ?? (others.length === 0 ? only : undefined);
    if (!policyId || !program.policyIds.includes(policyId)) return [];
    const line = lineOf(program.branchId, policyId, organisation, accessOf);
    if (!line || scope.branchCode === null) return line ? [line] : [];
    const branch = [...organisation.branches.values()].find(({ code }) => code === scope.branchCode);
    if (!branch) return [];
    const { branchIds } = line;
    const below = [...organisation.subtree(branch.id)].filter((id) => branchIds === 'ALL' || branchIds.has(id));
    return [{ policyId, branchIds: new Set(below) }];
  });
  return { lines };
}

type Line = RowScope['lines'][number];

/** What a line's policy says of who sees its customers. */
export interface AccessOf {
  (policyId: string): AccessScope | undefined;
  /** Whether nobody sees them without a confidentiality agreement. */
  readonly needsAgreement?: (policyId: string) => boolean;
}

function lineOf(branchId: string, policyId: string, organisation: Organisation, accessOf: AccessOf): Line | null {
  const access = accessOf(policyId);
  if (!access) return null;
  if (access === 'CENTRAL') return { policyId, branchIds: 'ALL' };
  return { policyId, branchIds: access === 'OWN_BRANCH' ? new Set([branchId]) : organisation.subtree(branchId) };
}

type Database = Pick<PrismaClient, 'staff' | 'branch'> | Prisma.TransactionClient;

/**
 * Reads actors; what it knows is at most `refreshMs` old, so that a right that ended is gone within that time.
 */
export class ActorReader {
  readonly #database: Database;
  readonly #accessOf: AccessOf;
  readonly #refreshMs: number;
  #organisation: { at: number; value: Promise<Organisation> } | null = null;
  readonly #staff = new Map<string, { at: number; value: Promise<StaffRow | null>; settled?: StaffRow | null }>();
  #asked: { ids: Set<string>; rows: Promise<Map<string, StaffRow>> } | null = null;
  #settledOrganisation: Organisation | null = null;
  /** The token of each actor that was read: one object for all that were read with it, so that it can be renewed. */
  readonly #tokens = new WeakMap<Actor, Token>();

  constructor(database: Database, accessOf: AccessOf, refreshMs = 500) {
    this.#database = database;
    this.#accessOf = accessOf;
    this.#refreshMs = refreshMs;
  }

  organisation(): Promise<Organisation> {
    const known = this.#organisation;
    if (known && Date.now() - known.at < this.#refreshMs) return known.value;
    const value = this.#database.branch
      .findMany({ select: { id: true, code: true, parentId: true, policyIds: true } })
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
  async again(actor: Actor): Promise<Actor | null> {
    const token = this.#tokenOf(actor);
    return token.expiresAt <= Date.now() ? null : this.read(actor.id, token);
  }

  /** Gives a newer token of the same person to all who act with the actor's, streams that are under way too. */
  renew(actor: Actor, { expiresAt, scopes }: Token): void {
    Object.assign(this.#tokenOf(actor), { expiresAt, scopes });
  }

  /** The same at once, where what is known is young enough; undefined where it has to be read. */
  peek(actor: Actor): Actor | null | undefined {
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
    const policyIds = organisation.branches.get(staff.branchId)?.policyIds ?? [];
    const person = { branchId: staff.branchId, roles: staff.roles, policyIds, tokenScopes: token.scopes };
    const hasAgreement = staff.ndaSignedAt !== null;
    const ofPerson = rowScopeOf({ ...person, hasAgreement }, organisation, this.#accessOf);
    // A program has what its token names; with another role beside SERVICE it is a person as well.
    const isProgram = ofPerson.lines.length === 0 && staff.roles.includes('SERVICE');
    const reachOf = (name: ScopeName) => programScopeOf(person, name, organisation, this.#accessOf);
    const actor: Actor = {
      id: staff.id,
      name: staff.name,
      ...person,
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
        const select = { id: true, name: true, roles: true, branchId: true, active: true, ndaSignedAt: true } as const;
        const found = await this.#database.staff.findMany({ where: { id: { in: [...ids] } }, select });
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
}

interface StaffRow {
  id: string;
  name: string;
  roles: Role[];
  branchId: string;
  active: boolean;
  ndaSignedAt: Date | null;
}
