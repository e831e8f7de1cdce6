import type { Prisma } from '../prisma/generated/client/client.ts';
import type { AlertRow, AlertSeverity } from '../server/engine/alert-log/row.ts';
import { visibleAlertParts } from '../server/engine/alert-log/stream.ts';
import type { Actor } from '../server/platform/access/actor.ts';
import type { Builder } from './base/builder.ts';
import type { Enums } from './base/enums.ts';
import { idsOf } from './base/ids.ts';

const SEVERITIES: readonly AlertSeverity[] = ['INFO', 'WARNING', 'CRITICAL'];

/** What is asked of alerts: for the table, and row by row for streams. The two say the same. */
export function addAlertFilter(builder: Builder, enums: Enums) {
  const AlertFilter = builder.inputType('AlertFilter', {
    fields: (t) => ({
      policyId: t.id(),
      kinds: t.field({ type: [enums.AlertKind] }),
      minSeverity: t.field({ type: enums.AlertSeverity }),
      severities: t.field({ type: [enums.AlertSeverity], description: 'Just these.' }),
      minTierRank: t.int(),
      branchIds: t.idList(),
      customerId: t.id(),
      ticketId: t.id(),
      mine: t.boolean({
        description: 'Only alerts whose audience includes the viewer, or whose ticket the viewer handles.',
      }),
      unacknowledged: t.boolean({ description: 'Only those that nobody has taken on, and whose matter is open.' }),
      open: t.boolean({
        description: 'Only those whose matter is open, whoever has them; `false`: whose matter is over.',
      }),
      acknowledged: t.boolean({ description: 'Only those that somebody has taken on; of a stream that is none.' }),
    }),
  });

  const found = (filter: (typeof AlertFilter)['$inferInput'] | null | undefined, actor: Actor) => ({
    parts: visibleAlertParts(actor, {
      policyId: filter?.policyId,
      branchIds: filter?.branchIds && idsOf('Branch', filter.branchIds),
    }).flatMap((part): Prisma.AlertWhereInput[] => {
      const mine = [{ audience: { hasSome: [...actor.roles] } }, { assigneeId: actor.id }];
      return filter?.mine ? mine.map((own) => ({ AND: [part, own] })) : [part];
    }),
    where: whereOf(filter),
  });
  return { AlertFilter, found };
}

type Filter = ReturnType<typeof addAlertFilter>['AlertFilter']['$inferInput'];

/** What is asked of alerts beside whose they are. */
function whereOf(filter: Filter | null | undefined): Prisma.AlertWhereInput {
  return {
    AND: [
      { pos: { not: null } },
      filter?.kinds ? { kind: { in: filter.kinds } } : {},
      filter?.minSeverity ? { severity: { in: SEVERITIES.slice(SEVERITIES.indexOf(filter.minSeverity)) } } : {},
      filter?.severities ? { severity: { in: filter.severities } } : {},
      filter?.minTierRank != null ? { tierRank: { gte: filter.minTierRank } } : {},
      filter?.customerId ? { customerId: { in: idsOf('Customer', [filter.customerId]) } } : {},
      filter?.ticketId ? { ticketId: { in: idsOf('Ticket', [filter.ticketId]) } } : {},
      filter?.unacknowledged ? { acknowledgedAt: null, endedAt: null } : {},
      filter?.open == null ? {} : { endedAt: filter.open ? null : { not: null } },
      filter?.acknowledged ? { acknowledgedAt: { not: null } } : {},
    ],
  };
}

export type AlertFilterRef = ReturnType<typeof addAlertFilter>['AlertFilter'];

/** Whether a row of the log passes the filter, as far as that is the same for everybody: see `concerns`. */
export function matchesFilter(filter: AlertFilterRef['$inferInput'], row: AlertRow): boolean {
  if (filter.policyId && row.policyId !== filter.policyId) return false;
  if (filter.kinds && !filter.kinds.includes(row.kind)) return false;
  if (filter.minSeverity && SEVERITIES.indexOf(row.severity) < SEVERITIES.indexOf(filter.minSeverity)) return false;
  if (filter.severities && !filter.severities.includes(row.severity)) return false;
  if (filter.minTierRank != null && (row.tierRank ?? Number.NEGATIVE_INFINITY) < filter.minTierRank) return false;
  if (filter.branchIds && !idsOf('Branch', filter.branchIds).includes(row.branchId)) return false;
  if (filter.customerId && !idsOf('Customer', [filter.customerId]).includes(row.customerId ?? '')) return false;
  if (filter.ticketId && !idsOf('Ticket', [filter.ticketId]).includes(row.ticketId ?? '')) return false;
  // What becomes of an alert is told to whoever shows it: those who ask for what is open have to hear that it is over.
  return row.update !== null || isOfState(filter, row);
}

function isOfState({ acknowledged, unacknowledged, open }: AlertFilterRef['$inferInput'], row: AlertRow): boolean {
  if (acknowledged && row.acknowledgedAt === null) return false;
  if (open != null && open !== (row.endedAt === null)) return false;
  return !unacknowledged || (row.acknowledgedAt === null && row.endedAt === null);
}

/** Whether a row is the viewer's own, where the filter asks for those: by the roles of now, as rights are. */
export function concerns(
  filter: AlertFilterRef['$inferInput'],
  row: AlertRow,
  actor: Pick<Actor, 'id' | 'roles'>,
): boolean {
  return !filter.mine || row.assigneeId === actor.id || row.audience.some((role) => actor.roles.includes(role));
}
