import { type Branch, type Customer, Prisma } from '../../../prisma/generated/client/client.ts';
import type { CustomerKind, CustomerStage } from '../../../prisma/generated/client/enums.ts';
import type { Policy } from '../../engine/policy/contract.ts';
import { zoneOf } from '../../engine/policy/line-zone.ts';
import type { InstalledPolicy } from '../../engine/policy/policies.ts';
import { Act } from '../../engine/services/act.ts';
import { businessLine } from '../../engine/services/business-line.ts';
import { checkGiven } from '../../engine/services/give-work.ts';
import type { Caller, Services } from '../../engine/services/services.ts';
import type { FieldCipher } from '../../platform/access/encryption.ts';
import { maySee } from '../../platform/access/scope.ts';
import { changesBetween } from '../../platform/audit/audit.ts';
import { isUniqueViolation } from '../../platform/storage/unique-violation.ts';
import { WriteSet } from '../../platform/storage/write-set.ts';
import { dateIn } from '../../platform/values/days.ts';
import { Conflict, InvalidInput, type Issue } from '../../platform/values/errors.ts';
import { refusedNulls } from '../../platform/values/given.ts';
import { newId } from '../../platform/values/ids.ts';
import { isSameRecord } from '../../platform/values/json.ts';
import { customerFacts } from './customer-facts.ts';
import { refuseErased } from './find-customer.ts';
import { identifierIn, SEARCH_FORM, sealIdentifiers } from './identifiers.ts';
import { searchColumns } from './name-search.ts';
import { readProfile, sealProfile, unsealProfile } from './profile.ts';
import { checkBirthday, checkCustomerFields, departure } from './rules.ts';
import { isManagedByAnother } from './same-customer.ts';
import { handOverTasks } from './sql-hand-over.ts';

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
  return Act.begin(services, caller, 'createCustomer').once('createCustomer', idempotencyKey, input, (act) =>
    create(act, input),
  );
}

async function create(act: Act, input: NewCustomer): Promise<string> {
  const policy = businessLine(act.services.policies.get(input.policyId), input.policyId);
  const branch = await checkNewCustomer(act, input, policy.declaration);
  const profile =
    input.profile == null
      ? null
      : await readProfile(act.services.policies, policy.declaration, input.kind, input.profile);
  const stage = input.stage ?? 'POTENTIAL';
  const consent = input.consent ?? null;
  await act.guard(policy.declaration.id, {
    action: 'CREATE_CUSTOMER',
    customer: customerFacts(policy.declaration, {
      kind: input.kind,
      stage,
      grade: null,
      vipConsent: consent?.vipService ?? null,
      marketingConsent: consent?.marketing ?? null,
      profile: profile as Prisma.JsonValue,
    }),
    input: { consent, managedByAnother: await isManagedByAnother(act, input) },
  });
  const id = newId();
  const entry = act.audit(
    'CREATE_CUSTOMER',
    { type: 'Customer', id, policyId: policy.declaration.id, branchId: branch.id },
    { changes: changesBetween({}, { number: input.number, kind: input.kind, stage, branch: branch.code }) },
  );
  const writes = rowsOfNewCustomer(act, policy, input, { id, branchId: branch.id, profile });
  try {
    await act.commit({ answer: id, audit: entry, writes });
    return id;
  } catch (error) {
    if (isUniqueViolation(error))
      throw new InvalidInput([{ path: 'input.number', message: 'is taken within the policy' }]);
    throw error;
  }
}

/** The branch that is to have the customer. */
async function checkNewCustomer(act: Act, input: NewCustomer, policy: Policy): Promise<Branch> {
  const issues = [...checkCustomerFields(input), ...checkBirthday(input.birthday, dateIn(act.now, zoneOf(policy)))];
  const branch = await act.prisma.branch.findUnique({ where: { code: input.branchCode } });
  if (!branch || !maySee(act.actor, { policyId: policy.id, branchId: branch.id })) {
    issues.push({ path: 'input.branchCode', message: 'is no branch of yours that runs this business line' });
  } else if (branch.closedAt) {
    issues.push({ path: 'input.branchCode', message: 'is a branch that is closed' });
  } else issues.push(...(await checkManager(act, input.managerId, { policyId: policy.id, branchId: branch.id })));
  if (issues.length > 0 || !branch) throw new InvalidInput(issues);
  return branch;
}

