import type { PrismaObjectRef } from '@pothos/plugin-prisma';
import type PrismaTypes from '../../prisma/generated/pothos.ts';
import type { BenefitDeclaration, MetricDeclaration, TierDeclaration } from '../../server/engine/policy/contract.ts';
import type { InstalledPolicy } from '../../server/engine/policy/policies.ts';
import type { Builder } from './builder.ts';

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

/** A model's object type by its name, so that no slice waits for another to be declared. */
function named<M extends keyof PrismaTypes>(name: M): PrismaObjectRef<Builder['$inferSchemaTypes'], PrismaTypes[M]> {
  return name as unknown as PrismaObjectRef<Builder['$inferSchemaTypes'], PrismaTypes[M]>;
}

/** What several slices name: types of policies, and the lists of models. */
export function addRefs(builder: Builder) {
  const listed = <M extends keyof PrismaTypes>(name: M) => {
    const edge = builder.edgeObject({ type: named(name), name: `${name}Edge` });
    return { edge, connection: builder.connectionObject({ type: named(name), name: `${name}Connection` }, edge) };
  };
  const lists = {
    Customer: listed('Customer'),
    Grade: listed('Grade'),
    Assessment: listed('Assessment'),
    MaintenancePlan: listed('MaintenancePlan'),
    Task: listed('Task'),
    Interaction: listed('Interaction'),
    Message: listed('Message'),
    Ticket: listed('Ticket'),
    TicketEvent: listed('TicketEvent'),
    Alert: listed('Alert'),
    Approval: listed('Approval'),
    AuditEntry: listed('AuditEntry'),
    PolicyDecision: listed('PolicyDecision'),
    PolicyShadowDifference: listed('PolicyShadowDifference'),
    Attachment: listed('Attachment'),
    Branch: listed('Branch'),
    Staff: listed('Staff'),
    RotaShift: listed('RotaShift'),
  };

  return {
    Customer: named('Customer'),
    Policy: builder.objectRef<InstalledPolicy>('Policy'),
    Scheme: builder.objectRef<SchemeValue>('TierScheme'),
    Tier: builder.objectRef<TierValue>('Tier'),
    Metric: builder.objectRef<MetricValue>('Metric'),
    Benefit: builder.objectRef<BenefitDeclaration & { code: string }>('Benefit'),
    Profile: builder.interfaceRef<ProfileValue>('CustomerProfile'),
    named,
    lists,
  };
}

export type TypeRefs = ReturnType<typeof addRefs>;
