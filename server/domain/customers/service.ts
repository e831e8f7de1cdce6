import type { Prisma } from '../../../prisma/generated/client/client.ts';
import type { CustomerKind, CustomerStage } from '../../../prisma/generated/client/enums.ts';
import { guard } from '../../engine/policy/guard.ts';
import { businessLine } from '../../engine/services/business-line.ts';
import type { Caller, Services } from '../../engine/services/services.ts';
import { requirePermission } from '../../platform/access/permissions.ts';
import { maySee, visible } from '../../platform/access/scope.ts';
import { auditRow, changesBetween, writeAudit } from '../../platform/audit/audit.ts';
import { answerOnce, type Repeatable, writeOnce } from '../../platform/storage/idempotency.ts';
import { inTransaction } from '../../platform/storage/transaction.ts';
import { isUniqueViolation } from '../../platform/storage/unique.ts';
import { WriteSet } from '../../platform/storage/write-set.ts';
import { Conflict, InvalidInput, type Issue, NotFound } from '../../platform/values/errors.ts';
import { newId } from '../../platform/values/ids.ts';
import { handOverTasks } from '../tasks/hand-over.ts';
import { customerFacts } from './facts.ts';
import { refuseErased } from './find.ts';
import { sealIdentifiers } from './identifiers.ts';
import { readProfile, sealProfile, unsealProfile } from './profile.ts';
import { checkBirthday, checkCustomerFields, nameWords } from './rules.ts';

export interface NewCustomer {
  readonly policyId: string;
  readonly number: string;
  readonly kind: CustomerKind;
  readonly stage?: CustomerStage | null;
  readonly name: string;
  readonly phone?: string | null;
  readonly email?: string | null;
  readonly idNumber?: string | null;
  readonly birthday?: Date | null;
  readonly branchCode: string;
  readonly managerId?: string | null;
  readonly profile?: unknown;
  readonly consent?: { readonly vipService: boolean; readonly marketing: boolean } | null;
}

/**
 * Opens a customer's file.
 *
 * @returns the customer's id
 * @throws {InvalidInput} a field breaks its rule, the number is taken, or the branch is none of the caller's
 * @throws {Refused} the policy's guard refuses
 */
export async function createCustomer(
  services: Services,
  caller: Caller,
  input: NewCustomer,
  idempotencyKey?: string | null,
): Promise<string> {
  requirePermission(caller.actor, 'createCustomer');
  const request = { actorId: caller.actor.id, mutation: 'createCustomer', key: idempotencyKey, input };
  return answerOnce(services.database, request, () => create(services, caller, input, request));
}

async function create(services: Services, caller: Caller, input: NewCustomer, request: Repeatable): Promise<string> {
  const { database, clock, policies, sealer } = services;
  const { actor, requestId } = caller;
  const now = clock.now();
  const policy = businessLine(policies.get(input.policyId), input.policyId);
  const issues = [...checkCustomerFields(input), ...checkBirthday(input.birthday, now)];
  const branch = await database.prisma.branch.findUnique({ where: { code: input.branchCode } });
  if (!branch || !maySee(actor, { policyId: policy.declaration.id, branchId: branch.id })) {
    issues.push({ path: 'input.branchCode', message: 'is no branch of yours that runs this business line' });
  }
  if (input.managerId) issues.push(...(await checkManager(services, input.managerId)));
  if (issues.length > 0 || !branch) throw new InvalidInput(issues);
  const profile = input.profile == null ? null : readProfile(policy.declaration, input.kind, input.profile);
  const stage = input.stage ?? 'POTENTIAL';
  const managerId = input.managerId ?? (actor.roles.includes('CUSTOMER_MANAGER') ? actor.id : null);
  const consent = input.consent ?? null;
  await guard(policies, policy.declaration.id, {
    now: now.toISOString(),
    action: 'CREATE_CUSTOMER',
    viewer: { roles: actor.roles },
    customer: customerFacts(policy.declaration, {
      kind: input.kind,
      stage,
      grade: null,
      vipConsent: consent?.vipService ?? null,
      marketingConsent: consent?.marketing ?? null,
      profile: profile as Prisma.JsonValue,
    }),
    ticket: null,
    input: { consent },
  });

  const id = newId();
  const writes = new WriteSet().insert('customer', {
    id,
    policyId: policy.declaration.id,
    number: input.number.trim(),
    kind: input.kind,
    stage,
    name: input.name.trim(),
    nameWords: nameWords(input.name),
    branchId: branch.id,
    managerId,
    birthday: input.birthday ?? null,
    ...sealIdentifiers(sealer, id, input, policy),
    ...(profile && { profile: sealProfile(sealer, policy.declaration, id, profile) as Prisma.InputJsonObject }),
    vipConsent: consent?.vipService ?? null,
    marketingConsent: consent?.marketing ?? null,
    consentAt: consent && now,
    version: 1,
    createdAt: now,
    updatedAt: now,
  });
  if (consent) {
    writes.insert('consent_decision', { id: newId(), customerId: id, ...consent, decidedAt: now, byId: actor.id });
  }
  writes.insert(
    'audit_entry',
    auditRow({
      at: now,
      actorId: actor.id,
      requestId,
      action: 'CREATE_CUSTOMER',
      subject: { type: 'Customer', id },
      policyId: policy.declaration.id,
      branchId: branch.id,
      customerId: id,
      changes: changesBetween({}, { number: input.number, kind: input.kind, stage, branch: branch.code }),
    }),
  );
  try {
    return await writeOnce(database, request, now, writes, id);
  } catch (error) {
    if (isUniqueViolation(error))
      throw new InvalidInput([{ path: 'input.number', message: 'is taken within the policy' }]);
    throw error;
  }
}

