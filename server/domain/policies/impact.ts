import type { Prisma } from '../../../prisma/generated/client/client.ts';
import type { InstalledPolicy } from '../../engine/policy/policies.ts';
import { businessLine } from '../../engine/services/business-line.ts';
import type { Caller, Services } from '../../engine/services/services.ts';
import type { Actor } from '../../platform/access/actor.ts';
import { requirePermission } from '../../platform/access/permissions.ts';
import { maySee, visible, visibleSql } from '../../platform/access/scope.ts';
import { InvalidInput } from '../../platform/values/errors.ts';
import { own } from '../../platform/values/own.ts';
import { type Locale, textIn } from '../../platform/values/text.ts';
import { CUSTOMER_FACTS } from '../customers/customer-facts.ts';
import { type Decided, decideBatch, BATCH as GRADE_BATCH } from '../grades/runs/decide-grade.ts';
import { foldOf } from '../tickets/clock-fold.ts';
import { pinned } from '../tickets/pin-promises.ts';
import { isSamePromise, repromise } from '../tickets/promise-change.ts';
import { readParameters } from './read-parameters.ts';
import { isApplied, reapplyFacts } from './reapply.ts';
import { ALL_ROWS } from './sql.ts';

/** What would change if parameters were in force. Ranks decide what is promotion; ids are of customers. */
export interface Impact {
  readonly policyId: string;
  readonly policyVersion: string;
  readonly grades: {
    assessed: number;
    promoted: number;
    demoted: number;
    unchanged: number;
    undecided: number;
    readonly moves: { schemeId: string; from: string | null; to: string | null; count: number }[];
  };
  readonly tickets: { open: number; deadlinesMoved: number; breachesCreated: number; breachesAvoided: number };
  readonly tasks: { contactsPerMonthBefore: number; contactsPerMonthAfter: number };
  /** Customers that would change tier, with the reason, in order of their ids. */
  readonly changed: readonly {
    customerId: string;
    schemeId: string;
    from: string | null;
    to: string | null;
    because: string;
  }[];
}

const BATCH = 1000;
const MAX_SAMPLE = 100;

/**
 * The dry run: all customers and open tickets of a line that the viewer may see, under parameters that are not in force.
 * Nothing is written; the decisions are those that the same parameters make once they are in force.
 */
export async function policyImpact(
  services: Services,
  { actor }: Caller,
  request: {
    readonly policyId: string;
    readonly schemeId?: string | null;
    readonly parameters?: readonly { key: string; value: unknown }[] | null;
    readonly locale: Locale;
  },
): Promise<Impact> {
  requirePermission(actor, 'previewPolicy');
  const { policies } = services;
  const policy = businessLine(policies.get(request.policyId), request.policyId);
  if (request.schemeId && !own(policy.declaration.schemes, request.schemeId)) {
    throw new InvalidInput([{ path: 'schemeId', message: `is no scheme of ${request.policyId}` }]);
  }
  const given = Object.fromEntries((request.parameters ?? []).map(({ key, value }) => [key, value]));
  const parameters = await readParameters(policies, request.policyId, { ...policy.parameters, ...given }, 'parameters');
  const now = services.clock.now();
  const asked = { policy, parameters, now };
  return {
    policyId: policy.declaration.id,
    policyVersion: policy.version,
    ...(await gradeImpact(services, actor, asked, request)),
    tickets: await ticketImpact(services, actor, asked),
  };
}

/** Parameters that are not in force, and the instant at which they are tried. */
interface Asked {
  readonly policy: InstalledPolicy;
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly now: Date;
}

/** What grading under the parameters would do, and how much contact the tiers would then ask for. */
async function gradeImpact(
  services: Services,
  actor: Actor,
  asked: Asked,
  { schemeId, locale }: { readonly schemeId?: string | null; readonly locale: Locale },
): Promise<Pick<Impact, 'grades' | 'tasks' | 'changed'>> {
  // An administrator, who sees no customer, sees the numbers of all.
  const scope = actor.roles.includes('ADMIN') ? ALL_ROWS : visibleSql(actor, 'c');
  const tally = new GradeTally(actor, locale);
  for (let cursor: string | null = null; ; ) {
    const batch: Decided[] = await decideBatch(services, { ...asked, schemeId: schemeId ?? null, scope }, cursor);
    for (const decided of batch) tally.add(decided);
    if (batch.length < GRADE_BATCH) return tally.result();
    cursor = batch.at(-1)?.customer.id ?? null;
  }
}

