import type { Role } from '../../platform/values/enums.ts';
import type { Text } from '../../platform/values/text.ts';

export type AlertKind =
  | 'SLA_AT_RISK'
  | 'SLA_BREACHED'
  | 'SLA_FULFILLED_LATE'
  | 'ACKNOWLEDGEMENT_EXPIRED'
  | 'TASK_OVERDUE'
  | 'APPROVAL_WAITING'
  | 'GRADE_CHANGED'
  | 'RENEWAL_DUE'
  | 'COMPLAINT_SURGE'
  | 'TARGET_MISSED'
  | 'DATA_LEAK'
  | 'POLICY_FAILED';

export type AlertSeverity = 'INFO' | 'WARNING' | 'CRITICAL';

/**
 * A numbered alert as the log holds it: every scalar column of the table `alert`.
 *
 * All but the acknowledgement never changes once it is numbered. The acknowledgement is as it was when the row was
 * read, which for a row in memory may be long ago: whoever shows it reads it anew.
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
}

/** The columns of `alert`, named as in AlertRow. `audience` is an array of an enum, which pg leaves as text. */
export const alertColumns = `
  id, dedupe_key as "dedupeKey", pos, kind, severity, raised_at as "raisedAt", message, audience::text[] as audience,
  assignee_id as "assigneeId", policy_id as "policyId", branch_id as "branchId", customer_id as "customerId",
  ticket_id as "ticketId", clock_id as "clockId", task_id as "taskId", approval_id as "approvalId",
  tier_rank as "tierRank", acknowledged_by_id as "acknowledgedById", acknowledged_at as "acknowledgedAt", note,
  acknowledgement_expires_at as "acknowledgementExpiresAt"`;
