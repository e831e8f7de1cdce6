import type { PrismaObjectRef } from '@pothos/plugin-prisma';
import type { Prisma } from '../../prisma/generated/client/client.ts';
import type PrismaTypes from '../../prisma/generated/pothos.ts';
import type { BenefitDeclaration, MetricDeclaration, TierDeclaration } from '../../server/engine/policy/contract.ts';
import type { InstalledPolicy } from '../../server/engine/policy/policies.ts';
import type { RequestContext } from '../../server/engine/services/services.ts';
import { parseGlobalId } from '../../server/platform/values/ids.ts';
import { actorOf, type Builder } from './builder.ts';
import type { Enums } from './enums.ts';

/** A tier with its code and the policy that declares it. */
export interface TierValue extends TierDeclaration {
  readonly code: string;
  readonly policyId: string;
}

/** A scheme with its id and the policy that declares it. */
export interface SchemeValue {
  readonly id: string;
  readonly policyId: string;
}

export interface MetricValue extends MetricDeclaration {
  readonly key: string;
}

export interface ProfileValue {
  readonly policyId: string;
  readonly kind: string;
  readonly fields: Record<string, unknown>;
}

const CONNECTED = [
  'Customer',
  'Grade',
  'Assessment',
  'MaintenancePlan',
  'Task',
  'Interaction',
  'Message',
  'Ticket',
  'TicketEvent',
  'Alert',
  'Approval',
  'AuditEntry',
] as const;
type Connected = (typeof CONNECTED)[number];

/** A model's object type by its name, so that no slice waits for another to be declared. */
function named<M extends keyof PrismaTypes>(name: M): PrismaObjectRef<Builder['$inferSchemaTypes'], PrismaTypes[M]> {
  return name as unknown as PrismaObjectRef<Builder['$inferSchemaTypes'], PrismaTypes[M]>;
}

/** Ids of another type in a filter find nothing; they are no error, for a filter narrows. */
function idsOf(type: string, ids: readonly string[]): string[] {
  return ids.flatMap((id) => {
    const parsed = parseGlobalId(id);
    return parsed?.type === type ? [parsed.id] : [];
  });
}

/** What several slices name: types of policies, connections, and the filters of what hangs on a customer. */
export function addRefs(builder: Builder, enums: Enums) {
  const edgesAndConnections = Object.fromEntries(
    CONNECTED.map((name) => {
      const edge = builder.edgeObject({ type: named(name) as never, name: `${name}Edge` });
      return [
        name,
        { edge, connection: builder.connectionObject({ type: named(name) as never, name: `${name}Connection` }, edge) },
      ];
    }),
  ) as unknown as Record<Connected, { edge: never; connection: never }>;
  const pick = (part: 'edge' | 'connection') =>
    Object.fromEntries(CONNECTED.map((name) => [name, edgesAndConnections[name][part]])) as Record<Connected, never>;

  const TaskFilter = builder.inputType('TaskFilter', {
    fields: (t) => ({
      open: t.boolean(),
      mine: t.boolean(),
      origins: t.field({ type: [enums.TaskOrigin] }),
      dueBefore: t.field({ type: 'DateTime' }),
      assigneeIds: t.idList(),
      customerId: t.id(),
    }),
  });
  const TicketFilter = builder.inputType('TicketFilter', {
    fields: (t) => ({
      open: t.boolean({ description: 'From opening until closing.' }),
      policyId: t.id(),
      customerId: t.id(),
      statuses: t.field({ type: [enums.TicketStatus] }),
      types: t.stringList(),
      levels: t.intList(),
      slaStates: t.field({ type: [enums.SlaState] }),
      minTierRank: t.int(),
      assigneeIds: t.idList(),
      dueBefore: t.field({ type: 'DateTime' }),
    }),
  });

  return {
    Customer: named('Customer'),
    Policy: builder.objectRef<InstalledPolicy>('Policy'),
    Scheme: builder.objectRef<SchemeValue>('TierScheme'),
    Tier: builder.objectRef<TierValue>('Tier'),
    Metric: builder.objectRef<MetricValue>('Metric'),
    Benefit: builder.objectRef<BenefitDeclaration & { code: string }>('Benefit'),
    Profile: builder.interfaceRef<ProfileValue>('CustomerProfile'),
    named,
    edges: pick('edge'),
    connections: pick('connection'),
    TaskFilter,
    TicketFilter,
    taskWhere(
      filter: (typeof TaskFilter)['$inferInput'] | null | undefined,
      context: RequestContext,
    ): Prisma.TaskWhereInput {
      if (!filter) return {};
      const open = { status: { in: ['OPEN', 'OVERDUE'] } } satisfies Prisma.TaskWhereInput;
      return {
        AND: [
          filter.open == null ? {} : filter.open ? open : { NOT: open },
          filter.mine ? { assigneeId: actorOf(context).id } : {},
          filter.origins ? { origin: { in: filter.origins } } : {},
          filter.dueBefore ? { dueAt: { lt: filter.dueBefore } } : {},
          filter.assigneeIds ? { assigneeId: { in: idsOf('Staff', filter.assigneeIds) } } : {},
          filter.customerId ? { customerId: { in: idsOf('Customer', [filter.customerId]) } } : {},
        ],
      };
    },
    ticketWhere(filter: (typeof TicketFilter)['$inferInput'] | null | undefined): Prisma.TicketWhereInput {
      if (!filter) return {};
      return {
        AND: [
          filter.open == null ? {} : filter.open ? { status: { not: 'CLOSED' } } : { status: 'CLOSED' },
          filter.policyId ? { policyId: filter.policyId } : {},
          filter.customerId ? { customerId: { in: idsOf('Customer', [filter.customerId]) } } : {},
          filter.statuses ? { status: { in: filter.statuses } } : {},
          filter.types ? { type: { in: filter.types } } : {},
          filter.levels ? { level: { in: filter.levels } } : {},
          // One state is an equality, so that the index that is ordered by it serves the page.
          filter.slaStates
            ? { slaState: filter.slaStates.length === 1 ? filter.slaStates[0] : { in: filter.slaStates } }
            : {},
          filter.minTierRank != null ? { tierRank: { gte: filter.minTierRank } } : {},
          filter.assigneeIds ? { assigneeId: { in: idsOf('Staff', filter.assigneeIds) } } : {},
          filter.dueBefore ? { nextDueAt: { lt: filter.dueBefore } } : {},
        ],
      };
    },
    idsOf,
  };
}

export type TypeRefs = ReturnType<typeof addRefs>;
