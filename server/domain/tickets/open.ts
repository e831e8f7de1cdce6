import type { Prisma } from '../../../prisma/generated/client/client.ts';
import type { Channel } from '../../../prisma/generated/client/enums.ts';
import type { Policy } from '../../engine/policy/contract.ts';
import type { CustomerFacts, ReactFacts, TicketFacts } from '../../engine/policy/facts.ts';
import type { InstalledPolicy } from '../../engine/policy/policies.ts';
import { type Reaction, reactionTo } from '../../engine/policy/reactions.ts';
import { Act } from '../../engine/services/act.ts';
import { checkGiven } from '../../engine/services/give-work.ts';
import type { Caller, Services } from '../../engine/services/services.ts';
import { noClocks } from '../../engine/sla/clock.ts';
import { WriteSet } from '../../platform/storage/write-set.ts';
import { InvalidInput, type Issue, NotFound } from '../../platform/values/errors.ts';
import { newId } from '../../platform/values/ids.ts';
import { own } from '../../platform/values/own.ts';
import { applicationStanding } from '../applications/standing.ts';
import { customerFacts, type KnownCustomer, readKnownCustomer } from '../customers/customer-facts.ts';
import { recordsHeardBy } from '../records/record-facts.ts';
import { addReaction } from '../tasks/add-reactions.ts';
import { appointmentProblem } from './appointment.ts';
import { ownerOf, storeFold } from './clock-fold.ts';
import { eventRow } from './event-row.ts';
import { addPromiseDecision, type Promised, promisesFor } from './pin-promises.ts';
import { ticketOccasion } from './reactions/ticket-reactions.ts';
import { receivedProblem } from './received.ts';
import { ticketFacts } from './ticket-facts.ts';

export interface NewTicket {
  readonly customerId: string;
  readonly type: string;
  readonly level?: number | null;
  readonly case?: string | null;
  readonly subject: string;
  readonly description?: string | null;
  readonly channel: Channel;
  readonly assigneeId?: string | null;
  readonly appointmentAt?: Date | null;
  /** When the customer asked, where that was before it is written down: clocks count from then. */
  readonly receivedAt?: Date | null;
}

/**
 * Opens a ticket with the clocks that the policy promises: one transaction.
 *
 * The customer's manager owns it and, unless another is named, works on it; the person who received it is recorded and stays
 * visible (first contact responsibility, S03-broadband-key-account).
 *
 * @returns the ticket's id
 * @throws {InvalidInput} the policy has no such type, level or case
 */
export async function openTicket(
  services: Services,
  caller: Caller,
  input: NewTicket,
  idempotencyKey?: string | null,
): Promise<string> {
  return Act.begin(services, caller, 'openTicket').once('openTicket', idempotencyKey, input, (act) => open(act, input));
}

async function open(act: Act, input: NewTicket): Promise<string> {
  const { services } = act;
  const known = await readKnownCustomer(services.database, act.actor, input.customerId);
  if (!known) throw new NotFound('Customer');
  const policy = act.policyOf(known);
  const { declaration } = policy;
  await checkOpening(act, policy, input, known);
  const opening = openingOf(act, input, known, customerFacts(declaration, known));
  const answers = await askPolicy(act, opening);
  const writes = rowsOf(act, opening, answers);
  const { receivedAt } = input;
  const changes = receivedAt ? [{ field: 'receivedAt', before: null, after: receivedAt.toISOString() }] : [];
  const entry = act.audit('OPEN_TICKET', { ...opening.ticket, type: 'Ticket' }, { changes });
  await act.commit({ answer: opening.ticket.id, audit: entry, writes });
  return opening.ticket.id;
}

/** A ticket that is about to be opened, as a row without its clocks' summary, and the facts that policies read. */
interface Opening {
  readonly ticket: Omit<Prisma.TicketUncheckedCreateInput, 'slaState' | 'fallback'> & {
    readonly id: string;
    readonly openedAt: Date;
    readonly tierRank: number | null;
    readonly assigneeId: string | null;
    readonly appointmentAt: Date | null;
  };
  readonly customer: KnownCustomer;
  readonly customerFacts: CustomerFacts;
  readonly facts: TicketFacts;
}

/** @throws {InvalidInput} the ticket is not as the policy asks, or the assignee is nobody who may work on it */
async function checkOpening(
  { services, now }: Act,
  policy: InstalledPolicy,
  input: NewTicket,
  customer: KnownCustomer,
): Promise<void> {
  const issues = checkTicket(policy.declaration, { ...input, level: input.level ?? 1 });
  const { assigneeId: staffId } = input;
  issues.push(...(await checkGiven(services, customer, [{ work: 'TICKET', staffId, path: 'input.assigneeId' }])));
  const { appointmentAt, receivedAt } = input;
  const unlikely = receivedAt && receivedProblem(services.policies, policy, receivedAt, now);
  if (unlikely) issues.push({ path: 'input.receivedAt', message: unlikely });
  const problem = appointmentAt && appointmentProblem(services.policies, policy, appointmentAt, receivedAt ?? now);
  if (problem) issues.push({ path: 'input.appointmentAt', message: problem });
  if (issues.length > 0) throw new InvalidInput(issues);
}

