import { type ExecutionResult, execute, GraphQLError } from 'graphql';
import type { FeedEvent } from '../../engine/alert-log/feed-event.ts';
import type { AlertRow } from '../../engine/alert-log/row.ts';
import type { SharedResult } from '../../engine/alert-log/shared-execution.ts';
import { maySeeAlert } from '../../engine/alert-log/stream.ts';
import { UntellableError } from '../../engine/alert-log/viewer.ts';
import type { RequestContext, Services } from '../../engine/services/services.ts';
import type { Actor } from '../../platform/access/actor.ts';
import { currentActor } from '../../platform/access/current-actor.ts';
import { may } from '../../platform/access/permissions.ts';
import type { Locale } from '../../platform/values/text.ts';
import { LIMITS } from '../admission/limits.ts';
import { eventResult } from '../graphql/event-result.ts';
import type { ErrorMask } from '../graphql/mask-error.ts';
import { forViewer } from '../graphql/viewer-reads.ts';
import type { AlertSubscription } from './alert-subscription.ts';

// Many screens follow the same alerts. Their subscriptions go around graphql-ws' and Yoga's own way of sending, so that an
// alert is executed and serialised once for all who ask the same with the same rights (server/engine/alert-log/broadcast.ts).
//
// A viewer whose rights change leaves its group and goes on in another one from its cursor. A selection that turns out to
// ask who the viewer is (`awaitingMe`) is not shared from then on: what was made of it for somebody else is not sent.

/** Why the server ends a viewer's connection: the person left or the token ended, it is too slow, the server stops. */
export type Ending = 'FORBIDDEN' | 'TOO_SLOW' | 'GOING_AWAY';

/** The connection that a viewer's alerts go to. */
export interface Outlet {
  /** Of the token that came last. */
  readonly actor: Actor;
  readonly locale: Locale;
  send(result: SharedResult): void;
  /** Bytes that wait in this process. */
  readonly bufferedBytes: number;
  close(why: Ending): void;
}

export interface AlertViewerOptions {
  readonly services: Services;
  readonly outlet: Outlet;
  readonly subscription: AlertSubscription;
  readonly mask: ErrorMask;
  readonly requestId: string;
  /** Milliseconds for which a full connection is waited for. */
  readonly slowReaderMs: number;
}

/** The connection took nothing for too long. */
class SlowSubscriberError extends Error {}

/** What is selected depends on who asks. */
class PersonalSelectionError extends Error {}

/**
 * Sends a viewer's alerts until the signal fires; where the viewer has to go, the outlet is closed.
 *
 * @throws {GraphQLError} FORBIDDEN: the right to follow alerts ended; NOT_READY: the next event cannot be had now; or what
 *   is wrong with it
 */
export function viewAlerts(options: AlertViewerOptions, ended: AbortSignal): Promise<void> {
  return new AlertViewer(options, ended).run();
}

class AlertViewer {
  readonly #options: AlertViewerOptions;
  readonly #ended: AbortSignal;
  /** The cursor of the last event sent, and whether the replay is over. */
  #after: string | null;
  #isLive = false;
  #isPersonal: boolean;

  constructor(options: AlertViewerOptions, ended: AbortSignal) {
    const { after, field, args } = options.subscription;
    this.#options = options;
    this.#ended = ended;
    this.#after = after;
    this.#isPersonal = field.isPersonal(args);
  }

