import type { Logger } from 'pino';
import type { Prisma } from '../../../prisma/generated/client/client.ts';
import type { Actor } from '../../platform/access/actor.ts';
import { may } from '../../platform/access/permissions.ts';
import { type AskedPlaces, maySee, rowsFor, visibleParts } from '../../platform/access/scope.ts';
import type { Database } from '../../platform/storage/database.ts';
import { isRehearsing } from '../../platform/storage/rehearsal/rehearsal-scope.ts';
import { AcknowledgementReader } from './acknowledgements.ts';
import { AlertBroadcast } from './broadcast.ts';
import type { CursorKey } from './cursor.ts';
import { ALERTS_CHANNEL, ensureHead } from './log.ts';
import { AlertLogTail } from './log-tail.ts';
import type { AlertRow } from './row.ts';
import { numberBatch, Sequencer } from './sequencer.ts';

/** Rows that one look of `numberAll` numbers. */
const BATCH = 500;

export interface StreamOptions {
  readonly database: Database;
  readonly cursorKey: CursorKey;
  readonly log: Logger;
  readonly bookmarkEveryMs?: number | undefined;
}

/** The alerts of this process: numbered after their commit, followed by one log tail, handed to all subscribers. */
export class AlertStream {
  readonly tail: AlertLogTail;
  readonly broadcast: AlertBroadcast;
  readonly acknowledgements: AcknowledgementReader;
  readonly cursorKey: CursorKey;
  readonly bookmarkEveryMs: number;
  readonly #database: Database;
  readonly #sequencer: Sequencer;
  #listener: { close(): Promise<void> } | null = null;

  constructor({ database, cursorKey, log, bookmarkEveryMs = 10_000 }: StreamOptions) {
    const onError = (error: unknown) => log.warn({ err: error }, 'the alert log is tried again');
    this.#database = database;
    this.cursorKey = cursorKey;
    this.bookmarkEveryMs = bookmarkEveryMs;
    this.tail = new AlertLogTail({ pool: database.pool, onError });
    this.broadcast = new AlertBroadcast({ tail: this.tail, cursorKey, bookmarkEveryMs });
    this.acknowledgements = new AcknowledgementReader(database);
    this.#sequencer = new Sequencer({ pool: database.pool, onNumbered: () => this.tail.wake(), onError });
  }

  async start(): Promise<void> {
    await ensureHead(this.#database.pool);
    this.#sequencer.start();
    this.tail.start();
    if (this.#database.kind === 'POSTGRES') {
      this.#listener = await this.#database.listen(ALERTS_CHANNEL, () => this.tail.wake());
    }
  }

  /** Alerts were committed: number them now rather than at the next look. */
  wake(): void {
    if (isRehearsing()) return;
    this.#sequencer.wake();
  }

  /** Numbers all that is committed before it returns; for the sandbox, which says when it is done. */
  async numberAll(): Promise<void> {
    for (;;) {
      const count = await numberBatch(this.#database.pool, BATCH);
      if (count === 0) break;
      if (count === undefined) await new Promise((resolve) => setTimeout(resolve, 5));
    }
    this.tail.wake();
  }

  async stop(): Promise<void> {
    await this.#listener?.close();
    await Promise.all([this.#sequencer.stop(), this.tail.stop()]);
  }
}

/** What the schema's field says of itself for the transports that send it (schema/alert-stream.ts). */
export interface AlertFieldExtension {
  readonly matches: (args: Record<string, unknown>, row: AlertRow) => boolean;
  /** What the filter asks of the viewer, as rights are: when the alert leaves. */
  readonly concerns: (args: Record<string, unknown>, row: AlertRow, actor: Actor) => boolean;
  /** The filter asks for what nobody has acknowledged, which may change until the alert leaves. */
  readonly isUnacknowledged: (args: Record<string, unknown>) => boolean;
  /** The filter asks who the viewer is, so that no two viewers share. */
  readonly isPersonal: (args: Record<string, unknown>) => boolean;
}

type SeenRow = Pick<AlertRow, 'kind' | 'policyId' | 'branchId' | 'customerId' | 'audience'>;

/** What somebody of a branch has to do, for no customer: it is the branch's. */
const OF_A_BRANCH: readonly AlertRow['kind'][] = ['APPROVAL_WAITING', 'TASK_OVERDUE', 'ROTA_GAP'];

/**
 * Whether the actor may see an alert: those of visible customers and branches, and those about the platform itself (a policy that is
 * out of order) for the roles that they are meant for. A data leak is for these alone: whoever is looked for may work in
 * the branch.
 */
export function maySeeAlert(actor: Actor, row: SeenRow): boolean {
  if (!may(actor, 'followAlerts')) return false;
  const isMeant = row.audience.some((role) => actor.roles.includes(role));
  if (row.kind === 'DATA_LEAK' && !isMeant) return false;
  if (maySee(rowsFor(actor, 'alerts:read'), row)) return true;
  const isOfTheLine = row.customerId === null && !OF_A_BRANCH.includes(row.kind);
  return isOfTheLine && isMeant && actor.policyIds.includes(row.policyId);
}

/** The same rule as filters of the table: a row passes one of them at least. In each part an index has the rows in order. */
export function visibleAlertParts(actor: Actor, asked: AskedPlaces): Prisma.AlertWhereInput[] {
  if (!may(actor, 'followAlerts')) return [{ id: { in: [] } }];
  const { policyId, branchIds } = asked;
  const isMeant = { audience: { hasSome: [...actor.roles] } };
  const ofPlaces = visibleParts(rowsFor(actor, 'alerts:read'), asked);
  const ofLines = {
    customerId: null,
    kind: { notIn: [...OF_A_BRANCH] },
    policyId: { in: actor.policyIds.filter((id) => policyId == null || id === policyId) },
    ...(branchIds != null && { branchId: { in: [...branchIds] } }),
    ...isMeant,
  };
  return [...ofPlaces.map((part) => ({ ...part, OR: [{ kind: { not: 'DATA_LEAK' as const } }, isMeant] })), ofLines];
}
