import type { GraphQLSchema } from 'graphql';
import type { Logger } from 'pino';
import type { DecisionSettings } from '../domain/decisions/sample.ts';
import type { FileRules } from '../domain/files/rules.ts';
import type { Isolation } from '../engine/policy/registry.ts';
import type { PoliciesOptions } from '../engine/policy/runtime-options.ts';
import type { MessageTransport } from '../engine/services/messenger.ts';
import type { Services } from '../engine/services/services.ts';
import type { DataKey } from '../platform/access/data-keys.ts';
import type { Identity } from '../platform/access/identity.ts';
import type { SubjectReader } from '../platform/access/token-subject.ts';
import type { DatabaseOptions, DatabaseSettings } from '../platform/storage/database.ts';
import type { Clock } from '../platform/values/wall-clock.ts';
import type { Limits } from '../transport/admission/limits.ts';
import type { PersistedOperations } from '../transport/graphql/persisted.ts';
import type { Pipeline } from '../transport/graphql/pipeline.ts';
import type { BoardOptions } from '../transport/http/board-page.ts';

export interface AppSettings {
  readonly database: DatabaseSettings;
  readonly databaseOptions?: DatabaseOptions;
  /** Whether migrations are applied; where they are not, a database that lacks some is refused. They are, unless said. */
  readonly migrates?: boolean;
  /** Nothing is to be written: no migrations, no canary of a key that is new. */
  readonly isDryRun?: boolean;
  /** Everything is thrown away, the keys too: then nothing is noted of them. */
  readonly isPlayground?: boolean;
  /** A held clock decides; of one that runs, the database's time does, and it is watched whether the two agree. */
  readonly clock: Clock;
  readonly dataKeys: readonly DataKey[];
  /** Tells who a token belongs to; as a function it is handed what finds people by their number, e-mail or external id. */
  readonly identity: Identity | ((people: SubjectReader) => Identity);
  /** Paths or names of plugins beside the built-in ones. */
  readonly plugins?: readonly string[];
  /** Where these run: threads of this process unless said. */
  readonly pluginsIn?: Isolation | undefined;
  readonly origins?: readonly string[];
  /** What differs from `FILE_RULES`. */
  readonly files?: Partial<FileRules>;
  /** Development: GraphiQL and introspection. */
  readonly isOpen: boolean;
  readonly log: Logger;
  /** What differs from `LIMITS`. */
  readonly limits?: Partial<Limits>;
  /** All documents unless given. */
  readonly operations?: PersistedOperations;
  /** Takes messages to customers; without one they are logged and go nowhere. */
  readonly messenger?: MessageTransport;
  /** Whether this process sweeps each second; a command that only imports does not. */
  readonly runsJobs?: boolean;
  /** What is done before anything runs by itself: the demo is loaded so. */
  readonly prepare?: (services: Services) => Promise<unknown>;
  /** The board's page at `/`; without it there is none. */
  readonly board?: (services: Services) => BoardOptions;
  /** Told of the steps of the start. */
  readonly onStep?: ((step: string) => void) | undefined;
  /** Milliseconds for which a server that is about to stop says so and serves on, so that a balancer hears of it; none unless given. */
  readonly drainMs?: number;
  /** Milliseconds over which sockets are closed when the server stops. */
  readonly spreadMs?: number;
  /** Milliseconds for which a stream waits for a reader who takes nothing. */
  readonly slowReaderMs?: number;
  /** Milliseconds between two Bookmarks of a stream, at most. */
  readonly bookmarkEveryMs?: number;
  /** The threads of policies, where several apps of one process share them; an app has its own unless given. */
  readonly policyThreads?: PoliciesOptions['threads'];
  /** How long answers of policies are kept, in days, and one of how many of which nothing came. */
  readonly decisions?: DecisionSettings;
  /** Told of what policies answer. */
  readonly onPolicyAnswers?: PoliciesOptions['onAnswers'];
  /** Serves figures at /metrics to who brings this as a bearer token; without one there is no such page. */
  readonly metricsToken?: string | undefined;
  /** Logs every operation; those that take `slowMs` or longer are logged in any case. */
  readonly logsRequests?: boolean;
  readonly slowMs?: number;
}

export interface App {
  readonly services: Services;
  readonly schema: GraphQLSchema;
  readonly pipeline: Pipeline;
  /** Opens the port. @returns the port, also where 0 asked for a free one */
  listen(port: number, host: string): Promise<number>;
  /** Ends streams, lets running requests finish, then closes everything. */
  close(): Promise<void>;
}
