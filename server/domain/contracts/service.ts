import type { Contract } from '../../../prisma/generated/client/client.ts';
import type { Caller, Services } from '../../engine/services/services.ts';
import { requirePermission } from '../../platform/access/permissions.ts';
import { visible } from '../../platform/access/scope.ts';
import { auditRow, writeAudit } from '../../platform/audit/audit.ts';
import { noteRefusedRead } from '../../platform/audit/refused-read.ts';
import { answerOnce, type Repeatable, writeOnce } from '../../platform/storage/idempotency.ts';
import { inTransaction } from '../../platform/storage/transaction.ts';
import { isUniqueViolation } from '../../platform/storage/unique.ts';
import { WriteSet } from '../../platform/storage/write-set.ts';
import { Conflict, InvalidInput, NotFound, Refused } from '../../platform/values/errors.ts';
import { newId } from '../../platform/values/ids.ts';
import { requireReason } from '../../platform/values/reason.ts';
import { addApproval } from '../approvals/route.ts';
import { CUSTOMER_FACTS, customerFacts } from '../customers/facts.ts';
import { customerFor, refuseErased } from '../customers/find.ts';
import { archiveOf, checkContract, grantEndsAt } from './rules.ts';

// A contract is filed, read by those who see its customer, and archived. From then on the director alone opens it; all others
// ask, and an approved request opens it for so many hours (S01-bank-relationship-dept, A-067, A-068). Each opening and each
// refusal is in the audit trail.

export interface NewContract {
  readonly customerId: string;
  readonly name: string;
  readonly content: string;
}

/** Files a contract; its text is sealed. Returns its id. */
export async function fileContract(
  services: Services,
  caller: Caller,
  input: NewContract,
  idempotencyKey?: string | null,
): Promise<string> {
  requirePermission(caller.actor, 'fileContract');
  const request = { actorId: caller.actor.id, mutation: 'fileContract', key: idempotencyKey, input };
  return answerOnce(services.database, request, () => file(services, caller, input, request));
}

async function file(services: Services, caller: Caller, input: NewContract, request: Repeatable): Promise<string> {
  const { database, clock, sealer } = services;
  const { actor, requestId } = caller;
  const issues = checkContract(input);
  if (issues.length > 0) throw new InvalidInput(issues);
  const customer = await customerFor(database, actor, input.customerId, { id: true, policyId: true, branchId: true });
  if (!customer) throw new NotFound('Customer');
  const now = clock.now();
  const id = newId();
  const { policyId, branchId } = customer;
  const writes = new WriteSet()
    .insert('contract', {
      id,
      policyId,
      branchId,
      customerId: customer.id,
      name: input.name,
      contentSealed: sealer.seal(input.content, placeOf(id)),
      version: 1,
      filedById: actor.id,
      filedAt: now,
    })
    .insert(
      'audit_entry',
      auditRow({
        at: now,
        actorId: actor.id,
        requestId,
        action: 'FILE_CONTRACT',
        subject: { type: 'Contract', id },
        policyId,
        branchId,
        customerId: customer.id,
        changes: [{ field: 'name', before: null, after: input.name }],
      }),
    );
  try {
    return await writeOnce(database, request, now, writes, id);
  } catch (error) {
    if (isUniqueViolation(error))
      throw new InvalidInput([{ path: 'input.name', message: 'is taken within the policy' }]);
    throw error;
  }
}

/** Archives a contract. @throws {Conflict} it is no longer at `expectedVersion` */
export async function archiveContract(
  services: Services,
  caller: Caller,
  { id, expectedVersion }: { readonly id: string; readonly expectedVersion: number },
): Promise<string> {
  const { database, clock } = services;
  requirePermission(caller.actor, 'fileContract');
  const contract = await contractOf(services, caller, id);
  await refuseErasedOwner(services, contract);
  if (contract.archivedAt) throw Refused.because('ARCHIVED', 'The contract is in the archive already.');
  const now = clock.now();
  await inTransaction(database, async (tx) => {
    const { count } = await tx.contract.updateMany({
      where: { id, version: expectedVersion, archivedAt: null },
      data: { archivedAt: now, version: { increment: 1 } },
    });
    if (count === 0) throw new Conflict(contract.version);
    await writeAudit(tx, {
      ...entryOf(contract, caller, now, 'ARCHIVE_CONTRACT'),
      changes: [{ field: 'archivedAt', before: null, after: now.toISOString() }],
    });
  });
  return id;
}

