import type { Prisma } from '../../../prisma/generated/client/client.ts';
import { policyFailedAlert } from '../../engine/alert-log/raise.ts';
import type { PromiseFacts } from '../../engine/policy/facts.ts';
import type { Decision, InstalledPolicy } from '../../engine/policy/policies.ts';
import { zoneOf } from '../../engine/policy/zone.ts';
import { calendarKey } from '../../engine/sla/calendar.ts';
import { inTransaction } from '../../platform/storage/transaction.ts';
import { isUniqueViolation } from '../../platform/storage/unique.ts';
import { WriteSet } from '../../platform/storage/write-set.ts';
import { Conflict } from '../../platform/values/errors.ts';
import { groupBy } from '../../platform/values/group-by.ts';
import { newId } from '../../platform/values/ids.ts';
import { CUSTOMER_FACTS, customerFacts } from '../customers/facts.ts';
import { checkTicket } from '../tickets/open.ts';
import { auditBatch } from './audit.ts';
import type { FileKind, ImportContext } from './kind.ts';
import { codeOf, Issues, type ParsedRow, parseRows, policyOf } from './parse.ts';
import type { References } from './references.ts';
import { importedClocks } from './ticket-clocks.ts';
import { historyOf, type TicketHistory } from './ticket-history.ts';
import { TICKET_COLUMNS, type TicketCells, ticketRow } from './ticket-row.ts';

/** A transaction of one batch, in milliseconds. */
const LONGEST_MS = 30_000;

const CUSTOMER = { ...CUSTOMER_FACTS, number: true } satisfies Prisma.CustomerSelect;

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
 * The customer's manager owns it and works on it unless the row names another; whoever imports is its first receiver,
 * else who works on it.
 */
