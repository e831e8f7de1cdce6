import type { Prisma } from '../../../prisma/generated/client/client.ts';
import { policyFailedAlert } from '../../engine/alert-log/raise.ts';
import { keepDecisions } from '../../engine/policy/decisions/decision-row.ts';
import type { PromiseFacts } from '../../engine/policy/facts.ts';
import { zoneOf } from '../../engine/policy/line-zone.ts';
import type { Decision, InstalledPolicy } from '../../engine/policy/policies.ts';
import { noClocks } from '../../engine/sla/clock.ts';
import { inTransaction } from '../../platform/storage/transaction.ts';
import { isUniqueViolation } from '../../platform/storage/unique-violation.ts';
import { WriteSet } from '../../platform/storage/write-set.ts';
import { Conflict } from '../../platform/values/errors.ts';
import { groupBy } from '../../platform/values/group-by.ts';
import { newId } from '../../platform/values/ids.ts';
import { inLanguage } from '../../platform/values/in-language.ts';
import { ByNumber, numbered } from '../customers/by-number.ts';
import { CUSTOMER_FACTS, customerFacts } from '../customers/customer-facts.ts';
import { appointmentProblem } from '../tickets/appointment.ts';
import { ownerOf, storeFold } from '../tickets/clock-fold.ts';
import { eventRow, type TicketEventRow } from '../tickets/event-row.ts';
import { checkTicket } from '../tickets/open.ts';
import { pinned } from '../tickets/pin-promises.ts';
import { ticketFacts } from '../tickets/ticket-facts.ts';
import { auditBatch } from './import-audit.ts';
import type { CheckedBatch, FileKind, ImportContext } from './kind.ts';
import { codeOf, Issues, type ParsedRow, parseRows, policyOf } from './reading/parse.ts';
import type { Row } from './reading/read-rows.ts';
import type { References } from './references.ts';
import { withoutPast } from './ticket-clocks.ts';
import { historyOf, type TicketHistory } from './ticket-history.ts';
import { TICKET_COLUMNS, type TicketCells, ticketRow } from './ticket-row.ts';

/** A transaction of one batch, in milliseconds. */
const LONGEST_MS = 30_000;

const CUSTOMER = { ...CUSTOMER_FACTS, numberKey: true } satisfies Prisma.CustomerSelect;

type TicketCustomer = Prisma.CustomerGetPayload<{ select: typeof CUSTOMER }>;

/** A good row of a ticket that is not stored yet. */
interface NewTicket extends ParsedRow<TicketCells> {
  readonly policy: InstalledPolicy;
  readonly customer: TicketCustomer;
  readonly history: TicketHistory;
  readonly facts: PromiseFacts;
  readonly assigneeId: string | null;
  readonly firstReceiverId: string;
}

type Promised = NewTicket & { readonly decision: Decision<'promise'> };

/**
 * Tickets by business line and the number that they have in the other system, each with its history. Clocks are folded
 * from the history under what the policy promises at present; moments that have passed raise no alert
 * (server/domain/import/ticket-clocks.ts). A ticket that is stored already is worked on here and left as it is.
 *
 * The customer's manager owns it and works on it unless the row names another; the person who imports is its first receiver,
 * else who works on it.
 */
export function ticketsKind(context: ImportContext, references: References): FileKind {
  return new TicketImport(context, references);
}

type TicketRow = ParsedRow<TicketCells> & { readonly policy: InstalledPolicy };

class TicketImport implements FileKind {
  readonly columns = { named: TICKET_COLUMNS };
  readonly #context: ImportContext;
  readonly #references: References;

  constructor(context: ImportContext, references: References) {
    this.#context = context;
    this.#references = references;
  }

  keyOf({ cells }: Row): string | null {
    return cells.externalNumber ? `${cells.policyId ?? this.#context.policyId} ${cells.externalNumber}` : null;
  }

  async check(rows: readonly Row[]): Promise<CheckedBatch> {
    const context = this.#context;
    const issues = new Issues();
    const parsed = parseRows(rows, ticketRow, issues).flatMap((one) => {
      const policy = policyOf(context, one, issues);
      return policy ? [{ ...one, policy }] : [];
    });
    const good: Promised[] = [];
    let unchanged = 0;
    for (const [policy, ofPolicy] of groupBy(parsed, (one) => one.policy)) {
      const { customers, stored } = await readStored(context, policy.declaration.id, ofPolicy);
      const fresh = ofPolicy.filter(({ cells }) => !stored.has(cells.externalNumber));
      unchanged += ofPolicy.length - fresh.length;
      const tickets = fresh.flatMap(
        (one) => this.#newTicket(one, customers.get(one.cells.customerNumber), issues) ?? [],
      );
      good.push(...(await askPromises(context, policy.declaration.id, tickets, issues)));
    }
    return {
      issues: issues.all,
      count: async () => ({ imported: good.length, unchanged }),
      store: async () => ({ imported: await store(context, good), unchanged }),
    };
  }

