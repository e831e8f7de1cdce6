import { followAlerts } from '../server/engine/alert-log/catch-up.ts';
import {
  DIGEST_LIMIT,
  type DigestedEvent,
  digestAlerts,
  type FeedDigest,
  severityOf,
} from '../server/engine/alert-log/digest.ts';
import type { AlertRaised, FeedBookmark, FeedDiscontinuity, FeedEvent } from '../server/engine/alert-log/feed-event.ts';
import type { AlertRow } from '../server/engine/alert-log/row.ts';
import { type AlertFieldExtension, maySeeAlert } from '../server/engine/alert-log/stream.ts';
import type { RequestContext } from '../server/engine/services/services.ts';
import { parseDuration } from '../server/engine/sla/duration.ts';
import type { Actor } from '../server/platform/access/actor.ts';
import { currentActor } from '../server/platform/access/current-actor.ts';
import { may } from '../server/platform/access/permissions.ts';
import { Forbidden } from '../server/platform/values/errors.ts';
import { toGlobalId } from '../server/platform/values/ids.ts';
import { type AlertFilterRef, concerns, matchesFilter } from './alert-filter.ts';
import { addAlertUpdated, asksForUpdates } from './alert-update.ts';
import { actorOf, asExecutionError, type Builder, inputError } from './base/builder.ts';
import type { Enums } from './base/enums.ts';
import type { TypeRefs } from './base/refs.ts';

/** Milliseconds that a digest may wait. */
const WINDOW = { least: 1_000, most: 3_600_000 } as const;

/** Live alerts: `slaAlerts` and its events. */
export function addAlertStream(builder: Builder, enums: Enums, refs: TypeRefs, AlertFilter: AlertFilterRef): void {
  type Filter = AlertFilterRef['$inferInput'];
  const prevCursor =
    'The cursor of the event before this one in this stream: if it is not the last that you got, something is missing.';

  const Raised = builder.objectRef<AlertRaised>('AlertRaised').implement({
    description: 'An alert in its place.',
    fields: (t) => ({
      cursor: t.exposeString('cursor'),
      prevCursor: t.exposeString('prevCursor', { nullable: true, description: prevCursor }),
      replayed: t.exposeBoolean('replayed', { description: 'It was raised before the stream began.' }),
      alert: t.prismaField({
        type: 'Alert',
        resolve: (query, { row }, _args, { services }) =>
          services.database.prisma.alert.findUniqueOrThrow({ ...query, where: { id: row.id } }),
      }),
    }),
  });
  const Updated = addAlertUpdated(builder, enums, prevCursor);
  const Digest = builder.objectRef<FeedDigest>('AlertDigest').implement({
    description: 'Alerts of one kind, policy and branch that came within one window of `digest`.',
    fields: (t) => ({
      cursor: t.exposeString('cursor', {
        description:
          'Stays where it was until the last digest of a window: whoever is cut off before gets all of them again.',
      }),
      prevCursor: t.exposeString('prevCursor', { nullable: true, description: prevCursor }),
      replayed: t.exposeBoolean('replayed'),
      kind: t.field({ type: enums.AlertKind, resolve: ({ rows }) => firstOf(rows).kind }),
      severity: t.field({ type: enums.AlertSeverity, description: 'Of the gravest.', resolve: severityOf }),
      policy: t.field({
        type: refs.Policy,
        nullable: true,
        resolve: ({ rows }, _args, { services }) => services.policies.get(firstOf(rows).policyId) ?? null,
      }),
      branch: t.prismaField({
        type: 'Branch',
        resolve: (query, { rows }, _args, { services }) =>
          services.database.prisma.branch.findUniqueOrThrow({ ...query, where: { id: firstOf(rows).branchId } }),
      }),
      count: t.int({ resolve: ({ rows }) => rows.length }),
      alertIds: t.idList({
        description: `Oldest first; at most ${DIGEST_LIMIT}.`,
        resolve: ({ rows }) => rows.map(({ id }) => toGlobalId('Alert', id)),
      }),
      firstRaisedAt: t.field({ type: 'DateTime', resolve: ({ rows }) => firstOf(rows).raisedAt }),
      lastRaisedAt: t.field({ type: 'DateTime', resolve: ({ rows }) => (rows.at(-1) ?? firstOf(rows)).raisedAt }),
    }),
  });
  const Bookmark = builder.objectRef<FeedBookmark>('Bookmark').implement({
    description: 'Moves the cursor past what the filter or your rights hid.',
    fields: (t) => ({
      cursor: t.exposeString('cursor'),
      prevCursor: t.exposeString('prevCursor', { nullable: true }),
      caughtUp: t.exposeBoolean('caughtUp', { description: 'The replay is over; what comes now is live.' }),
    }),
  });
  const Discontinuity = builder.objectRef<FeedDiscontinuity>('Discontinuity').implement({
    description: 'Alerts may be missing before `cursor`: read what is open, then go on with this stream.',
    fields: (t) => ({
      reason: t.exposeString('reason', {
        description: 'EXPIRED: no longer kept; RESTORED: from before a restore; INVALID: none of ours.',
      }),
      cursor: t.exposeString('cursor'),
      oldestCursor: t.exposeString('oldestCursor', {
        description: 'A stream after this one replays all that is kept.',
      }),
    }),
  });
  const types = {
    RAISED: Raised,
    UPDATED: Updated,
    DIGEST: Digest,
    BOOKMARK: Bookmark,
    DISCONTINUITY: Discontinuity,
  } as const;
  const AlertEvent = builder.unionType('AlertEvent', {
    types: Object.values(types),
    resolveType: (event) => types[(event as FeedEvent | DigestedEvent).kind],
  });

  builder.subscriptionField('slaAlerts', (t) =>
    t.field({
      type: AlertEvent,
      description:
        'With `after`: replays every alert after the cursor, and what became of it, oldest first, then goes on live, in one total order, none missing and none twice. Without: starts live. What you may no longer see is not sent.',
      args: {
        filter: t.arg({ type: AlertFilter }),
        after: t.arg.string(),
        digest: t.arg({
          type: 'Duration',
          description: 'From PT1S to PT1H: alerts come as digests, each after at most so long.',
        }),
      },
      // Sockets send equal subscriptions together (server/transport/socket/alert-socket.ts).
      extensions: {
        alerts: {
          matches: (args, row) => matchesFilter((args.filter ?? {}) as Filter, row),
          concerns: (args, row, actor) => concerns((args.filter ?? {}) as Filter, row, actor),
          isUnacknowledged: (args) => Boolean((args.filter as Filter | undefined)?.unacknowledged),
          isPersonal: (args) => Boolean((args.filter as Filter | undefined)?.mine),
        } satisfies AlertFieldExtension,
      },
      subscribe: (_root, { filter, after, digest }, context, { operation, fragments }) => {
        const windowMs = digest == null ? null : windowOf(digest);
        const tellsUpdates = windowMs === null && asksForUpdates([operation, ...Object.values(fragments)]);
        return follow(context, after ?? null, windowMs, {
          matches: (row) => (tellsUpdates || row.update === null) && matchesFilter(filter ?? {}, row),
          concerns: (row, actor) => concerns(filter ?? {}, row, actor),
          isUnacknowledged: filter?.unacknowledged ?? false,
        });
      },
      resolve: (event) => event,
    }),
  );
}