function openingOf({ actor, now }: Act, input: NewTicket, customer: KnownCustomer, about: CustomerFacts): Opening {
  const { policyId, branchId, tierCode, tierRank } = customer;
  const responsible = customer.managerId ?? (actor.roles.includes('CUSTOMER_MANAGER') ? actor.id : null);
  const ticket = {
    id: newId(),
    policyId,
    branchId,
    customerId: customer.id,
    type: input.type,
    level: input.level ?? 1,
    caseCode: input.case ?? null,
    subject: input.subject.trim(),
    description: input.description ?? null,
    channel: input.channel,
    status: 'NEW' as const,
    version: 1,
    openedAt: input.receivedAt ?? now,
    appointmentAt: input.appointmentAt ?? null,
    firstReceiverId: actor.id,
    ownerId: responsible,
    assigneeId: input.assigneeId ?? responsible,
    tierCode,
    tierRank,
  };
  return { ticket, customer, customerFacts: about, facts: ticketFacts(ticket) };
}

interface Answers {
  readonly promised: Promised;
  readonly reacting: ReactFacts;
  readonly reaction: Reaction;
}

/** What is promised, and what follows. A ticket is never lost because a plugin broke: it opens without a guard or a reaction. */
async function askPolicy(act: Act, { ticket, customer, customerFacts: about, facts }: Opening): Promise<Answers> {
  const { services } = act;
  const { policyId } = customer;
  const now = act.now.toISOString();
  const opening = { ...facts, status: 'NEW' as const };
  const event = { kind: 'OPENED' as const, reachable: customer.phoneMask !== null };
  const reacting = { now, event, customer: about, ticket: opening };
  const [application, heard] = await Promise.all([
    applicationStanding(services, customer),
    recordsHeardBy(act.prisma, services.policies.get(policyId)?.declaration, 'OPEN_TICKET', {
      customerId: customer.id,
    }),
  ]);
  const [promised, reaction] = await Promise.all([
    // What was promised when the customer asked.
    promisesFor(services, policyId, {
      now: ticket.openedAt.toISOString(),
      cause: 'OPENED',
      ticket: facts,
      customer: about,
    }),
    reactionTo(services, policyId, reacting),
    act.guardIfPossible(policyId, {
      action: 'OPEN_TICKET',
      customer: about,
      ticket: { ...opening, calledBack: false, assigned: true },
      input: { application },
      ...heard,
    }),
  ]);
  return { promised, reacting, reaction };
}

function rowsOf(act: Act, opening: Opening, { promised, reacting, reaction }: Answers): WriteSet {
  const { ticket, customer, customerFacts: about, facts } = opening;
  const { now } = act;
  const { id, assigneeId, appointmentAt } = ticket;
  const { promises, decision } = promised;
  const calendars = act.services.calendars.get;
  const event = eventRow(
    { kind: 'OPENED', isPublic: true, appointmentAt, promises },
    { ticketId: id, position: 1, at: ticket.openedAt, byId: act.actor.id },
  );
  const fold = {
    owner: ownerOf(ticket),
    customer,
    serial: null,
    assigneeId,
    level: ticket.level,
    status: ticket.status,
    state: noClocks,
    known: [],
  };
  const writes = new WriteSet();
  const summary = storeFold(writes, fold, [event], { calendars, at: now });
  writes.insert('ticket', { ...ticket, ...summary, fallback: decision.fallback !== null });
  addPromiseDecision(writes, decision, customer.branchId, now);
  const subject = {
    customer,
    customerFacts: about,
    ticketId: id,
    ticket: { ...facts, status: 'NEW' as const },
    assigneeId,
  };
  addReaction(writes, ticketOccasion(subject), reacting, reaction);
  return writes;
}

/** What the policy and the platform ask of a new ticket. */
export function checkTicket(
  policy: Policy,
  {
    type,
    level,
    case: caseCode,
    subject,
    description,
  }: Pick<NewTicket, 'type' | 'case' | 'subject' | 'description'> & { level: number },
): Issue[] {
  const issues: Issue[] = [];
  const types = policy.ticketTypes ?? {};
  const declared = own(types, type);
  if (!declared) issues.push({ path: 'input.type', message: `is none of ${Object.keys(types).join(', ')}` });
  const levels = Object.keys(declared?.levels ?? { 1: null }).map(Number);
  if (declared && !levels.includes(level))
    issues.push({ path: 'input.level', message: `is none of ${levels.join(', ')}` });
  if (caseCode && declared && !Object.hasOwn(declared.cases ?? {}, caseCode)) {
    issues.push({ path: 'input.case', message: `is none of ${Object.keys(declared.cases ?? {}).join(', ')}` });
  }
  if (subject.trim() === '') issues.push({ path: 'input.subject', message: 'is empty' });
  if (subject.length > 300) issues.push({ path: 'input.subject', message: 'is longer than 300 characters' });
  if ((description?.length ?? 0) > 16_000)
    issues.push({ path: 'input.description', message: 'is longer than 16,000 characters' });
  return issues;
}