  #newTicket(one: TicketRow, customer: TicketCustomer | undefined, issues: Issues): NewTicket | null {
    const { row, cells, policy } = one;
    const { actorId, shift, now } = this.#context;
    const { declaration } = policy;
    const kind = checkedKind(one, issues);
    if (!customer) issues.add(row, 'customerNumber', `is no customer of ${declaration.id}`);
    const assignee = cells.assigneeNumber ? this.#references.staff.get(cells.assigneeNumber) : undefined;
    if (cells.assigneeNumber && !assignee) issues.add(row, 'assigneeNumber', 'is no staff number');
    const history = historyOf(one, { timeZone: zoneOf(declaration), shift, now }, issues);
    const problem =
      history?.appointmentAt &&
      appointmentProblem(this.#context.services.policies, one.policy, history.appointmentAt, history.openedAt);
    if (problem) issues.add(row, 'appointmentAt', problem);
    const assigneeId = assignee?.id ?? customer?.managerId ?? null;
    // Who worked on what is over is told as it was; what is open is to be worked on by somebody who can.
    const isOpen = history !== null && history.resolvedAt === null && history.closedAt === null;
    const unfit = isOpen && customer && assignee ? this.#references.unfit('TICKET', assigneeId, customer) : null;
    if (unfit) issues.add(row, 'assigneeNumber', unfit);
    const firstReceiverId = actorId ?? assigneeId;
    if (customer && !firstReceiverId) issues.add(row, 'assigneeNumber', 'is empty, and the customer has no manager');
    if (issues.has(row) || !customer || !history || !firstReceiverId) return null;
    const { openedAt, appointmentAt } = history;
    const facts: PromiseFacts = {
      now: openedAt.toISOString(),
      cause: 'OPENED',
      ticket: ticketFacts({ ...kind, channel: cells.channel, openedAt, appointmentAt }),
      customer: customerFacts(declaration, customer),
    };
    return { row, cells, policy, customer, history, facts, assigneeId, firstReceiverId };
  }
}

/** The type, case and level of a row, by code or label; what the policy does not know is an issue. */
function checkedKind({ row, cells, policy: { declaration } }: TicketRow, issues: Issues) {
  const type = codeOf(declaration.ticketTypes, cells.type) ?? cells.type;
  const caseCode = cells.case ? (codeOf(declaration.ticketTypes?.[type]?.cases, cells.case) ?? cells.case) : null;
  const level = cells.level ?? 1;
  for (const { path, message } of checkTicket(declaration, { ...cells, type, case: caseCode, level })) {
    issues.add(row, path.split('.')[1] ?? null, message);
  }
  return { type, caseCode, level };
}

async function readStored({ services }: ImportContext, policyId: string, rows: readonly ParsedRow<TicketCells>[]) {
  const { prisma } = services.database;
  const numbers = rows.map(({ cells }) => cells.customerNumber);
  const customers = await prisma.customer.findMany({
    where: { ...numbered(policyId, numbers), erasedAt: null },
    select: CUSTOMER,
  });
  const external = rows.map(({ cells }) => cells.externalNumber);
  const stored = await prisma.ticket.findMany({
    where: { policyId, externalNumber: { in: external } },
    select: { externalNumber: true },
  });
  return {
    customers: new ByNumber(customers),
    stored: new Set(stored.map(({ externalNumber }) => externalNumber)),
  };
}

async function askPromises(
  { services, locale }: ImportContext,
  policyId: string,
  tickets: readonly NewTicket[],
  issues: Issues,
): Promise<Promised[]> {
  if (tickets.length === 0) return [];
  const facts = tickets.map((ticket) => ticket.facts);
  const decisions = await services.policies.askMany(policyId, 'promise', facts);
  return tickets.flatMap((ticket, index) => {
    const decision = decisions[index];
    if (decision && !(decision instanceof Error)) return [{ ...ticket, decision }];
    const why = inLanguage(decision?.message ?? 'the policy gave no answer', locale);
    issues.add(ticket.row, 'type', `the policy promises nothing for it: ${why}`);
    return [];
  });
}