/** What the filter asks, of every viewer and of this one. */
interface Asked {
  matches(row: AlertRow): boolean;
  concerns(row: AlertRow, actor: Actor): boolean;
  /** What somebody has acknowledged until it leaves is left out. */
  readonly isUnacknowledged: boolean;
}

/**
 * The viewer's alerts. Rights are read afresh for every alert that leaves (the reader keeps them half a second), never
 * from the context of the stream, which ends when there are none (server/transport/graphql/per-event-context.ts).
 */
function follow(
  context: RequestContext,
  after: string | null,
  windowMs: number | null,
  { matches, concerns, isUnacknowledged }: Asked,
): AsyncGenerator<FeedEvent | DigestedEvent, void, void> {
  const actor = actorOf(context);
  if (!may(actor, 'followAlerts')) throw asExecutionError(new Forbidden());
  const { alerts, actors } = context.services;
  const entitled = async (row: AlertRow) => {
    // Rights come last: what is read before them takes its time.
    if (
      isUnacknowledged &&
      row.update === null &&
      (await alerts.acknowledgements.isAcknowledged(row.id, context.signal))
    )
      return false;
    const known = actors.cached(actor);
    const present = known === undefined ? await currentActor(actors, actor, context.signal) : known;
    if (present && !may(present, 'followAlerts')) throw asExecutionError(new Forbidden());
    return present !== null && maySeeAlert(present, row) && concerns(row, present);
  };
  const feed = followAlerts(alerts.tail, {
    after,
    cursorKey: alerts.cursorKey,
    bookmarkEveryMs: alerts.bookmarkEveryMs,
    matches,
    entitled,
    ...(context.signal && { signal: context.signal }),
  });
  return windowMs === null ? feed : digestAlerts(feed, { after, windowMs, entitled });
}

/** Milliseconds of a digest's window. */
function windowOf(digest: string): number {
  let ms = Number.NaN;
  try {
    ms = parseDuration(digest);
  } catch {
    // A calendar unit, which has no length of its own.
  }
  if (!(ms >= WINDOW.least && ms <= WINDOW.most)) throw inputError('digest', 'is not from PT1S to PT1H');
  return ms;
}

function firstOf(rows: readonly AlertRow[]): AlertRow {
  const [first] = rows;
  if (!first) throw new Error('a digest has at least one alert');
  return first;
}
