import type { Prisma } from '../../../prisma/generated/client/client.ts';
import { erasedOr } from './erased.ts';
import { type Direct, direct } from './raw-sql.ts';

/** The tables that a decision may write, with the rows that they take. */
interface Tables {
  alert: Prisma.AlertUncheckedCreateInput;
  alert_climb: Prisma.AlertClimbUncheckedCreateInput;
  alert_update: Prisma.AlertUpdateUncheckedCreateInput;
  application: Prisma.ApplicationUncheckedCreateInput;
  approval: Prisma.ApprovalUncheckedCreateInput;
  approval_step: Prisma.ApprovalStepUncheckedCreateInput;
  attachment: Prisma.AttachmentUncheckedCreateInput;
  assessment: Prisma.AssessmentUncheckedCreateInput;
  audit_entry: Prisma.AuditEntryUncheckedCreateInput;
  budget_entry: Prisma.BudgetEntryUncheckedCreateInput;
  consent_decision: Prisma.ConsentDecisionUncheckedCreateInput;
  contract: Prisma.ContractUncheckedCreateInput;
  customer: Prisma.CustomerUncheckedCreateInput;
  delegation: Prisma.DelegationUncheckedCreateInput;
  disclosure: Prisma.DisclosureUncheckedCreateInput;
  dispute: Prisma.DisputeUncheckedCreateInput;
  figure: Prisma.FigureUncheckedCreateInput;
  grade: Prisma.GradeUncheckedCreateInput;
  idempotency_key: Prisma.IdempotencyKeyUncheckedCreateInput;
  interaction: Prisma.InteractionUncheckedCreateInput;
  message: Prisma.MessageUncheckedCreateInput;
  maintenance_plan: Prisma.MaintenancePlanUncheckedCreateInput;
  policy_record: Prisma.PolicyRecordUncheckedCreateInput;
  policy_record_step: Prisma.PolicyRecordStepUncheckedCreateInput;
  policy_record_version: Prisma.PolicyRecordVersionUncheckedCreateInput;
  rota_shift: Prisma.RotaShiftUncheckedCreateInput;
  service_sample: Prisma.ServiceSampleUncheckedCreateInput;
  plan_measure: Prisma.PlanMeasureUncheckedCreateInput;
  plan_version: Prisma.PlanVersionUncheckedCreateInput;
  policy_decision: Prisma.PolicyDecisionUncheckedCreateInput;
  sla_clock: Prisma.SlaClockUncheckedCreateInput;
  subject_clock: Prisma.SubjectClockUncheckedCreateInput;
  task: Prisma.TaskUncheckedCreateInput;
  ticket: Prisma.TicketUncheckedCreateInput;
  ticket_event: Prisma.TicketEventUncheckedCreateInput;
  unsaid_reaction: Prisma.UnsaidReactionUncheckedCreateInput;
}

type Table = keyof Tables;

/** Rows whose key may exist already and is then left alone: what is decided again has the same stable key. */
const KEEP_FIRST: Readonly<Partial<Record<Table, string>>> = {
  alert: 'dedupe_key',
  policy_decision: 'id',
  subject_clock: 'key',
  task: 'key',
  unsaid_reaction: 'key',
};

/** Rows that cache what is computed from events: written again, they take the new values and keep their id. */
const REPLACE: Readonly<Partial<Record<Table, string>>> = { sla_clock: 'ticket_id, metric, cycle' };

/**
 * The rows that one decision adds, whatever their tables: sent as one statement, so that a command costs one round trip
 * and no loop over rows.
 */
export class WriteSet {
  readonly #rows = new Map<Table, object[]>();

  /** All rows of several sets. */
  static together(sets: readonly WriteSet[]): WriteSet {
    const [first, ...others] = sets;
    if (first && others.length === 0) return first;
    const all = new WriteSet();
    for (const set of sets) for (const [table, rows] of set.#rows) all.#add(table, rows);
    return all;
  }

  insert<T extends Table>(table: T, ...rows: readonly Tables[T][]): this {
    this.#add(table, rows);
    return this;
  }

  #add(table: Table, rows: readonly object[]): void {
    const known = this.#rows.get(table);
    if (known) known.push(...rows);
    else if (rows.length > 0) this.#rows.set(table, [...rows]);
  }

  /** The rows added so far to the table. */
  of<T extends Table>(table: T): readonly Tables[T][] {
    return (this.#rows.get(table) ?? []) as Tables[T][];
  }

  /** Writes all rows; a task or alert whose key exists is left as it is. */
  async execute(to: Direct): Promise<void> {
    if (this.#rows.size === 0) return;
    const values: string[] = [];
    const inserts = [...this.#rows].map(([table, rows], index) => {
      values.push(JSON.stringify(rows.map(recordOf)));
      const names = fieldsOf(rows).map((field) => `"${columnOf(field)}"`);
      const columns = names.join(', ');
      const conflict = onConflict(table, names);
      return `w${index} as (insert into "${table}" (${columns}) select ${columns} from jsonb_populate_recordset(null::"${table}", $${index + 1}::jsonb)${conflict})`;
    });
    try {
      await direct(to, `/* storage.writeSet */ with ${inserts.join(', ')} select 1`, values);
    } catch (error) {
      throw erasedOr(error);
    }
  }
}

/** The fields that any of the rows has. */
function fieldsOf(rows: readonly object[]): string[] {
  const fields = new Set<string>();
  for (const row of rows) for (const field of Object.keys(row)) fields.add(field);
  return [...fields];
}

function onConflict(table: Table, columns: readonly string[]): string {
  if (KEEP_FIRST[table]) return ` on conflict (${KEEP_FIRST[table]}) do nothing`;
  if (!REPLACE[table]) return '';
  const taken = columns.filter((column) => column !== '"id"').map((column) => `${column} = excluded.${column}`);
  return ` on conflict (${REPLACE[table]}) do update set ${taken.join(', ')}`;
}

const columns = new Map<string, string>();

/** `nextDueAt` is stored as `next_due_at`. */
export function columnOf(field: string): string {
  let column = columns.get(field);
  if (column === undefined) {
    column = field.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
    columns.set(field, column);
  }
  return column;
}

/** A row by its columns, as `jsonb_populate_recordset` takes it once it is JSON. */
export function recordOf(row: object): Record<string, unknown> {
  const record: Record<string, unknown> = {};
  for (const field of Object.keys(row)) {
    const value: unknown = row[field as keyof typeof row];
    record[columnOf(field)] = typeof value === 'bigint' ? value.toString() : value;
  }
  return record;
}
