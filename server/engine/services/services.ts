import type { Logger } from 'pino';
import type { Actor } from '../../platform/access/actor.ts';
import type { ActorReader } from '../../platform/access/actor-reader.ts';
import type { FieldCipher } from '../../platform/access/encryption.ts';
import type { RefusedReads } from '../../platform/audit/refused-reads.ts';
import type { Database } from '../../platform/storage/database.ts';
import type { Repeatable } from '../../platform/storage/idempotency.ts';
import type { Locale } from '../../platform/values/text.ts';
import type { Clock } from '../../platform/values/wall-clock.ts';
import type { AlertStream } from '../alert-log/stream.ts';
import type { Policies } from '../policy/policies.ts';
import type { PolicyCalendars } from '../sla/calendars.ts';
import type { ApprovalOutcomes } from './approval-outcome.ts';
import type { Changes } from './changes.ts';
import type { MessageTransport } from './messenger.ts';
import type { TaskCompletion } from './task-completion.ts';

/** What lives as long as the process: the parts that every service is given. */
export interface Services {
  readonly database: Database;
  readonly clock: Clock;
  readonly policies: Policies;
  readonly calendars: PolicyCalendars;
  readonly actors: ActorReader;
  readonly sealer: FieldCipher;
  readonly alerts: AlertStream;
  readonly changes: Changes;
  readonly refusedReads: RefusedReads;
  readonly messenger: MessageTransport;
  /** What decisions bring about, by the kind of approval: each slice's own. */
  readonly approvalOutcomes: ApprovalOutcomes;
  readonly taskCompletions: readonly TaskCompletion[];
  /** What files may be. */
  readonly files: { readonly maxBytes: number; readonly types: readonly string[] };
  readonly log: Logger;
  /** Only in the sandbox: moves the clock and runs what falls due on the way. */
  readonly advance?: (to: Date) => Promise<{ now: Date; alertsRaised: number; tasksCreated: number }>;
}

/** Who asks, in one request. */
export interface Caller {
  readonly actor: Actor;
  readonly requestId: string | null;
  /** What the command does is done once: its commit keeps the answer for who sends it again. */
  readonly repeatable?: Repeatable;
}

/** What every resolver is given. */
export interface RequestContext {
  readonly services: Services;
  /** Null without a valid token: then nothing is read. */
  readonly actor: Actor | null;
  readonly requestId: string;
  readonly locale: Locale;
  /** Only in a subscription: fires when it ends. */
  readonly signal?: AbortSignal;
}
