import type { Task } from '../../../prisma/generated/client/client.ts';
import type { Channel, Purpose, TicketStatus } from '../../../prisma/generated/client/enums.ts';
import type { TransactionClient } from '../../platform/storage/transaction.ts';
import type { Issue, Refused } from '../../platform/values/errors.ts';
import type { AlertCustomer } from '../alert-log/raise.ts';
import type { CustomerFacts } from '../policy/facts.ts';
import type { InstalledPolicy } from '../policy/policies.ts';
import type { Act } from './act.ts';
import type { Watched } from './changes.ts';

// A task is completed in one place (server/domain/tasks/complete.ts), but it may come from a plan, a meeting, a duty, and each of
// these has rules and rows of its own. What completing means to them they say themselves, and the app joins what they say.

/** Contact that did a task, as it is recorded with it. */
export interface TaskContact {
  readonly channel: Channel;
  readonly purpose: Purpose;
  readonly summary: string;
  readonly needs?: string | null;
  /** 1 to 5. */
  readonly satisfaction?: number | null;
  readonly signedByCustomer?: boolean | null;
  /** Something was asked that is to be answered; of a call with a need, left out means yes. */
  readonly openQuestion?: boolean | null;
}

/** A task that is being completed. */
export interface CompletedTask {
  readonly task: Task;
  readonly outcome: string;
  readonly contact: TaskContact | null;
  readonly policy: InstalledPolicy;
  readonly customer: AlertCustomer | null;
  readonly customerFacts: CustomerFacts | null;
  /** Of the ticket that the task is about. */
  readonly ticketStatus: TicketStatus | null;
}

/** Where tasks come from, and the contact that any of them may be done by; a task may come from more than one. */
export type CompletionOrigin = 'SERVICE_SAMPLE' | 'RECORD' | 'DUTY' | 'PLAN' | 'RESOLUTION' | 'TICKET' | 'CONTACT';

/** What a slice writes with a task that was done, and whether alerts are among it. */
export interface CompletionWrites {
  write(tx: TransactionClient): Promise<void>;
  readonly alerts: boolean;
  /** What it changes, for who follows that. */
  readonly announces?: { readonly kind: Watched; readonly id: string };
}

/** What completing a task means to the slice that it comes from. */
export interface TaskCompletion {
  readonly origin: CompletionOrigin;
  isFrom(task: Task): boolean;
  /** What is wrong with the contact, before the task is looked for. */
  checkContact?(contact: TaskContact, now: Date): Issue[];
  /** Where something else completes such tasks, whatever their status: what is said instead. */
  neverByHand?(): Refused;
  /** @throws {Refused} the actor may not complete this open task, or not like this */
  mayComplete?(task: Task, act: Act): void;
  /** Asks policies and prepares what is written once the task is done; after the guard, outside of any transaction. */
  prepare?(done: CompletedTask, act: Act): Promise<CompletionWrites | null>;
  /** In the transaction, before the task's row: for rows that others lock before their task. */
  beforeDone?(tx: TransactionClient, done: CompletedTask, act: Act): Promise<void>;
  /** In the transaction, after the task's row. */
  onDone?(tx: TransactionClient, done: CompletedTask, act: Act): Promise<void>;
}

/**
 * All handlers, in the order in which they are asked.
 *
 * @throws {Error} an origin has two handlers
 */
export function joinTaskCompletions(handlers: readonly TaskCompletion[]): readonly TaskCompletion[] {
  const claimed = new Set<CompletionOrigin>();
  for (const { origin } of handlers) {
    if (claimed.has(origin)) throw new Error(`Two handlers complete tasks of ${origin}.`);
    claimed.add(origin);
  }
  return handlers;
}