export interface CustomerUpdate {
  readonly id: string;
  readonly expectedVersion: number;
  readonly stage?: CustomerStage | null;
  readonly name?: string | null;
  readonly phone?: string | null;
  readonly email?: string | null;
  readonly birthday?: Date | null;
  readonly managerId?: string | null;
  readonly profile?: unknown;
}

/** Fields whose values do not stand in the audit trail: that they changed does. */
const HIDDEN = ['name', 'phone', 'email', 'birthday', 'profile'];

/**
 * Changes a customer's file; a field that is left out stays.
 *
 * @throws {Conflict} the file is no longer at `expectedVersion`
 */
export async function updateCustomer(services: Services, caller: Caller, input: CustomerUpdate): Promise<string> {
  const { database, clock, policies, sealer } = services;
  const { actor, requestId } = caller;
  requirePermission(actor, 'updateCustomer');
  const now = clock.now();
  const before = await database.prisma.customer.findFirst({
    where: { id: input.id, ...visible(actor) },
    include: { grade: true },
  });
  if (!before) throw new NotFound('Customer');
  refuseErased(before);
  const policy = businessLine(policies.get(before.policyId), before.policyId);
  const issues = [...checkCustomerFields(input), ...checkBirthday(input.birthday, now)];
  if (input.managerId) issues.push(...(await checkManager(services, input.managerId)));
  if (issues.length > 0) throw new InvalidInput(issues);
  const profile = input.profile == null ? undefined : readProfile(policy.declaration, before.kind, input.profile);
  const given = Object.fromEntries(
    Object.entries({
      stage: input.stage,
      name: input.name?.trim(),
      phone: input.phone,
      email: input.email,
      birthday: input.birthday,
      managerId: input.managerId,
      profile,
    }).filter(([, value]) => value !== null && value !== undefined),
  );
  await guard(policies, before.policyId, {
    now: now.toISOString(),
    action: 'UPDATE_CUSTOMER',
    viewer: { roles: actor.roles },
    customer: customerFacts(policy.declaration, before),
    ticket: null,
    input: { stage: input.stage ?? null },
  });
  const { phone: _phone, email: _email, profile: _profile, ...columns } = given;
  await inTransaction(database, async (tx) => {
    const { count } = await tx.customer.updateMany({
      where: { id: input.id, version: input.expectedVersion },
      data: {
        ...columns,
        ...departure(before, input.stage, now),
        ...(input.name && { nameWords: nameWords(input.name) }),
        ...sealIdentifiers(sealer, input.id, input, policy),
        ...(profile && {
          profile: sealProfile(sealer, policy.declaration, input.id, profile) as Prisma.InputJsonObject,
        }),
        version: { increment: 1 },
        updatedAt: now,
      },
    });
    if (count === 0) throw new Conflict(await versionOf(tx, input.id));
    if (input.managerId && input.managerId !== before.managerId)
      await handOverTasks(tx, [{ id: input.id, from: before.managerId }]);
    await writeAudit(tx, {
      at: now,
      actorId: actor.id,
      requestId,
      action: 'UPDATE_CUSTOMER',
      subject: { type: 'Customer', id: input.id },
      policyId: before.policyId,
      branchId: before.branchId,
      customerId: input.id,
      changes: changesBetween(
        {
          ...before,
          phone: null,
          email: null,
          profile: before.profile && unsealProfile(sealer, input.id, before.profile),
        },
        given,
        HIDDEN,
      ),
    });
  });
  return input.id;
}

/**
 * Who lapses departs now, for churn counts who left within a period; who comes back is in the active archive again.
 */
function departure(
  before: { readonly stage: CustomerStage; readonly departedAt: Date | null },
  stage: CustomerStage | null | undefined,
  now: Date,
) {
  if (stage == null) return {};
  if (stage !== 'LAPSED') return { departedAt: null, archivedAt: null };
  return { departedAt: (before.stage === 'LAPSED' ? before.departedAt : null) ?? now };
}

async function checkManager({ database }: Services, managerId: string): Promise<Issue[]> {
  const manager = await database.prisma.staff.findUnique({ where: { id: managerId }, select: { active: true } });
  return manager?.active ? [] : [{ path: 'input.managerId', message: 'is nobody who works here' }];
}

async function versionOf(tx: Prisma.TransactionClient, id: string): Promise<number | null> {
  return (await tx.customer.findUnique({ where: { id }, select: { version: true } }))?.version ?? null;
}
