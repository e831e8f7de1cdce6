import { queryFromInfo } from '@pothos/plugin-prisma';
import type { Actor } from '../server/access/actor.ts';
import { may } from '../server/access/permissions.ts';
import { visible } from '../server/access/scope.ts';
import { acknowledgeAlert } from '../server/alerts/acknowledge.ts';
import { type FeedEvent, followAlerts } from '../server/alerts/feed.ts';
import type { AlertRow } from '../server/alerts/row.ts';
import { type AlertFieldExtension, maySeeAlert } from '../server/alerts/stream.ts';
import type { RequestContext } from '../server/context.ts';
import { Forbidden } from '../server/errors.ts';
import type { Prisma } from '../server/generated/prisma/client.ts';
import { idOf } from '../server/ids.ts';
import { actorOf, asExecutionError, type Builder, callerOf, guardNode, mutationErrors } from './builder.ts';
import type { Enums } from './enums.ts';
import { keysetPage } from './page.ts';
import type { TypeRefs } from './refs.ts';
import { localised } from './text.ts';

const SEVERITIES = ['INFO', 'WARNING', 'CRITICAL'] as const;

/** Live alerts and their history. */
export function addAlerts(builder: Builder, enums: Enums, refs: TypeRefs): void {
  const Acknowledgement = builder
    .objectRef<{ alertId: string; byId: string; at: Date; note: string | null; expiresAt: Date | null }>(
      'Acknowledgement',
    )
    .implement({
      fields: (t) => ({
        by: t.prismaField({
          type: 'Staff',
          resolve: (query, { byId }, _args, { services }) =>
            services.database.prisma.staff.findUniqueOrThrow({ ...query, where: { id: byId } }),
        }),
        at: t.expose('at', { type: 'DateTime' }),
        note: t.exposeString('note', { nullable: true }),
        expiresAt: t.expose('expiresAt', {
          type: 'DateTime',
          nullable: true,
          description: 'In business time; null where the policy sets none.',
        }),
      }),
    });

  builder.prismaNode('Alert', {
    id: { field: 'id' },
    description: 'Something that people must hear of.',
    authScopes: (alert, { actor }) => (actor && maySeeAlert(actor, alert) ? { signedIn: true } : false),
    runScopesOnType: true,
    fields: (t) => ({
      cursor: t.string({
        description: 'Its place in the order of all alerts, for `slaAlerts(after:)`.',
        select: { pos: true },
        resolve: ({ pos }, _args, { services }) => {
          const { alerts } = services;
          return alerts.cursorKey.write({ epoch: alerts.hub.history?.epoch ?? '', pos: Number(pos ?? 0) });
        },
      }),
      kind: t.expose('kind', { type: enums.AlertKind }),
      severity: t.expose('severity', { type: enums.AlertSeverity }),
      raisedAt: t.expose('raisedAt', { type: 'DateTime' }),
      message: t.string({
        args: { locale: t.arg({ type: enums.Locale }) },
        select: { message: true },
        resolve: ({ message }, { locale }, context) => localised(message, locale, context),
      }),
      audience: t.expose('audience', {
        type: [enums.Role],
        description: 'Who is meant to hear of it, beside whoever works on the ticket.',
      }),
      policy: t.field({
        type: refs.Policy,
        nullable: true,
        select: { policyId: true },
        resolve: ({ policyId }, _args, { services }) => services.policies.get(policyId) ?? null,
      }),
      branch: t.relation('branch'),
      customer: t.relation('customer', { nullable: true }),
      ticket: t.relation('ticket', { nullable: true }),
      clock: t.relation('clock', { nullable: true }),
      task: t.relation('task', { nullable: true }),
      approval: t.relation('approval', { nullable: true }),
      acknowledgement: t.field({
        type: Acknowledgement,
        nullable: true,
        select: { id: true, acknowledgedById: true, acknowledgedAt: true, note: true, acknowledgementExpiresAt: true },
        resolve: ({ id, acknowledgedById, acknowledgedAt, note, acknowledgementExpiresAt }) =>
          acknowledgedAt && acknowledgedById
            ? { alertId: id, byId: acknowledgedById, at: acknowledgedAt, note, expiresAt: acknowledgementExpiresAt }
            : null,
      }),
    }),
  });
  guardNode('Alert', async ({ services, actor }, id) => {
    const alert = await services.database.prisma.alert.findUnique({ where: { id } });
    return alert !== null && maySeeAlert(actor, alert);
  });

  const AlertFilter = builder.inputType('AlertFilter', {
    fields: (t) => ({
      policyId: t.id(),
      kinds: t.field({ type: [enums.AlertKind] }),
      minSeverity: t.field({ type: enums.AlertSeverity }),
      minTierRank: t.int(),
      branchIds: t.idList(),
      customerId: t.id(),
      ticketId: t.id(),
      mine: t.boolean({
        description: 'Only alerts whose audience includes the viewer, or whose ticket the viewer handles.',
      }),
      unacknowledged: t.boolean(),
    }),
  });
  type Filter = (typeof AlertFilter)['$inferInput'];

  const severitiesFrom = (least: (typeof SEVERITIES)[number]) => SEVERITIES.slice(SEVERITIES.indexOf(least));
  const where = (filter: Filter | null | undefined, actor: Actor): Prisma.AlertWhereInput => ({
    AND: [
      { pos: { not: null } },
      {
        OR: [
          visible(actor),
          { customerId: null, policyId: { in: [...actor.policyIds] }, audience: { hasSome: [...actor.roles] } },
        ],
      },
      filter?.policyId ? { policyId: filter.policyId } : {},
      filter?.kinds ? { kind: { in: filter.kinds } } : {},
      filter?.minSeverity ? { severity: { in: [...severitiesFrom(filter.minSeverity)] } } : {},
      filter?.minTierRank != null ? { tierRank: { gte: filter.minTierRank } } : {},
      filter?.branchIds ? { branchId: { in: refs.idsOf('Branch', filter.branchIds) } } : {},
      filter?.customerId ? { customerId: { in: refs.idsOf('Customer', [filter.customerId]) } } : {},
      filter?.ticketId ? { ticketId: { in: refs.idsOf('Ticket', [filter.ticketId]) } } : {},
      filter?.mine ? { OR: [{ audience: { hasSome: [...actor.roles] } }, { assigneeId: actor.id }] } : {},
      filter?.unacknowledged ? { acknowledgedAt: null } : {},
    ],
  });

  builder.queryField('alerts', (t) =>
    t.connection(
      {
        type: refs.named('Alert'),
        description: 'The newest first.',
        args: { filter: t.arg({ type: AlertFilter }) },
        resolve: (_root, args, context, info) => {
          const actor = actorOf(context);
          if (!may(actor, 'followAlerts')) throw asExecutionError(new Forbidden());
          return keysetPage(context.services.database.prisma.alert as never, {
            where: where(args.filter, actor),
            order: { field: 'pos', direction: 'DESC', nullable: false },
            page: args,
            selection: {
              ...queryFromInfo({ context, info, typeName: 'Alert', paths: [['nodes'], ['edges', 'node']] }),
            },
          }) as never;
        },
      },
      refs.connections.Alert,
      refs.edges.Alert,
    ),
  );

  builder.mutationField('acknowledgeAlert', (t) =>
    t.prismaField({
      type: 'Alert',
      errors: mutationErrors,
      args: { id: t.arg.id({ required: true }), note: t.arg.string() },
      resolve: async (query, _root, { id, note }, context) => {
        const alert = await acknowledgeAlert(context.services, callerOf(context), idOf('Alert', id), note ?? null);
        return context.services.database.prisma.alert.findUniqueOrThrow({ ...query, where: { id: alert } });
      },
    }),
  );

  type Raised = Extract<FeedEvent, { kind: 'RAISED' }>;
  type Bookmarked = Extract<FeedEvent, { kind: 'BOOKMARK' }>;
  type Discontinued = Extract<FeedEvent, { kind: 'DISCONTINUITY' }>;
  const AlertRaised = builder.objectRef<Raised>('AlertRaised').implement({
    description: 'An alert in its place.',
    fields: (t) => ({
      cursor: t.exposeString('cursor'),
      prevCursor: t.exposeString('prevCursor', {
        nullable: true,
        description:
          'The cursor of the event before this one in this stream: if it is not the last that you got, something is missing.',
      }),
      replayed: t.exposeBoolean('replayed', { description: 'It was raised before the stream began.' }),
      alert: t.prismaField({
        type: 'Alert',
        resolve: (query, { row }, _args, { services }) =>
          services.database.prisma.alert.findUniqueOrThrow({ ...query, where: { id: row.id } }),
      }),
    }),
  });
  const Bookmark = builder.objectRef<Bookmarked>('Bookmark').implement({
    description: 'Moves the cursor past what the filter or your rights hid.',
    fields: (t) => ({
      cursor: t.exposeString('cursor'),
      prevCursor: t.exposeString('prevCursor', { nullable: true }),
      caughtUp: t.exposeBoolean('caughtUp', { description: 'The replay is over; what comes now is live.' }),
    }),
  });
  const Discontinuity = builder.objectRef<Discontinued>('Discontinuity').implement({
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
  const AlertEvent = builder.unionType('AlertEvent', {
    types: [AlertRaised, Bookmark, Discontinuity],
    resolveType: (event) => {
      const { kind } = event as FeedEvent;
      return kind === 'RAISED' ? AlertRaised : kind === 'BOOKMARK' ? Bookmark : Discontinuity;
    },
  });

  builder.subscriptionField('slaAlerts', (t) =>
    t.field({
      type: AlertEvent,
      description:
        'With `after`: replays every alert after the cursor, oldest first, then goes on live, in one total order, none missing and none twice. Without: starts live. What you may no longer see is not sent.',
      args: { filter: t.arg({ type: AlertFilter }), after: t.arg.string() },
      // Sockets send equal subscriptions together (server/transport/alert-socket.ts).
      extensions: {
        alerts: {
          matches: (args, row, actor) => matches((args.filter ?? {}) as Filter, row, actor, refs),
          isPersonal: (args) => Boolean((args.filter as Filter | undefined)?.mine),
        } satisfies AlertFieldExtension,
      },
      subscribe: (_root, { filter, after }, context) =>
        follow(context, after ?? null, (row, actor) => matches(filter ?? {}, row, actor, refs)) as never,
      resolve: (event) => event as never,
    }),
  );

  function matches(filter: Filter, row: AlertRow, actor: Actor, { idsOf }: TypeRefs): boolean {
    if (filter.policyId && row.policyId !== filter.policyId) return false;
    if (filter.kinds && !filter.kinds.includes(row.kind)) return false;
    if (filter.minSeverity && SEVERITIES.indexOf(row.severity) < SEVERITIES.indexOf(filter.minSeverity)) return false;
    if (filter.minTierRank != null && (row.tierRank ?? Number.NEGATIVE_INFINITY) < filter.minTierRank) return false;
    if (filter.branchIds && !idsOf('Branch', filter.branchIds).includes(row.branchId)) return false;
    if (filter.customerId && !idsOf('Customer', [filter.customerId]).includes(row.customerId ?? '')) return false;
    if (filter.ticketId && !idsOf('Ticket', [filter.ticketId]).includes(row.ticketId ?? '')) return false;
    if (filter.mine && row.assigneeId !== actor.id && !row.audience.some((role) => actor.roles.includes(role)))
      return false;
    return !(filter.unacknowledged && row.acknowledgedAt !== null);
  }
}

/**
 * The viewer's alerts. Rights are read afresh for every alert that leaves (the reader keeps them half a second), never
 * from the context of the stream; with the token's end the stream ends.
 */
function follow(
  context: RequestContext,
  after: string | null,
  matches: (row: AlertRow, actor: Actor) => boolean,
): AsyncGenerator<FeedEvent, void, void> {
  const actor = actorOf(context);
  if (!may(actor, 'followAlerts')) throw asExecutionError(new Forbidden());
  const { services } = context;
  const ended = new AbortController();
  const timer = setTimeout(() => ended.abort(), Math.min(Math.max(0, actor.expiresAt - Date.now()), 2 ** 31 - 1));
  timer.unref();
  return followAlerts(services.alerts.hub, {
    after,
    cursorKey: services.alerts.cursorKey,
    bookmarkEveryMs: services.alerts.bookmarkEveryMs,
    signal: ended.signal,
    matches: (row) => matches(row, actor),
    entitled: async (row) => {
      const present = await services.actors.again(actor);
      if (!present) {
        ended.abort();
        return false;
      }
      return maySeeAlert(present, row);
    },
  });
}
