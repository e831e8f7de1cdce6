import { maskEmail, maskIdNumber, maskPhone } from '../access/mask.ts';
import { requirePermission } from '../access/permissions.ts';
import { maySee, visible } from '../access/scope.ts';
import type { Sealer } from '../access/seal.ts';
import { auditRow, changesBetween, writeAudit } from '../audit/audit.ts';
import { noteRefusedRead } from '../audit/refused-read.ts';
import type { Caller, Services } from '../context.ts';
import { Conflict, InvalidInput, type Issue, NotFound, Refused } from '../errors.ts';
import type { Prisma } from '../generated/prisma/client.ts';
import type { CustomerKind, CustomerStage } from '../generated/prisma/enums.ts';
import { endGradesWithoutConsent } from '../grades/consent.ts';
import { writeOnce } from '../idempotency.ts';
import { newId } from '../ids.ts';
import { guard } from '../policy/guard.ts';
import type { InstalledPolicy } from '../policy/policies.ts';
import { inTransaction } from '../storage/transaction.ts';
import { isUniqueViolation } from '../storage/unique.ts';
import { WriteSet } from '../storage/write-set.ts';
import { CUSTOMER_FACTS, customerFacts } from './facts.ts';
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
) {
  const { database, clock, policies, sealer } = services;
  const { actor, requestId } = caller;
  requirePermission(actor, 'createCustomer');
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
  const repeatable = { actorId: actor.id, mutation: 'createCustomer', key: idempotencyKey, input };
  try {
    return await writeOnce(database, repeatable, now, writes, id);
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
        // Churn counts who left within a period, so the day on which somebody lapses stands in the file.
        ...(input.stage && input.stage !== before.stage && { departedAt: input.stage === 'LAPSED' ? now : null }),
        version: { increment: 1 },
        updatedAt: now,
      },
    });
    if (count === 0) throw new Conflict(await versionOf(tx, input.id));
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

/** Who lapses departs now; who comes back is in the active archive again. */
function departure(before: { readonly departedAt: Date | null }, stage: CustomerStage | null | undefined, now: Date) {
  if (stage == null) return {};
  return stage === 'LAPSED' ? { departedAt: before.departedAt ?? now } : { departedAt: null, archivedAt: null };
}

export interface ConsentInput {
  readonly customerId: string;
  readonly vipService: boolean;
  readonly marketing: boolean;
  readonly evidence?: string | null;
  /** Whether data may go to third parties; left out: as before. */
  readonly thirdPartyDisclosure?: boolean | null;
}

/** Records a decision on consent; a withdrawal of VIP service ends the grades that need it. */
export async function recordConsent(services: Services, caller: Caller, input: ConsentInput): Promise<string> {
  const { database, clock, policies } = services;
  const { actor, requestId } = caller;
  requirePermission(actor, 'recordConsent');
  const now = clock.now();
  const before = await database.prisma.customer.findFirst({
    where: { id: input.customerId, ...visible(actor) },
    select: { ...CUSTOMER_FACTS, mayDisclose: true, erasedAt: true },
  });
  if (!before) throw new NotFound('Customer');
  refuseErased(before);
  const { vipService, marketing, evidence = null, thirdPartyDisclosure: disclosure = null } = input;
  await inTransaction(database, async (tx) => {
    await tx.customer.update({
      where: { id: before.id },
      data: {
        vipConsent: vipService,
        marketingConsent: marketing,
        ...(disclosure !== null && { mayDisclose: disclosure }),
        consentAt: now,
        version: { increment: 1 },
        updatedAt: now,
      },
      select: { id: true },
    });
    const writes = new WriteSet().insert('consent_decision', {
      id: newId(),
      customerId: before.id,
      vipService,
      marketing,
      disclosure,
      evidence,
      decidedAt: now,
      byId: actor.id,
    });
    if (!vipService) await endGradesWithoutConsent(tx, writes, policies, before, now);
    await writes.execute(tx);
    await writeAudit(tx, {
      at: now,
      actorId: actor.id,
      requestId,
      action: 'RECORD_CONSENT',
      subject: { type: 'Customer', id: before.id },
      policyId: before.policyId,
      branchId: before.branchId,
      customerId: before.id,
      reason: evidence,
      changes: changesBetween(
        { vipService: before.vipConsent, marketing: before.marketingConsent, thirdPartyDisclosure: before.mayDisclose },
        { vipService, marketing, ...(disclosure !== null && { thirdPartyDisclosure: disclosure }) },
      ),
    });
  });
  return before.id;
}

/** How long clear values may stand on a screen. */
const REVEAL_MINUTES = 5;
/** Reveals of one person within an hour (reliability 3.6). */
const REVEALS_PER_HOUR = 30;