  async run(): Promise<void> {
    const { services, outlet } = this.#options;
    while (!this.#ended.aborted) {
      const actor = await currentActor(services.actors, outlet.actor, this.#ended);
      if (this.#ended.aborted) return;
      if (!actor) return outlet.close('FORBIDDEN');
      if (!may(actor, 'followAlerts')) throw forbidden();
      try {
        await this.#followAs(actor);
      } catch (error) {
        if (services.alerts.tail.stopped) return outlet.close('GOING_AWAY');
        if (error instanceof PersonalSelectionError) this.#isPersonal = true;
        else if (error instanceof SlowSubscriberError) return outlet.close('TOO_SLOW');
        else throw error instanceof UntellableError ? error.cause : error;
      }
      // The log tail stops with the server: a client that is told of an end would not come back.
      if (services.alerts.tail.stopped) return outlet.close('GOING_AWAY');
    }
  }

  /** Follows until the operation ends or the rights are others. */
  async #followAs(actor: Actor): Promise<void> {
    const { services, outlet, subscription } = this.#options;
    const regroup = new AbortController();
    const rights = rightsOf(actor);
    const isUnacknowledged = subscription.field.isUnacknowledged(subscription.args);
    let present = actor;
    const judge = (now: Actor | null, row: AlertRow): boolean => {
      if (!now || rightsOf(now) !== rights) {
        regroup.abort();
        return false;
      }
      present = now;
      return maySeeAlert(now, row) && subscription.field.concerns(subscription.args, row, now);
    };
    const entitled = (row: AlertRow): boolean | Promise<boolean> => {
      const known = services.actors.cached(outlet.actor);
      if (known !== undefined) return judge(known, row);
      return currentActor(services.actors, outlet.actor, this.#ended).then((now) => judge(now, row));
    };
    await services.alerts.broadcast.follow({
      key: this.#keyFor(actor, rights),
      after: this.#after,
      continues: this.#isLive,
      matches: (row) => subscription.field.matches(subscription.args, row),
      entitled: (row) =>
        isUnacknowledged && row.update === null ? this.#unlessAcknowledged(row, entitled) : entitled(row),
      execute: (event) => this.#execute(event, present),
      send: (result, event) => {
        this.#after = event.cursor;
        this.#isLive ||= event.kind === 'DISCONTINUITY' || (event.kind === 'BOOKMARK' && event.caughtUp);
        outlet.send(result);
      },
      ready: () => outlet.bufferedBytes < LIMITS.socketBufferBytes,
      drained: () => this.#drained(),
      signal: AbortSignal.any([this.#ended, regroup.signal]),
    });
  }

  /** Rights come last: what is read before them takes its time. */
  async #unlessAcknowledged(row: AlertRow, entitled: (row: AlertRow) => boolean | Promise<boolean>): Promise<boolean> {
    const { acknowledgements } = this.#options.services.alerts;
    return !(await acknowledgements.isAcknowledged(row.id, this.#ended)) && entitled(row);
  }

  /** The JSON text of an event's result, made for all who are told the same: it goes on when this viewer has gone. */
  async #execute(event: FeedEvent, actor: Actor): Promise<string> {
    const { services, mask, outlet } = this.#options;
    const { tail } = services.alerts;
    try {
      const { errors, ...rest } = await eventResult({
        services,
        execute: () => this.#executeOnce(event, actor),
        isOver: () => tail.stopped,
      });
      return JSON.stringify(errors ? { ...rest, errors: errors.map((error) => mask(error, outlet.locale)) } : rest);
    } catch (error) {
      throw error instanceof PersonalSelectionError ? error : new UntellableError(error);
    }
  }

  async #executeOnce(event: FeedEvent, actor: Actor): Promise<ExecutionResult> {
    const { services, outlet, subscription, requestId } = this.#options;
    const { schema, document, operationName, variables } = subscription;
    let isPersonal = false;
    const viewer = this.#isPersonal
      ? actor
      : impersonal(actor, () => {
          isPersonal = true;
        });
    const contextValue: RequestContext = { services, actor: viewer, locale: outlet.locale, requestId };
    // A fresh context for each event: what one remembers of rights would outlive them.
    const result: ExecutionResult = await forViewer({ actor }, () =>
      execute({ schema, document, operationName, variableValues: variables, rootValue: event, contextValue }),
    );
    if (isPersonal) throw new PersonalSelectionError();
    return result;
  }

  #keyFor(actor: Actor, rights: string): string {
    const { subscription, outlet } = this.#options;
    return [subscription.key, outlet.locale, rights, this.#isPersonal ? actor.id : ''].join('\0');
  }

  /** Resolves when the buffer is half empty. */
  async #drained(): Promise<void> {
    const { outlet, slowReaderMs } = this.#options;
    const since = performance.now();
    while (outlet.bufferedBytes > LIMITS.socketBufferBytes / 2 && !this.#ended.aborted) {
      if (performance.now() - since > slowReaderMs) throw new SlowSubscriberError();
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}

/** All that decides what a person may see; equal for two people who may see the same. */
function rightsOf({ roles, policyIds, branchId, tokenScopes, rows }: Actor): string {
  const { withoutAgreement = [] } = rows;
  return JSON.stringify([
    branchId,
    ...[roles, policyIds, tokenScopes, withoutAgreement].map((list) => [...list].sort()),
  ]);
}

/** The actor with rights alone; `onPerson` is called when anything of the person is read. */
function impersonal(actor: Actor, onPerson: () => void): Actor {
  const person = <T>(value: T): T => {
    onPerson();
    return value;
  };
  const { roles, branchId, policyIds, tokenScopes, rows, place, reach } = actor;
  return {
    roles,
    branchId,
    policyIds,
    tokenScopes,
    rows,
    place,
    ...(reach && { reach }),
    get id() {
      return person(actor.id);
    },
    get name() {
      return person(actor.name);
    },
    get expiresAt() {
      return person(actor.expiresAt);
    },
  };
}

function forbidden(): GraphQLError {
  return new GraphQLError('You may not follow alerts any more.', { extensions: { code: 'FORBIDDEN' } });
}
