import type { Contract } from '../../../prisma/generated/client/client.ts';
import { Act, type Subject } from '../../engine/services/act.ts';
import type { Caller, Services } from '../../engine/services/services.ts';
import { isUniqueViolation } from '../../platform/storage/unique-violation.ts';
import { WriteSet } from '../../platform/storage/write-set.ts';
import { Conflict, InvalidInput, NotFound } from '../../platform/values/errors.ts';
import { newId } from '../../platform/values/ids.ts';
import { requireReason } from '../../platform/values/reason.ts';
import { refuse } from '../../platform/values/refusals.ts';
import { addAskedApproval } from '../approvals/ask-approval.ts';
import { CUSTOMER_FACTS, customerFacts } from '../customers/customer-facts.ts';
import { customerFor, refuseErased } from '../customers/find-customer.ts';
import { followCustomerEvent } from '../records/customer-events.ts';
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
  return Act.begin(services, caller, 'fileContract').once('fileContract', idempotencyKey, input, (act) =>
    file(act, input),
  );
}

async function file(act: Act, input: NewContract): Promise<string> {
  const { database, sealer } = act.services;
  const issues = checkContract(input);
  if (issues.length > 0) throw new InvalidInput(issues);
  const customer = await act.found('Customer', customerFor(database, act.actor, input.customerId, CUSTOMER_FACTS));
  const id = newId();
  const about = { policyId: customer.policyId, branchId: customer.branchId, customerId: customer.id };
  const writes = new WriteSet().insert('contract', {
    id,
    ...about,
    name: input.name,
    contentSealed: sealer.seal(input.content, placeOf(id)),
    version: 1,
    filedById: act.actor.id,
    filedAt: act.now,
  });
  const changes = [{ field: 'name', before: null, after: input.name }];
  const entry = act.audit('FILE_CONTRACT', { type: 'Contract', id, ...about }, { changes });
  const event = { kind: 'CONTRACT_FILED' as const };
  const policy = act.policyOf(customer);
  const applyStage = await followCustomerEvent(act, writes, { key: `contract:${id}`, policy, customer, event });
  try {
    return await act.commit({
      answer: id,
      audit: entry,
      writes,
      async change(tx) {
        await applyStage(tx);
        return id;
      },
    });
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
  const act = Act.begin(services, caller, 'fileContract');
  const contract = await contractOf(act, id);
  await refuseErasedOwner(act, contract);
  if (contract.archivedAt) throw refuse('ARCHIVED/already');
  const changes = [{ field: 'archivedAt', before: null, after: act.now.toISOString() }];
  await act.commit({
    audit: act.audit('ARCHIVE_CONTRACT', subjectOf(contract), { changes }),
    async change(tx) {
      const { count } = await tx.contract.updateMany({
        where: { id, version: expectedVersion, archivedAt: null },
        data: { archivedAt: act.now, version: { increment: 1 } },
      });
      if (count === 0) throw new Conflict(contract.version);
    },
  });
  return id;
}

/** Asks to open an archived contract; the policy's route says who decides. Returns the approval's id. */
export async function requestArchiveAccess(
  services: Services,
  caller: Caller,
  { contractId, reason }: { readonly contractId: string; readonly reason: string },
): Promise<string> {
  const act = Act.begin(services, caller, 'openContract');
  requireReason(reason);
  const contract = await contractOf(act, contractId);
  await refuseErasedOwner(act, contract);
  if (!contract.archivedAt) throw refuse('NOT_ARCHIVED');
  const customer = await act.prisma.customer.findUniqueOrThrow({
    where: { id: contract.customerId },
    select: CUSTOMER_FACTS,
  });
  const { declaration } = act.policyOf(contract);
  const writes = new WriteSet();
  const { policyId, branchId } = contract;
  const subject = { type: 'Contract', id: contract.id };
  const request = { kind: 'ARCHIVE_ACCESS', subject, policyId, branchId, customer, reason: reason.trim() };
  const facts = { customer: customerFacts(declaration, customer), request: {} };
  const approvalId = await addAskedApproval(act, writes, request, facts);
  await act.commit({
    answer: approvalId,
    audit: act.audit('REQUEST_ARCHIVE_ACCESS', subjectOf(contract), { reason: reason.trim() }),
    writes,
    alerts: true,
  });
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
  const act = Act.begin(services, caller, 'openContract');
  const { contract, granted } = await passArchive(act, id);
  const changes = granted ? [{ field: 'approval', before: null, after: granted.approvalId }] : [];
  await act.commit({ audit: act.audit('OPEN_CONTRACT', subjectOf(contract), { changes }) });
  const content = contract.contentSealed && services.sealer.open(contract.contentSealed, placeOf(id));
  return { contract, content, until: granted?.until ?? null };
}

/**
 * A contract that the actor may open, and the approved request that opens it where one has to.
 *
 * @throws {Refused} as `openContract`, which is in the audit trail then
 */
export async function passArchive(act: Act, id: string): Promise<{ contract: Contract; granted: Grant | null }> {
  const contract = await contractOf(act, id);
  const { opensArchived, requestHours } = archiveOf(act.policyOf(contract).declaration);
  const isFree = contract.archivedAt === null || act.actor.roles.some((role) => opensArchived.includes(role));
  return { contract, granted: isFree ? null : await grantFor(act, contract, requestHours) };
}

interface Grant {
  readonly approvalId: string;
  readonly until: Date;
}

/** The approved request that opens an archived contract for the actor; that there is none is in the audit trail. */
async function grantFor(act: Act, contract: Contract, requestHours: number): Promise<Grant> {
  const approved = await act.prisma.approval.findFirst({
    where: { kind: 'ARCHIVE_ACCESS', subjectId: contract.id, requestedById: act.actor.id, state: 'APPROVED' },
    orderBy: { decidedAt: 'desc' },
    select: { id: true, decidedAt: true },
  });
  const until = approved?.decidedAt ? grantEndsAt(approved.decidedAt, requestHours) : null;
  if (approved && until && until > act.now) return { approvalId: approved.id, until };
  await act.commit({ audit: act.audit('REFUSED_OPEN_CONTRACT', subjectOf(contract)) });
  throw until ? refuse('ARCHIVED/over', { hours: requestHours }) : refuse('ARCHIVED');
}

/** Of what a deleted customer signed the name and the dates are kept; they change no more. */
async function refuseErasedOwner({ prisma }: Act, { customerId }: Contract): Promise<void> {
  refuseErased(await prisma.customer.findUnique({ where: { id: customerId }, select: { erasedAt: true } }));
}

/** A contract that the actor may see; that somebody asked for another one is noted about its customer. */
async function contractOf(act: Act, id: string): Promise<Contract> {
  const contract = await act.prisma.contract.findFirst({ where: act.one(id) });
  if (contract) return contract;
  const hidden = await act.prisma.contract.findUnique({ where: { id }, select: { customerId: true } });
  if (hidden) act.services.refusedReads.note(act.caller, hidden.customerId);
  throw new NotFound('Contract');
}

function subjectOf({ id, policyId, branchId, customerId }: Contract): Subject {
  return { type: 'Contract', id, policyId, branchId, customerId };
}

/** Where a contract's text is sealed to. */
export function placeOf(contractId: string): string {
  return `contract|content|${contractId}`;
}
