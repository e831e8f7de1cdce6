import type { AlertKind, TicketStatus } from '../../../prisma/generated/client/enums.ts';
import { decideApproval } from '../../domain/approvals/decide.ts';
import type { Caller, Services } from '../../engine/services/services.ts';
import type { DemoPeople } from './demo-people.ts';

const HOUR = 3_600_000;

/** What a scene is given: the platform at the scene's instant, and who acts in it. */
export class Stage {
  readonly services: Services;
  readonly caller: Caller;
  readonly #people: DemoPeople;

  constructor(services: Services, caller: Caller, people: DemoPeople) {
    this.services = services;
    this.caller = caller;
    this.#people = people;
  }

  get #prisma() {
    return this.services.database.prisma;
  }

  get #id() {
    return this.caller.actor.id;
  }

  in(hours: number): Date {
    return new Date(this.services.clock.now().getTime() + hours * HOUR);
  }

  /** A day so many days from now, as a date column has it. */
  day(days: number): Date {
    return new Date(
      `${this.in(24 * days)
        .toISOString()
        .slice(0, 10)}T00:00:00Z`,
    );
  }

  /** One of the customers whom the caller manages, else of the caller's branch, in order of their numbers. */
  async customer(skip: number, tierCode?: string): Promise<string> {
    const { id: managerId, branchId, roles } = this.caller.actor;
    const theirs = roles.includes('CUSTOMER_MANAGER') ? { managerId } : { branchId };
    const where = { ...theirs, ...(tierCode && { tierCode }) };
    const { id } = await this.#prisma.customer.findFirstOrThrow({ where, orderBy: { number: 'asc' }, skip });
    return id;
  }

  /** The oldest ticket of the caller's, else of the caller's branch, that stands so and had nothing happen since; null where there is none. */
  ticket(statuses: TicketStatus[], slaState: 'ON_TRACK' | 'AT_RISK' | 'BREACHED') {
    const now = this.services.clock.now();
    const { id: assigneeId, branchId, roles } = this.caller.actor;
    const theirs = roles.includes('CUSTOMER_MANAGER') ? { assigneeId } : { branchId };
    const where = { ...theirs, status: { in: statuses }, slaState, events: { none: { at: { gt: now } } } };
    return this.#prisma.ticket.findFirst({ where, orderBy: { openedAt: 'asc' } });
  }

  /** The newest alert about the caller's tickets that nobody has; null where there is none. */
  alert(kind: AlertKind) {
    const where = { kind, assigneeId: this.#id, acknowledgedAt: null };
    return this.#prisma.alert.findFirst({ where, orderBy: { raisedAt: 'desc' } });
  }

  /** Has an approval decided by whoever has the posts of its steps, one after the other. */
  async approve(subjectId: string): Promise<void> {
    const { id, requestedById, policyId, steps } = await this.#prisma.approval.findFirstOrThrow({
      where: { subjectId },
      include: { steps: { orderBy: { position: 'asc' } } },
    });
    for (const { role, branchId } of steps) {
      const person = await this.#prisma.staff.findFirstOrThrow({
        where: {
          roles: { has: role },
          id: { not: requestedById },
          branch: branchId ? { id: branchId } : { policyIds: { has: policyId } },
        },
        orderBy: { number: 'asc' },
      });
      await decideApproval(this.services, await this.#people.byId(person.id), { id, decision: 'APPROVE' });
    }
  }
}