/** Adds up what is decided of customers. */
class GradeTally {
  readonly #actor: Actor;
  readonly #locale: Locale;
  readonly #grades = { assessed: 0, promoted: 0, demoted: 0, unchanged: 0, undecided: 0 };
  readonly #moves = new Map<string, Impact['grades']['moves'][number]>();
  readonly #changed: Impact['changed'][number][] = [];
  #contactsBefore = 0;
  #contactsAfter = 0;

  constructor(actor: Actor, locale: Locale) {
    this.#actor = actor;
    this.#locale = locale;
  }

  add({ customer, scheme, held, decision, outcome }: Decided): void {
    this.#grades.assessed += 1;
    const from = held?.tierCode ?? null;
    const moved = outcome.kind === 'promoted' || outcome.kind === 'demoted' ? outcome : null;
    const to = moved ? moved.to : from;
    this.#contactsBefore += contactsPerMonth(scheme.tiers[from ?? '']?.contactEveryDays);
    this.#contactsAfter += contactsPerMonth(scheme.tiers[to ?? '']?.contactEveryDays);
    if (!moved || decision instanceof Error) {
      this.#grades[outcome.kind === 'failed' || outcome.kind === 'undecided' ? 'undecided' : 'unchanged'] += 1;
      return;
    }
    this.#grades[moved.kind] += 1;
    this.#countMove(scheme.id, from, to);
    if (this.#changed.length >= MAX_SAMPLE || !maySee(this.#actor, customer)) return;
    const because = textIn(decision.because, this.#locale);
    this.#changed.push({ customerId: customer.id, schemeId: scheme.id, from, to, because });
  }

  #countMove(schemeId: string, from: string | null, to: string | null): void {
    const key = `${schemeId} ${from} ${to}`;
    const move = this.#moves.get(key) ?? { schemeId, from, to, count: 0 };
    move.count += 1;
    this.#moves.set(key, move);
  }

  result(): Pick<Impact, 'grades' | 'tasks' | 'changed'> {
    const moves = [...this.#moves.values()].sort((a, b) => b.count - a.count).slice(0, MAX_SAMPLE);
    return {
      grades: { ...this.#grades, moves },
      tasks: {
        contactsPerMonthBefore: Math.round(this.#contactsBefore),
        contactsPerMonthAfter: Math.round(this.#contactsAfter),
      },
      changed: this.#changed,
    };
  }
}

/** Rows that are counted: those that the viewer may see; for an administrator, who sees none, the numbers of all. */
function counted(actor: Actor): object {
  return actor.roles.includes('ADMIN') ? { policyId: { in: [...actor.policyIds] } } : visible(actor);
}

function contactsPerMonth(everyDays: number | undefined): number {
  return everyDays ? 30 / everyDays : 0;
}

/** What the open tickets' deadlines would become, computed by the fold that would apply them. */
async function ticketImpact(
  services: Services,
  actor: Actor,
  { policy, parameters, now }: Asked,
): Promise<Impact['tickets']> {
  const { policies, calendars } = services;
  const impact = { open: 0, deadlinesMoved: 0, breachesCreated: 0, breachesAvoided: 0 };
  for (let cursor: string | null = null; ; ) {
    const tickets: Prisma.TicketGetPayload<{
      include: { events: true; customer: { select: typeof CUSTOMER_FACTS } };
    }>[] = await services.database.prisma.ticket.findMany({
      where: {
        AND: [
          { policyId: policy.declaration.id, status: { not: 'CLOSED' } },
          counted(actor),
          cursor ? { id: { gt: cursor } } : {},
        ],
      },
      include: { events: { orderBy: { position: 'asc' } }, customer: { select: CUSTOMER_FACTS } },
      orderBy: { id: 'asc' },
      take: BATCH,
      relationLoadStrategy: 'query',
    });
    const facts = tickets.map((ticket) => reapplyFacts(policy, ticket, now));
    const decisions =
      facts.length === 0 ? [] : await policies.askManyUnder(policy.declaration.id, 'promise', facts, parameters);
    for (const [index, ticket] of tickets.entries()) {
      impact.open += 1;
      const decision = decisions[index];
      if (!isApplied(decision, ticket.status)) continue;
      const state = foldOf(ticket.events, calendars.get);
      const promises = pinned(services, decision, now);
      if (isSamePromise(state.promises, promises)) continue;
      const at = Math.max(now.getTime(), state.asOf);
      const { moved, breachesCreated, breachesAvoided } = repromise(state, promises, at, calendars.get);
      impact.deadlinesMoved += moved.length;
      impact.breachesCreated += breachesCreated;
      impact.breachesAvoided += breachesAvoided;
    }
    if (tickets.length < BATCH) return impact;
    cursor = tickets.at(-1)?.id ?? null;
  }
}