/** Asks to open an archived contract; the policy's route says who decides. Returns the approval's id. */
export async function requestArchiveAccess(
  services: Services,
  caller: Caller,
  { contractId, reason }: { readonly contractId: string; readonly reason: string },
): Promise<string> {
  const { database, clock, policies, actors, calendars } = services;
  const { actor } = caller;
  requirePermission(actor, 'openContract');
  requireReason(reason);
  const contract = await contractOf(services, caller, contractId);
  await refuseErasedOwner(services, contract);
  if (!contract.archivedAt) throw Refused.because('NOT_ARCHIVED', 'The contract is not archived: open it.');
  const customer = await database.prisma.customer.findUniqueOrThrow({
    where: { id: contract.customerId },
    select: CUSTOMER_FACTS,
  });
  const policy = policies.get(contract.policyId);
  if (!policy) throw new NotFound('Policy');
  const now = clock.now();
  const organisation = await actors.organisation();
  const route = await policies.ask(contract.policyId, 'route', {
    now: now.toISOString(),
    kind: 'ARCHIVE_ACCESS',
    amount: null,
    cumulated: null,
    requester: { roles: actor.roles, atHeadOffice: organisation.headOffice(actor.branchId) === actor.branchId },
    customer: customerFacts(policy.declaration, customer),
    request: {},
  });
  const writes = new WriteSet();
  const approvalId = addApproval(writes, {
    request: {
      kind: 'ARCHIVE_ACCESS',
      subject: { type: 'Contract', id: contract.id },
      policyId: contract.policyId,
      branchId: contract.branchId,
      customer,
      requestedById: actor.id,
      reason: reason.trim(),
    },
    route,
    organisation,
    calendars,
    at: now,
  });
  await inTransaction(database, async (tx) => {
    await writes.execute(tx);
    await writeAudit(tx, {
      ...entryOf(contract, caller, now, 'REQUEST_ARCHIVE_ACCESS'),
      reason: reason.trim(),
    });
  });
  services.alerts.wake();
  return approvalId;
}

export interface OpenedContract {
  readonly contract: Contract;
  readonly content: string | null;
  /** Until when an approved request opens it again; null where none is needed. */
  readonly until: Date | null;
}

/**
 * The text of a contract, once; each opening is in the audit trail, and so is each refusal.
 *
 * @throws {Refused} it is archived, and the caller is no director and has no approved request in force
 */
export async function openContract(services: Services, caller: Caller, id: string): Promise<OpenedContract> {
  const { database, clock, policies, sealer } = services;
  const { actor } = caller;
  requirePermission(actor, 'openContract');
  const contract = await contractOf(services, caller, id);
  const now = clock.now();
  const policy = policies.get(contract.policyId);
  if (!policy) throw new NotFound('Policy');
  const { opensArchived, requestHours } = archiveOf(policy.declaration);
  const isFree = contract.archivedAt === null || actor.roles.some((role) => opensArchived.includes(role));
  let until: Date | null = null;
  let approvalId: string | null = null;
  if (!isFree) {
    const granted = await database.prisma.approval.findFirst({
      where: { kind: 'ARCHIVE_ACCESS', subjectId: id, requestedById: actor.id, state: 'APPROVED' },
      orderBy: { decidedAt: 'desc' },
      select: { id: true, decidedAt: true },
    });
    until = granted?.decidedAt ? grantEndsAt(granted.decidedAt, requestHours) : null;
    if (!until || until <= now) {
      await writeAudit(database.prisma, entryOf(contract, caller, now, 'REFUSED_OPEN_CONTRACT'));
      throw Refused.because(
        'ARCHIVED',
        until
          ? `Your request held for ${requestHours} hours; ask again.`
          : 'An archived contract is opened by the director, or with an approved request.',
      );
    }
    approvalId = granted?.id ?? null;
  }
  await writeAudit(database.prisma, {
    ...entryOf(contract, caller, now, 'OPEN_CONTRACT'),
    changes: approvalId ? [{ field: 'approval', before: null, after: approvalId }] : [],
  });
  const content = contract.contentSealed && sealer.open(contract.contentSealed, placeOf(id));
  return { contract, content, until };
}

/** Of what a deleted customer signed the name and the dates are kept; they change no more. */
async function refuseErasedOwner({ database }: Services, { customerId }: Contract): Promise<void> {
  refuseErased(await database.prisma.customer.findUnique({ where: { id: customerId }, select: { erasedAt: true } }));
}

async function contractOf(services: Services, caller: Caller, id: string): Promise<Contract> {
  const { prisma } = services.database;
  const contract = await prisma.contract.findFirst({ where: { id, ...visible(caller.actor) } });
  if (contract) return contract;
  const hidden = await prisma.contract.findUnique({ where: { id }, select: { customerId: true } });
  if (hidden) noteRefusedRead(services, caller, hidden.customerId);
  throw new NotFound('Contract');
}

function entryOf(contract: Contract, { actor, requestId }: Caller, at: Date, action: string) {
  const { id, policyId, branchId, customerId } = contract;
  return {
    at,
    actorId: actor.id,
    requestId,
    action,
    subject: { type: 'Contract', id },
    policyId,
    branchId,
    customerId,
  };
}

/** Where a contract's text is sealed to. */
export function placeOf(contractId: string): string {
  return `contract|content|${contractId}`;
}