async function store(context: ImportContext, tickets: readonly Promised[]): Promise<number> {
  if (tickets.length === 0) return 0;
  const { services, now } = context;
  const writes = new WriteSet();
  for (const ticket of tickets) addRows(writes, context, ticket);
  keepDecisions(
    writes,
    tickets.map(({ decision }) => decision),
  );
  writes.insert('alert', ...failureAlerts(tickets, now));
  const byPolicy = groupBy(tickets, ({ policy }) => policy.declaration.id);
  try {
    await inTransaction(
      services.database,
      async (tx) => {
        await writes.execute(tx);
        for (const [policyId, ofPolicy] of byPolicy) {
          const lines = ofPolicy.map(({ row }) => row.line);
          await auditBatch(tx, context, 'IMPORT_TICKETS', { policyId, lines, rows: ofPolicy.length });
        }
      },
      { timeoutMs: LONGEST_MS },
    );
  } catch (error) {
    throw isUniqueViolation(error) ? new Conflict(null) : error;
  }
  if (writes.of('alert').length > 0) services.alerts.wake();
  return tickets.length;
}

/** Adds the rows of a ticket, its events and its clocks. */
function addRows(writes: WriteSet, { services, now, past }: ImportContext, promised: Promised): void {
  const { cells, customer, history, facts, assigneeId, firstReceiverId, decision } = promised;
  const id = newId();
  const { policyId, branchId, tierCode, tierRank } = customer;
  const events = historyRows(services, id, promised);
  const owner = ownerOf({ id, customerId: customer.id, policyId, branchId, tierRank });
  const { level } = facts.ticket;
  const fold = { owner, customer, serial: null, assigneeId, level, status: 'NEW', state: noClocks, known: [] };
  const summary = storeFold(writes, fold, events, {
    calendars: services.calendars.get,
    at: now,
    // What is told of is left to the sweep.
    passSilently: past === 'SILENT' ? withoutPast : (row) => row,
  });
  const { type, case: caseCode } = facts.ticket;
  writes.insert('ticket', {
    id,
    policyId,
    branchId,
    customerId: customer.id,
    externalNumber: cells.externalNumber,
    type,
    level,
    caseCode,
    subject: cells.subject,
    description: cells.description ?? null,
    channel: cells.channel,
    status: history.status,
    version: events.length,
    openedAt: history.openedAt,
    appointmentAt: history.appointmentAt,
    resolvedAt: history.resolvedAt,
    closedAt: history.closedAt,
    resolution: cells.resolution ?? null,
    rootCause: cells.rootCause ?? null,
    firstReceiverId,
    ownerId: customer.managerId,
    assigneeId,
    ...summary,
    tierCode,
    tierRank,
    fallback: decision.fallback !== null,
  });
}

/** The events that a ticket's history tells. */
function historyRows(
  services: ImportContext['services'],
  ticketId: string,
  { cells, history, assigneeId, firstReceiverId, decision }: Promised,
): TicketEventRow[] {
  return history.events.map(({ kind, at }, index) => {
    const byId = kind === 'OPENED' ? firstReceiverId : assigneeId;
    const draft = {
      kind,
      text: kind === 'RESOLVED' ? (cells.resolution ?? null) : null,
      isPublic: kind === 'OPENED' || kind === 'ACKNOWLEDGED' || kind === 'RESOLVED',
      ...(kind === 'OPENED' && {
        appointmentAt: history.appointmentAt,
        promises: pinned(services, decision, history.openedAt),
      }),
    };
    return eventRow(draft, { ticketId, position: index + 1, at, byId });
  });
}

/** One alert for each policy that is out of order while its tickets are imported. */
function failureAlerts(tickets: readonly Promised[], now: Date): Prisma.AlertUncheckedCreateInput[] {
  const failed = tickets.flatMap(({ decision: { fallback }, customer }) =>
    fallback ? [{ ...fallback, branchId: customer.branchId }] : [],
  );
  const spells = groupBy(failed, ({ policyId, spell }) => `${policyId} ${spell}`);
  return [...spells.values()].flatMap(([first]) =>
    first ? [policyFailedAlert(first.policyId, first.branchId, first.detail, first.spell, now)] : [],
  );
}
