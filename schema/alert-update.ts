import { type ASTNode, Kind, visit } from 'graphql';
import type { AlertUpdated } from '../server/engine/alert-log/feed-event.ts';
import type { Builder } from './base/builder.ts';
import type { Enums } from './base/enums.ts';

/** What became of an alert, as an event of `slaAlerts`. */
export function addAlertUpdated(builder: Builder, enums: Enums, prevCursor: string) {
  return builder.objectRef<AlertUpdated>('AlertUpdated').implement({
    description:
      'Something became of an alert. It is told to documents that select this type, whatever the filter asks of the state of alerts.',
    fields: (t) => ({
      cursor: t.exposeString('cursor'),
      prevCursor: t.exposeString('prevCursor', { nullable: true, description: prevCursor }),
      replayed: t.exposeBoolean('replayed', { description: 'It came before the stream began.' }),
      change: t.field({ type: enums.AlertChange, resolve: ({ update }) => update.change }),
      at: t.field({ type: 'DateTime', resolve: ({ update }) => new Date(update.at) }),
      by: t.prismaField({
        type: 'Staff',
        nullable: true,
        description: 'Null of what came by itself.',
        resolve: (query, { update: { byId } }, _args, { services }) =>
          byId === null ? null : services.database.prisma.staff.findUnique({ ...query, where: { id: byId } }),
      }),
      alert: t.prismaField({
        type: 'Alert',
        description: 'As it is now.',
        resolve: (query, { row }, _args, { services }) =>
          services.database.prisma.alert.findUniqueOrThrow({ ...query, where: { id: row.id } }),
      }),
    }),
  });
}

/**
 * Whether a document has a place for what becomes of alerts. One from before there was any is not told: an event of which it
 * selects nothing would break its chain of cursors.
 */
export function asksForUpdates(nodes: readonly ASTNode[]): boolean {
  let asks = false;
  const look = ({
    typeCondition,
  }: {
    readonly typeCondition?: { readonly name: { readonly value: string } } | undefined;
  }) => {
    asks ||= typeCondition?.name.value === 'AlertUpdated';
  };
  for (const node of nodes) visit(node, { [Kind.INLINE_FRAGMENT]: look, [Kind.FRAGMENT_DEFINITION]: look });
  return asks;
}
