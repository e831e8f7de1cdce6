import type { PolicyRecord, Prisma, PrismaClient } from '../../../prisma/generated/client/client.ts';
import type { RecordFact } from '../../engine/policy/action-inputs.ts';
import type { RecordDeclaration, RecordStep } from '../../engine/policy/contract/records.ts';
import type { Policy } from '../../engine/policy/contract.ts';
import { zoneOf } from '../../engine/policy/line-zone.ts';
import { shapeOfFields } from '../../engine/policy/records/form-fields.ts';
import { dayIn } from '../../platform/values/days.ts';
import type { Action } from '../../platform/values/enums.ts';
import { fromJson } from '../../platform/values/json.ts';
import type { Text } from '../../platform/values/text.ts';
import { standingOf } from './rules.ts';

/** The most earlier records that a policy is told of. */
const EARLIER = 50;

const IN_ORDER: Prisma.PolicyRecordStepOrderByWithRelationInput[] = [{ takenAt: 'asc' }, { id: 'asc' }];

/** A record with its steps in the order in which they were taken. */
export const WITH_STEPS = { steps: { orderBy: IN_ORDER } } satisfies Prisma.PolicyRecordInclude;
export type RecordWithSteps = Prisma.PolicyRecordGetPayload<{ include: typeof WITH_STEPS }>;

/** The fields as they are stored. */
export function fieldsOf({ fields }: Pick<PolicyRecord, 'fields'>): Record<string, unknown> {
  return fromJson<Record<string, unknown>>(fields);
}

/** Fields as a policy may know them. */
export function toldFields(
  { fields, sensitive }: Pick<RecordDeclaration, 'fields' | 'sensitive'>,
  values: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  return shapeOfFields(fields, values, sensitive);
}

/** What a step brought, as a policy may know it. */
export function toldBrought({ brings }: Pick<RecordStep, 'brings'>, brought: Readonly<Record<string, unknown>>) {
  return brings ? shapeOfFields(brings, brought) : {};
}

/** What the steps before brought, by their codes. */
export function toldSteps(
  { steps = [] }: RecordDeclaration,
  row: RecordWithSteps,
): Record<string, Record<string, unknown>> {
  return Object.fromEntries(
    row.steps.flatMap(({ code, state, brought }) => {
      const step = steps.find((one) => one.code === code);
      return step?.brings && state === 'DONE' && brought ? [[code, toldBrought(step, fromJson(brought))]] : [];
    }),
  );
}

function recordFact(policy: Policy, row: RecordWithSteps, whole: string | null): RecordFact[] {
  const declared = policy.records?.[row.kind];
  if (!declared) return [];
  return [
    {
      kind: row.kind,
      state: row.state,
      status: row.status,
      steps: standingOf(declared, row.steps).done,
      startedOn: dayIn(row.startedAt, zoneOf(policy)),
      isPart: whole !== null && row.parentId === whole,
      fields: toldFields(declared, fieldsOf(row)),
    },
  ];
}

/** Which records are about the same. */
export type SameSubject = Pick<
  PolicyRecord,
  'customerId' | 'personId' | 'contractId' | 'ticketId' | 'parentId' | 'branchId'
>;

/** The filter of records about the same customer, person, thing; else about the same place. */
export function sameSubject({ customerId, personId, branchId }: SameSubject): Prisma.PolicyRecordWhereInput {
  if (customerId) return { customerId };
  if (personId) return { personId };
  return { branchId, customerId: null, personId: null };
}

/** Other records about the same subject, as a policy may know them; the latest first. */
export async function earlierRecords(
  prisma: Pick<PrismaClient, 'policyRecord'>,
  policy: Policy,
  subject: SameSubject,
  except: string | null,
): Promise<RecordFact[]> {
  const rows = await prisma.policyRecord.findMany({
    where: { policyId: policy.id, ...sameSubject(subject), ...(except && { id: { not: except } }) },
    include: WITH_STEPS,
    orderBy: [{ startedAt: 'desc' }, { id: 'desc' }],
    take: EARLIER,
  });
  return rows.flatMap((row) => recordFact(policy, row, except));
}

/** The records that an action's guard is told of: of the kinds that are `heardBy` it, about the customer or the ticket. */
export async function recordsHeardBy(
  prisma: Pick<PrismaClient, 'policyRecord'>,
  policy: Policy | undefined,
  action: Action,
  about: { readonly customerId: string; readonly ticketId?: string | null },
): Promise<{ readonly records?: readonly RecordFact[] }> {
  const kinds = Object.entries(policy?.records ?? {}).filter(([, { heardBy }]) => heardBy?.includes(action));
  // Most lines keep no such records, and their tickets cost no statement more.
  if (!policy || kinds.length === 0) return {};
  const ofTickets = kinds.flatMap(([kind, declared]) => (declared.about === 'TICKET' ? [kind] : []));
  const ofCustomers = kinds.flatMap(([kind, declared]) => (declared.about === 'CUSTOMER' ? [kind] : []));
  const ticket = about.ticketId ? [{ ticketId: about.ticketId, kind: { in: ofTickets } }] : [];
  const rows = await prisma.policyRecord.findMany({
    where: { policyId: policy.id, OR: [{ customerId: about.customerId, kind: { in: ofCustomers } }, ...ticket] },
    include: WITH_STEPS,
    orderBy: [{ startedAt: 'desc' }, { id: 'desc' }],
    take: EARLIER,
  });
  return { records: rows.flatMap((row) => recordFact(policy, row, null)) };
}

/** A step by its code and label. */
export function named({ code, label }: { readonly code: string; readonly label: Text }): Text {
  return { en: `${code} (${label.en})`, zh: `${code}（${label.zh}）` };
}
