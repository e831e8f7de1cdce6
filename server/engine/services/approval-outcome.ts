import type { Approval } from '../../../prisma/generated/client/client.ts';
import type { Decision } from '../../../prisma/generated/client/enums.ts';
import type { Actor } from '../../platform/access/actor.ts';
import type { Organisation } from '../../platform/access/organisation.ts';
import type { TransactionClient } from '../../platform/storage/transaction.ts';
import type { WriteSet } from '../../platform/storage/write-set.ts';
import type { Services } from './services.ts';

// An approval is about something of another slice, which knows what becomes of it. Each slice exports the outcomes of its own
// approvals, the app joins them, and whoever decides an approval finds its outcome in the services.

/** How an approval was decided. */
export interface Decided {
  readonly decision: Decision;
  readonly comment: string | null;
  readonly actor: Actor;
  readonly at: Date;
  readonly services: Services;
  readonly organisation: Organisation;
}

/** What a decision brings about for its subject. */
export interface ApprovalOutcome {
  /** What follows once it is approved and needs a policy's answer: asked before the transaction, added to its rows. */
  readonly prepare?: (services: Services, writes: WriteSet, approval: Approval, at: Date) => Promise<void>;
  /** In the transaction that decides; left out where the decision itself is all. */
  readonly settle?: (tx: TransactionClient, writes: WriteSet, approval: Approval, decided: Decided) => Promise<void>;
  /** Milliseconds that the transaction may take, where the approval is about many at once. */
  readonly timeoutMs?: number;
}

/** Outcomes by `SubjectType/KIND` of the approval; `SubjectType/*` is for all other kinds about such a subject. */
export type ApprovalOutcomes = Readonly<Record<`${string}/${string}`, ApprovalOutcome>>;

/**
 * The outcomes of all slices.
 *
 * @param kinds that have to be carried out by somebody
 * @throws {Error} two slices claim the same approvals, or nobody carries out a kind
 */
export function joinOutcomes(slices: readonly ApprovalOutcomes[], kinds: readonly string[]): ApprovalOutcomes {
  const joined: Record<string, ApprovalOutcome> = {};
  for (const [key, outcome] of slices.flatMap((slice) => Object.entries(slice))) {
    if (joined[key]) throw new Error(`two slices carry out approvals of ${key}`);
    joined[key] = outcome;
  }
  const claimed = new Set(Object.keys(joined).map((key) => key.slice(key.indexOf('/') + 1)));
  const missing = kinds.filter((kind) => !claimed.has(kind));
  if (missing.length > 0) throw new Error(`nobody carries out approvals of ${missing.join(', ')}`);
  return joined;
}

/** @throws {Error} a defect: nobody carries out what was decided */
export function outcomeOf(outcomes: ApprovalOutcomes, { subjectType, kind }: Approval): ApprovalOutcome {
  const outcome = outcomes[`${subjectType}/${kind}`] ?? outcomes[`${subjectType}/*`];
  if (!outcome) throw new Error(`nobody carries out approvals of ${kind} about ${subjectType}`);
  return outcome;
}
