import { acknowledgeAlert } from '../server/domain/alerts/acknowledge.ts';
import type { AsRaised } from '../server/engine/alert-log/row.ts';
import { maySeeAlert } from '../server/engine/alert-log/stream.ts';
import { may } from '../server/platform/access/permissions.ts';
import { Forbidden } from '../server/platform/values/errors.ts';
import { idOf } from '../server/platform/values/ids.ts';
import { fromJson } from '../server/platform/values/json.ts';
import { addAlertAsRaised } from './alert-as-raised.ts';
import { addAlertFilter } from './alert-filter.ts';
import { addAlertLadder } from './alert-ladder.ts';
import { addAlertStream } from './alert-stream.ts';
import { actorOf, asExecutionError, type Builder } from './base/builder.ts';
import { command } from './base/command.ts';
import type { Enums } from './base/enums.ts';
import { listField } from './base/list.ts';
import type { TypeRefs } from './base/refs.ts';
import { localised } from './base/text.ts';

/** Alerts and their history; schema/alert-stream.ts has them live. */
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

  const asRaised = addAlertAsRaised(builder, enums);
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
          return alerts.cursorKey.write({ epoch: alerts.tail.history?.epoch ?? '', pos: Number(pos ?? 0) });
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
      asRaised: t.field({
        type: asRaised,
        nullable: true,
        description:
          'What it is about as it stood when it was raised; `ticket`, `clock` and `task` tell how they stand now. Null on alerts raised before there was this field.',
        select: { asRaised: true },
        resolve: (alert) => (alert.asRaised === null ? null : fromJson<AsRaised>(alert.asRaised)),
      }),
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

  const { AlertFilter, found } = addAlertFilter(builder, enums);
  builder.queryField('alerts', (t) =>
    listField(t, refs, 'Alert', {
      description: 'The newest first.',
      args: { filter: t.arg({ type: AlertFilter }) },
      rows: ({ filter }, context) => {
        const actor = actorOf(context);
        if (!may(actor, 'followAlerts')) throw asExecutionError(new Forbidden());
        return found(filter, actor);
      },
      order: () => ({ field: 'pos', direction: 'DESC', nullable: false, unique: true }),
    }),
  );

  builder.mutationField('acknowledgeAlert', (t) =>
    command(t, 'Alert', {
      args: { id: t.arg.id({ required: true }), note: t.arg.string() },
      run: (services, caller, { id, note }) => acknowledgeAlert(services, caller, idOf('Alert', id), note ?? null),
    }),
  );

  addAlertLadder(builder);
  addAlertStream(builder, enums, refs, AlertFilter);
}
