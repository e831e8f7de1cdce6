import type {
  Approval,
  ApprovalStep,
  BudgetAccount,
  BudgetEntry,
  Message,
  Task,
} from '../../../prisma/generated/client/client.ts';
import type {
  AlertKind,
  AlertSeverity,
  ClockMetric,
  ClockState,
  Role,
} from '../../../prisma/generated/client/enums.ts';
import { maySeeAlert } from '../../engine/alert-log/stream.ts';
import type { Services } from '../../engine/services/services.ts';
import { figuresAt } from '../../engine/sla/clock-row.ts';
import type { Actor } from '../../platform/access/actor.ts';
import { maySee } from '../../platform/access/scope.ts';
import type { RehearsedRow } from '../../platform/storage/rehearsal/rehearsals.ts';

/** A promise that would run, be due at another instant, or end. */
export interface RehearsedClock {
  readonly metric: ClockMetric | null;
  readonly label: unknown;
  readonly state: ClockState;
  readonly isNew: boolean;
  readonly startedAt: Date;
  readonly dueAt: Date;
  readonly dueBefore: Date | null;
  /** Instants at which it warns. */
  readonly warnsAt: readonly Date[];
  readonly ticketId: string | null;
}

export type RehearsedTask = Task & { readonly isNew: boolean };

/** A step of an approval, with who may decide it where it is not decided. */
export type RehearsedStep = ApprovalStep & { readonly approverIds: readonly string[] };

export type RehearsedApproval = Approval & { readonly isNew: boolean; readonly steps: readonly RehearsedStep[] };

export interface RehearsedAlert {
  readonly kind: AlertKind;
  readonly severity: AlertSeverity;
  readonly message: unknown;
  readonly audience: readonly Role[];
  readonly assigneeId: string | null;
}

/** A movement of money, with the account as all that the command does leaves it. */
export type RehearsedMovement = BudgetEntry & { readonly account: BudgetAccount | null };

/** How many things of a kind would be added, changed and removed. */
export interface RehearsedChange {
  readonly entity: string;
  readonly added: number;
  readonly changed: number;
  readonly removed: number;
}

/** What a command would bring about; of each kind at most `MOST`, and only what its caller may see. */
export interface Effects {
  readonly clocks: readonly RehearsedClock[];
  readonly tasks: readonly RehearsedTask[];
  readonly approvals: readonly RehearsedApproval[];
  readonly alerts: readonly RehearsedAlert[];
  readonly money: readonly RehearsedMovement[];
  readonly messages: readonly Message[];
  readonly changes: readonly RehearsedChange[];
}

/** What is told of each kind; `changes` counts all. */
export const MOST = 100;

/** What was written, as it would be read; to be called while it still stands. */
export async function effectsOf(services: Services, actor: Actor, written: readonly RehearsedRow[]): Promise<Effects> {
  const effects = new Described(services, actor, written);
  // One after the other: there is one connection.
  return {
    clocks: [...(await effects.clocks()), ...(await effects.otherClocks())].sort(byDue).slice(0, MOST),
    tasks: await effects.tasks(),
    approvals: await effects.approvals(),
    alerts: await effects.alerts(),
    money: await effects.money(),
    messages: await effects.messages(),
    changes: changesIn(written),
  };
}

/** How many rows of each kind of thing, by the name of the kind. */
export function changesIn(written: readonly RehearsedRow[]): RehearsedChange[] {
  const changes = new Map<string, { entity: string; added: number; changed: number; removed: number }>();
  for (const { table, before, after } of written) {
    const change = changes.get(table) ?? { entity: entityOf(table), added: 0, changed: 0, removed: 0 };
    if (before === null) change.added += 1;
    else if (after === null) change.removed += 1;
    else change.changed += 1;
    changes.set(table, change);
  }
  return [...changes.values()];
}

/** `sla_clock` is `SlaClock`. */
function entityOf(table: string): string {
  return table.replace(/(?:^|_)([a-z])/g, (_match, letter: string) => letter.toUpperCase());
}

const byDue = (one: RehearsedClock, other: RehearsedClock) => one.dueAt.getTime() - other.dueAt.getTime();

class Described {
  readonly #services: Services;
  readonly #actor: Actor;
  readonly #written: readonly RehearsedRow[];

  constructor(services: Services, actor: Actor, written: readonly RehearsedRow[]) {
    this.#services = services;
    this.#actor = actor;
    this.#written = written;
  }

