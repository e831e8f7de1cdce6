import { createHash } from 'node:crypto';

/** An entry as it is hashed: every column but its seal, each as the database writes it. */
export interface ChainRow {
  readonly id: string;
  /** RFC 3339, UTC, milliseconds. */
  readonly at: string;
  readonly actor_id: string | null;
  readonly action: string;
  readonly subject_type: string;
  readonly subject_id: string | null;
  readonly policy_id: string | null;
  readonly branch_id: string | null;
  readonly customer_id: string | null;
  readonly reason: string | null;
  /** jsonb's own text, which is the same for the same value. */
  readonly changes: string;
  readonly request_id: string | null;
  /** Null where it names none, as all did before there were any: their hashes stay. */
  readonly decision_ids?: string | null;
}

/** What `select` has to say to get a `ChainRow`. */
export const CHAIN_COLUMNS = `id, to_char(at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as at, actor_id, action,
  subject_type, subject_id, policy_id, branch_id, customer_id, reason, changes::text as changes, request_id,
  nullif(decision_ids, '{}')::text as decision_ids`;

/** The hash before the first entry. */
export const GENESIS = '';

/**
 * The hash of an entry in its place: SHA-256 of the hash before it and of its canonical JSON.
 *
 * @param previous the hash of the entry before it; `GENESIS` for the first
 * @param seq its position, from 1
 * @returns base64url
 */
export function chainHash(previous: string, seq: number, row: ChainRow): string {
  const { id, at, actor_id, action, subject_type, subject_id, policy_id, branch_id, customer_id, reason } = row;
  const canonical = JSON.stringify([
    seq,
    id,
    at,
    actor_id,
    action,
    subject_type,
    subject_id,
    policy_id,
    branch_id,
    customer_id,
    reason,
    row.changes,
    row.request_id,
    ...(row.decision_ids ? [row.decision_ids] : []),
  ]);
  return createHash('sha256').update(`${previous}\n${canonical}`).digest('base64url');
}