function rowsOfNewCustomer(
  { actor, now, services: { sealer } }: Act,
  policy: InstalledPolicy,
  input: NewCustomer,
  {
    id,
    branchId,
    profile,
  }: { readonly id: string; readonly branchId: string; readonly profile: Record<string, unknown> | null },
): WriteSet {
  const consent = input.consent ?? null;
  const writes = new WriteSet().insert('customer', {
    id,
    policyId: policy.declaration.id,
    number: input.number.trim(),
    kind: input.kind,
    stage: input.stage ?? 'POTENTIAL',
    departedAt: departure(null, input.stage, now).departedAt ?? null,
    name: input.name.trim(),
    ...searchColumns(input.name),
    searchForm: SEARCH_FORM,
    branchId,
    managerId: input.managerId ?? (actor.roles.includes('CUSTOMER_MANAGER') ? actor.id : null),
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
  return writes;
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
 * Changes a customer's file: a field that is left out stays, null empties it.
 *
 * @throws {Conflict} the file is no longer at `expectedVersion`
 * @throws {InvalidInput} a field breaks its rule, or the file says all of it already
 */
export async function updateCustomer(services: Services, caller: Caller, input: CustomerUpdate): Promise<string> {
  const act = Act.begin(services, caller, 'updateCustomer');
  const { id } = input;
  const before = await act.found(
    'Customer',
    act.prisma.customer.findFirst({ where: act.one(id), include: { grade: true } }),
  );
  refuseErased(before);
  const policy = businessLine(services.policies.get(before.policyId), before.policyId);
  await checkUpdate(act, input, before, policy.declaration);
  if (before.version !== input.expectedVersion) throw new Conflict(before.version);
  const { profile: wanted } = input;
  const profile =
    wanted == null ? wanted : await readProfile(services.policies, policy.declaration, before.kind, wanted);
  const given = changedFields(services.sealer, before, { ...input, profile });
  if (Object.keys(given).length === 0) throw new InvalidInput([{ path: 'input', message: 'changes nothing' }]);
  await act.guard(before.policyId, {
    action: 'UPDATE_CUSTOMER',
    customer: customerFacts(policy.declaration, before),
    input: { stage: input.stage ?? null, managedByAnother: await conflicts(act, before, input) },
  });
  const data = columnsOf(act, policy, before, given);
  const { policyId, branchId } = before;
  const changes = changesBetween(inClear(services.sealer, before), { ...given }, HIDDEN);
  await act.commit({
    audit: act.audit('UPDATE_CUSTOMER', { type: 'Customer', id, policyId, branchId }, { changes }),
    async change(tx) {
      const { count } = await tx.customer.updateMany({ where: { id, version: input.expectedVersion }, data });
      if (count === 0) throw new Conflict(await versionOf(tx, id));
      if (given.managerId !== undefined) await handOverTasks(tx, [{ id, from: before.managerId }]);
    },
  });
  return id;
}

/** Whether the file comes to be another manager's customer's, by its number or by its manager. */
function conflicts(act: Act, before: Customer, { phone, managerId }: CustomerUpdate): Promise<boolean> {
  const { policyId, id } = before;
  const { sealer } = act.services;
  const own = {
    phone: phone ?? identifierIn(sealer, before, 'phone'),
    idNumber: identifierIn(sealer, before, 'idNumber'),
  };
  if (phone == null && managerId == null) return Promise.resolve(false);
  return isManagedByAnother(act, { policyId, ...own, managerId: managerId ?? before.managerId }, id);
}

async function checkUpdate(act: Act, input: CustomerUpdate, before: Customer, policy: Policy): Promise<void> {
  const issues = [
    ...refusedNulls(input, ['name', 'stage']),
    ...checkCustomerFields(input),
    ...checkBirthday(input.birthday, dateIn(act.now, zoneOf(policy))),
  ];
  // Whoever manages the customer already may have left since; that is no fault of this change.
  if (input.managerId !== before.managerId) issues.push(...(await checkManager(act, input.managerId, before)));
  if (issues.length > 0) throw new InvalidInput(issues);
}

/** The fields of an update that change something; null empties. */
interface ChangedFields {
  readonly stage?: CustomerStage;
  readonly name?: string;
  readonly phone?: string | null;
  readonly email?: string | null;
  readonly birthday?: Date | null;
  readonly managerId?: string | null;
  readonly profile?: Record<string, unknown> | null;
}

function changedFields(
  sealer: FieldCipher,
  before: Customer,
  input: Omit<CustomerUpdate, 'profile'> & { readonly profile?: Record<string, unknown> | null | undefined },
): ChangedFields {
  const { stage, birthday, managerId, profile } = input;
  const name = input.name?.trim();
  const stored = (field: 'phone' | 'email') => identifierIn(sealer, before, field);
  const { phone, email } = input;
  return {
    ...(stage && stage !== before.stage && { stage }),
    ...(name && name !== before.name && { name }),
    ...(phone !== undefined && phone !== stored('phone') && { phone }),
    ...(email !== undefined && email !== stored('email') && { email }),
    ...(birthday !== undefined && birthday?.getTime() !== before.birthday?.getTime() && { birthday }),
    ...(managerId !== undefined && managerId !== before.managerId && { managerId }),
    ...(profile !== undefined && !isSameRecord(profile, inClear(sealer, before).profile) && { profile }),
  };
}

/** What an update writes: identifiers and the profile's sensitive fields are sealed. */
function columnsOf(
  { now, services: { sealer } }: Act,
  policy: InstalledPolicy,
  before: Customer,
  given: ChangedFields,
): Prisma.CustomerUncheckedUpdateManyInput {
  const { phone, email, profile, ...columns } = given;
  return {
    ...columns,
    ...departure(before, given.stage, now),
    ...(given.name && searchColumns(given.name)),
    ...sealIdentifiers(sealer, before.id, { phone, email }, policy),
    ...(profile && {
      profile: sealProfile(sealer, policy.declaration, before.id, profile) as Prisma.InputJsonObject,
    }),
    ...(profile === null && { profile: Prisma.DbNull }),
    version: { increment: 1 },
    updatedAt: now,
  };
}

/** A file as the audit trail compares it: identifiers are withheld, the profile is in clear. */
function inClear(sealer: FieldCipher, file: Customer): Record<string, unknown> {
  const profile = file.profile && unsealProfile(sealer, file.id, file.profile);
  return { ...file, phone: file.phoneMask, email: file.emailMask, profile };
}

type Place = Pick<Customer, 'policyId' | 'branchId'>;

function checkManager({ services }: Act, staffId: string | null | undefined, about: Place): Promise<Issue[]> {
  return checkGiven(services, about, [{ work: 'CUSTOMER', staffId, path: 'input.managerId' }]);
}

async function versionOf(tx: Prisma.TransactionClient, id: string): Promise<number | null> {
  return (await tx.customer.findUnique({ where: { id }, select: { version: true } }))?.version ?? null;
}