export function ticketsKind(context: ImportContext, references: References): FileKind {
  const { services, actorId, now, shift } = context;
  const { database, policies } = services;

  return {
    columns: { named: TICKET_COLUMNS },
    keyOf: ({ cells }) => `${cells.policyId ?? context.policyId} ${cells.externalNumber}`,
    async check(rows) {
      const issues = new Issues();
      const parsed = parseRows(rows, ticketRow, issues).flatMap((one) => {
        const policy = policyOf(context, one, issues);
        return policy ? [{ ...one, policy }] : [];
      });
      const good: Promised[] = [];
      let unchanged = 0;
      for (const [policy, ofPolicy] of groupBy(parsed, (one) => one.policy)) {
        const { customers, stored } = await readStored(policy.declaration.id, ofPolicy);
        const fresh = ofPolicy.filter(({ cells }) => !stored.has(cells.externalNumber));
        unchanged += ofPolicy.length - fresh.length;
        const tickets = fresh.flatMap((one) => newTicket(one, customers.get(one.cells.customerNumber), issues) ?? []);
        good.push(...(await askPromises(policy.declaration.id, tickets, issues)));
      }
      return { issues: issues.all, store: async () => ({ imported: await store(good), unchanged }) };
    },
  };

  async function readStored(policyId: string, rows: readonly ParsedRow<TicketCells>[]) {
    const numbers = [...new Set(rows.map(({ cells }) => cells.customerNumber))];
    const customers = await database.prisma.customer.findMany({
      where: { policyId, number: { in: numbers }, erasedAt: null },
      select: CUSTOMER,
    });
    const external = rows.map(({ cells }) => cells.externalNumber);
    const stored = await database.prisma.ticket.findMany({
      where: { policyId, externalNumber: { in: external } },
      select: { externalNumber: true },
    });
    return {
      customers: new Map(customers.map((customer) => [customer.number, customer])),
      stored: new Set(stored.map(({ externalNumber }) => externalNumber)),
    };
  }

  function newTicket(
    { row, cells, policy }: ParsedRow<TicketCells> & { readonly policy: InstalledPolicy },
    customer: TicketCustomer | undefined,
    issues: Issues,
  ): NewTicket | null {
    const { declaration } = policy;
    const type = codeOf(declaration.ticketTypes, cells.type) ?? cells.type;
    const caseCode = cells.case ? (codeOf(declaration.ticketTypes?.[type]?.cases, cells.case) ?? cells.case) : null;
    const level = cells.level ?? 1;
    for (const { path, message } of checkTicket(declaration, { ...cells, type, case: caseCode, level })) {
      issues.add(row, path.split('.')[1] ?? null, message);
    }
    if (!customer) issues.add(row, 'customerNumber', `is no customer of ${declaration.id}`);
    const assignee = cells.assigneeNumber ? references.staff.get(cells.assigneeNumber) : undefined;
    if (cells.assigneeNumber && !assignee) issues.add(row, 'assigneeNumber', 'is no staff number');
    const timeZone = zoneOf(declaration);
    const history = historyOf({ row, cells }, { timeZone, shift, now }, issues);
    const assigneeId = assignee?.id ?? customer?.managerId ?? null;
    const firstReceiverId = actorId ?? assigneeId;
    if (customer && !firstReceiverId) issues.add(row, 'assigneeNumber', 'is empty, and the customer has no manager');
    if (issues.has(row) || !customer || !history || !firstReceiverId) return null;
    const openedAt = history.openedAt.toISOString();
    const ticket = {
      type,
      level,
      case: caseCode,
      channel: cells.channel,
      openedAt,
      appointmentAt: history.appointmentAt?.toISOString() ?? null,
    };
    const facts: PromiseFacts = {
      now: openedAt,
      cause: 'OPENED',
      ticket,
      customer: customerFacts(declaration, customer),
    };
    return { row, cells, policy, customer, history, facts, assigneeId, firstReceiverId };
  }

  async function askPromises(policyId: string, tickets: readonly NewTicket[], issues: Issues): Promise<Promised[]> {
    if (tickets.length === 0) return [];
    const decisions = await policies.askMany(
      policyId,
      'promise',
      tickets.map(({ facts }) => facts),
    );
    return tickets.flatMap((ticket, index) => {
      const decision = decisions[index];
      if (decision && !(decision instanceof Error)) return [{ ...ticket, decision }];
      issues.add(ticket.row, 'type', `the policy promises nothing for it: ${decision?.message ?? 'no answer'}`);
      return [];
    });
  }

  async function store(tickets: readonly Promised[]): Promise<number> {
    if (tickets.length === 0) return 0;
    const built = tickets.map((ticket) => rowsOf(context, ticket));
    const writes = new WriteSet()
      .insert('ticket', ...built.map(({ ticket }) => ticket))
      .insert('ticket_event', ...built.flatMap(({ events }) => events))
      .insert('sla_clock', ...built.flatMap(({ clocks }) => clocks))
      .insert('alert', ...failureAlerts(tickets, now));
    try {
      await inTransaction(
        database,
        async (tx) => {
          await writes.execute(tx);
          for (const [policyId, ofPolicy] of groupBy(tickets, ({ policy }) => policy.declaration.id)) {
            await auditBatch(tx, context, 'IMPORT_TICKETS', {
              policyId,
              lines: ofPolicy.map(({ row }) => row.line),
              rows: ofPolicy.length,
            });
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
}

/** The rows of a ticket, its events and its clocks. */
function rowsOf(
  { services: { calendars }, now }: ImportContext,
  { cells, customer, history, facts, assigneeId, firstReceiverId, decision }: Promised,
) {
  const id = newId();
  const { policyId, branchId, tierCode, tierRank } = customer;
  const promises = decision.answer.map((promise) => ({
    ...promise,
    calendarKey: calendarKey(
      calendars.inForce(decision.policyId, promise.calendar, history.openedAt.getTime()).definition,
    ),
    policyVersion: decision.policyVersion,
  }));
  const events = history.happenings.map(({ kind, at }, index) => ({
    id: newId(),
    ticketId: id,
    position: index + 1,
    kind,
    at,
    byId: kind === 'OPENED' ? firstReceiverId : assigneeId,
    text: kind === 'RESOLVED' ? (cells.resolution ?? null) : null,
    isPublic: kind === 'OPENED' || kind === 'ACKNOWLEDGED' || kind === 'RESOLVED',
    pauseReason: null,
    appointmentAt: kind === 'OPENED' ? history.appointmentAt : null,
    promises: kind === 'OPENED' ? promises : null,
  }));
  const owner = { ticketId: id, customerId: customer.id, policyId, branchId, tierRank };
  const { rows: clocks, summary } = importedClocks(events as unknown as Parameters<typeof importedClocks>[0], owner, {
    calendars,
    now,
  });
  const { type, level, case: caseCode } = facts.ticket;
  const ticket: Prisma.TicketUncheckedCreateInput = {
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
  };
  return { ticket, events: events as unknown as Prisma.TicketEventUncheckedCreateInput[], clocks };
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