/** The clear values of a customer's identifiers, once, for a reason; each reveal is in the audit trail. */
export async function revealCustomer(services: Services, caller: Caller, id: string, reason: string) {
  const { database, clock, sealer } = services;
  const { actor, requestId } = caller;
  requirePermission(actor, 'revealCustomer');
  if (reason.trim().length < 3)
    throw new InvalidInput([{ path: 'reason', message: 'says why in at least 3 characters' }]);
  const now = clock.now();
  const customer = await database.prisma.customer.findFirst({ where: { id, ...visible(actor) } });
  if (!customer) {
    noteRefusedRead(services, caller, id);
    throw new NotFound('Customer');
  }
  await inTransaction(database, async (tx) => {
    // One person's reveals wait for each other, so that parallel ones cannot pass the quota together.
    await tx.$executeRaw`select pg_advisory_xact_lock(hashtext(${`reveal ${actor.id}`}))`;
    const since = new Date(now.getTime() - 3_600_000);
    const count = await tx.auditEntry.count({
      where: { actorId: actor.id, action: 'REVEAL_CUSTOMER', at: { gt: since } },
    });
    if (count >= REVEALS_PER_HOUR) {
      throw Refused.because('REVEAL_QUOTA', `You revealed ${REVEALS_PER_HOUR} files within the last hour.`);
    }
    await writeAudit(tx, {
      at: now,
      actorId: actor.id,
      requestId,
      action: 'REVEAL_CUSTOMER',
      subject: { type: 'Customer', id },
      policyId: customer.policyId,
      branchId: customer.branchId,
      customerId: id,
      reason,
    });
  });
  const clear = (sealed: string | null, field: string) => sealed && sealer.open(sealed, `customer|${field}|${id}`);
  const { sensitive = [] } = services.policies.get(customer.policyId)?.declaration ?? {};
  const known = Object.entries(unsealProfile(sealer, id, customer.profile));
  const profile = Object.fromEntries(known.filter(([field]) => sensitive.includes(field)));
  const { address } = profile;
  return {
    name: customer.name,
    phone: clear(customer.phoneSealed, 'phone'),
    email: clear(customer.emailSealed, 'email'),
    idNumber: clear(customer.idNumberSealed, 'idNumber'),
    address: typeof address === 'string' ? address : null,
    profile,
    expiresAt: new Date(now.getTime() + REVEAL_MINUTES * 60_000),
  };
}

/** The sealed value, mask and blind index of each identifier that is given. */
export function sealIdentifiers(
  sealer: Sealer,
  customerId: string,
  given: { readonly phone?: string | null; readonly email?: string | null; readonly idNumber?: string | null },
  policy: InstalledPolicy,
) {
  const sealed = (value: string, field: string) => sealer.seal(value, `customer|${field}|${customerId}`);
  const { phone, email, idNumber } = given;
  return {
    ...(phone && {
      phoneSealed: sealed(phone, 'phone'),
      phoneMask: maskPhone(phone, policy.declaration.phoneMask),
      phoneIndex: sealer.blindIndex(phone),
    }),
    ...(email && {
      emailSealed: sealed(email, 'email'),
      emailMask: maskEmail(email),
      emailIndex: sealer.blindIndex(email),
    }),
    ...(idNumber && {
      idNumberSealed: sealed(idNumber, 'idNumber'),
      idNumberMask: maskIdNumber(idNumber),
      idNumberIndex: sealer.blindIndex(idNumber),
    }),
  };
}

/** @throws {InvalidInput} there is no such business line, or it is switched off */
export function businessLine(policy: InstalledPolicy | undefined, policyId: string): InstalledPolicy {
  if (!policy?.declaration.businessLine) {
    throw new InvalidInput([{ path: 'input.policyId', message: `${policyId} is no business line` }]);
  }
  return policy;
}

async function checkManager({ database }: Services, managerId: string): Promise<Issue[]> {
  const manager = await database.prisma.staff.findUnique({ where: { id: managerId }, select: { active: true } });
  return manager?.active ? [] : [{ path: 'input.managerId', message: 'is nobody who works here' }];
}

/** @throws {Refused} the customer was deleted: nobody writes into what is left of the file */
function refuseErased({ erasedAt }: { readonly erasedAt: Date | null }): void {
  if (erasedAt) throw Refused.because('ERASED', 'The customer was deleted.');
}

async function versionOf(tx: Prisma.TransactionClient, id: string): Promise<number | null> {
  return (await tx.customer.findUnique({ where: { id }, select: { version: true } }))?.version ?? null;
}
