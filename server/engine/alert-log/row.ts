import type { AlertKind, ClockMetric, Role } from '../../platform/values/enums.ts';
import type { Text } from '../../platform/values/text.ts';

export type AlertSeverity = 'INFO' | 'WARNING' | 'CRITICAL';

/**
 * What an alert is about as it stood when it was raised; what it does not know is null. It is written once and never changed,
 * so that an alert that is read again tells what had happened. JSON-safe.
 */
export interface AsRaised {
  /** Of the ticket. */
  readonly level: number | null;
  readonly status: string | null;
  /** Of the promise: which it is, how it stood, when it was due, and how much of it was used up. */
  readonly metric: ClockMetric | null;
  readonly state: 'RUNNING' | 'PAUSED' | 'FULFILLED' | 'BREACHED' | 'CANCELLED' | null;
  readonly dueAt: string | null;
  readonly percent: number | null;
  /** It is due past the years whose days off are announced. */
  readonly beyondHorizon: boolean;
}

/** What is said of a promise beyond them, after the rest of the message. */
export const BEYOND_HORIZON: Text = {
  en: ' The days off of that year are not announced yet and may move it.',
  zh: '当年放假安排尚未公布，到期时间可能变动。',
};

/** What became of an alert. */
export interface AlertUpdate {
  readonly change: AlertChange;
  /** When, as a text: it is JSON of the database. */
  readonly at: string;
  readonly byId: string | null;
}

/** The changes, in the order of the enum. */
export type AlertChange = 'ACKNOWLEDGED' | 'ASSIGNED' | 'CLIMBED' | 'SNOOZED' | 'SNOOZE_ENDED' | 'ENDED';

/**
 * A numbered alert as the log holds it: every scalar column of the table `alert`.
 *
 * What is known of it when it is raised never changes once it is numbered. Who has it, whether somebody took it on and whether its
 * matter is over is as it was when the row was read, which for a row in memory may be long ago: whoever shows it reads it anew.
 */
export interface AlertRow {
  readonly id: string;
  readonly dedupeKey: string;
  /** Position in the log: dense, from 1, in the order in which the sequencer saw the commits. */
  readonly pos: number;
  readonly kind: AlertKind;
  readonly severity: AlertSeverity;
  readonly raisedAt: Date;
  readonly message: Text;
  readonly audience: readonly Role[];
  readonly assigneeId: string | null;
  readonly policyId: string;
  readonly branchId: string;
  readonly customerId: string | null;
  readonly ticketId: string | null;
  readonly clockId: string | null;
  readonly taskId: string | null;
  readonly approvalId: string | null;
  readonly tierRank: number | null;
  readonly acknowledgedById: string | null;
  readonly acknowledgedAt: Date | null;
  readonly note: string | null;
  readonly acknowledgementExpiresAt: Date | null;
  /** Null on alerts that are older than the column. */
  readonly asRaised: AsRaised | null;
  readonly endedAt: Date | null;
  /** What the row tells of the alert; null where it tells that it was raised. `pos` is the update's own then. */
  readonly update: AlertUpdate | null;
}

/** The columns of `alert`, named as in AlertRow, all but its place. `audience` is an array of an enum, which pg leaves as text. */
export const alertColumns = `
  id, dedupe_key as "dedupeKey", kind, severity, raised_at as "raisedAt", message, audience::text[] as audience,
  assignee_id as "assigneeId", policy_id as "policyId", branch_id as "branchId", customer_id as "customerId",
  ticket_id as "ticketId", clock_id as "clockId", task_id as "taskId", approval_id as "approvalId",
  tier_rank as "tierRank", acknowledged_by_id as "acknowledgedById", acknowledged_at as "acknowledgedAt", note,
  acknowledgement_expires_at as "acknowledgementExpiresAt", as_raised as "asRaised", ended_at as "endedAt"`;