  async clocks(): Promise<RehearsedClock[]> {
    const { database, clock, calendars } = this.#services;
    const before = this.#changed('sla_clock', ['due_at', 'state']);
    const rows = await database.prisma.slaClock.findMany({ where: { id: { in: [...before.keys()] } } });
    return rows.filter(this.#isSeen).map((row) => ({
      metric: row.metric,
      label: row.label,
      ...promised(row, before.get(row.id)),
      state: figuresAt(row, clock.now(), calendars.get).state,
      ticketId: row.ticketId,
    }));
  }

  /** Of what is promised without a ticket: approvals, steps of records, resolutions. */
  async otherClocks(): Promise<RehearsedClock[]> {
    const before = this.#changed('subject_clock', ['due_at', 'state']);
    const rows = await this.#services.database.prisma.subjectClock.findMany({
      where: { id: { in: [...before.keys()] } },
    });
    return rows.filter(this.#isSeen).map((row) => ({
      metric: null,
      label: row.label,
      ...promised(row, before.get(row.id)),
      state: row.state,
      ticketId: null,
    }));
  }

  async tasks(): Promise<RehearsedTask[]> {
    const before = this.#changed('task', ['due_at', 'status', 'assignee_id', 'title']);
    const rows = await this.#services.database.prisma.task.findMany({
      where: { id: { in: [...before.keys()] } },
      orderBy: [{ dueAt: 'asc' }, { id: 'asc' }],
    });
    const seen = rows.filter(this.#isSeen).slice(0, MOST);
    return seen.map((row) => ({ ...row, isNew: !before.get(row.id) }));
  }

  async approvals(): Promise<RehearsedApproval[]> {
    const { prisma } = this.#services.database;
    const before = this.#changed('approval', ['state', 'awaiting_role', 'awaiting_branch_id', 'amount']);
    const rows = await prisma.approval.findMany({
      where: { id: { in: [...before.keys()] } },
      include: { steps: { orderBy: { position: 'asc' } } },
      orderBy: [{ requestedAt: 'asc' }, { id: 'asc' }],
    });
    const approvals: RehearsedApproval[] = [];
    for (const row of rows.filter(this.#isSeen).slice(0, MOST)) {
      const steps: RehearsedStep[] = [];
      for (const step of row.steps) steps.push({ ...step, approverIds: await this.#approvers(row, step) });
      approvals.push({ ...row, steps, isNew: !before.get(row.id) });
    }
    return approvals;
  }

  /** Who has the step's role at its place, and did not ask for it. */
  async #approvers(approval: Approval, { role, branchId, decision }: ApprovalStep): Promise<string[]> {
    if (decision !== null) return [];
    const people = await this.#services.actors.peopleOf(approval.policyId, [role]);
    const able = people.filter(
      (person) =>
        (branchId === null || person.branchId === branchId) &&
        person.id !== approval.requestedById &&
        maySee(person, approval),
    );
    return able.map(({ id }) => id).sort();
  }

  async alerts(): Promise<RehearsedAlert[]> {
    const rows = await this.#services.database.prisma.alert.findMany({
      where: { id: { in: this.#added('alert') } },
      orderBy: { id: 'asc' },
    });
    return rows.filter((row) => maySeeAlert(this.#actor, row)).slice(0, MOST);
  }

  async money(): Promise<RehearsedMovement[]> {
    const rows = await this.#services.database.prisma.budgetEntry.findMany({
      where: { id: { in: this.#added('budget_entry') } },
      include: { account: true, plan: { select: { customer: { select: { policyId: true, branchId: true } } } } },
      orderBy: { id: 'asc' },
    });
    const seen = rows.filter(({ account, plan }) => {
      const place = account ?? plan?.customer;
      return !place || maySee(this.#actor, place);
    });
    return seen.slice(0, MOST);
  }

  async messages(): Promise<Message[]> {
    const rows = await this.#services.database.prisma.message.findMany({
      where: { id: { in: this.#added('message') } },
      orderBy: { id: 'asc' },
    });
    return rows.filter(this.#isSeen).slice(0, MOST);
  }

  readonly #isSeen = (row: { readonly policyId: string; readonly branchId: string }) => maySee(this.#actor, row);

  #added(table: string): string[] {
    return this.#written.filter((row) => row.table === table && row.before === null).map(idOf);
  }

  /** Rows that were added, or differ in one of the columns: by their id as they were before, null of those that are new. */
  #changed(table: string, columns: readonly string[]): Map<string, RehearsedRow['before']> {
    const changed = this.#written.filter(
      (row) => row.table === table && row.after !== null && columns.some((column) => differs(row, column)),
    );
    return new Map(changed.map((row) => [idOf(row), row.before]));
  }
}

function promised(
  row: {
    readonly startedAt: Date;
    readonly dueAt: Date;
    readonly fireAt: readonly Date[];
    readonly firePercent: readonly number[];
  },
  before: RehearsedRow['before'] | undefined,
) {
  const { startedAt, dueAt, fireAt, firePercent } = row;
  return {
    isNew: !before,
    startedAt,
    dueAt,
    dueBefore: typeof before?.due_at === 'string' ? new Date(before.due_at) : null,
    warnsAt: fireAt.filter((_at, index) => (firePercent[index] ?? 100) < 100),
  };
}

function differs({ before, after }: RehearsedRow, column: string): boolean {
  return before === null || JSON.stringify(before[column]) !== JSON.stringify(after?.[column]);
}

function idOf({ before, after }: RehearsedRow): string {
  return String((after ?? before)?.id);
}
