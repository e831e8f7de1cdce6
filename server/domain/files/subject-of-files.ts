import type { Act } from '../../engine/services/act.ts';
import { requirePermission } from '../../platform/access/permissions.ts';
import { NotFound } from '../../platform/values/errors.ts';
import { refuse } from '../../platform/values/refusals.ts';
import { refuseErased } from '../customers/find-customer.ts';
import { visibleRecords } from '../records/seen-by.ts';

/** Things that have files, with the column of the attachment that names each. */
export const COLUMN_OF = {
  Ticket: 'ticketId',
  MaintenancePlan: 'planId',
  Record: 'recordId',
  Contract: 'contractId',
} as const;
export type SubjectType = keyof typeof COLUMN_OF;

/** What a file is, or is to be, attached to. */
export interface SubjectOfFiles {
  readonly type: SubjectType;
  readonly id: string;
  readonly policyId: string;
  readonly branchId: string;
  readonly customerId: string | null;
  /** Of a record, whom it is about. */
  readonly personId: string | null;
}

/**
 * What files are to be changed of, where the actor sees it and may work on it.
 *
 * @throws {NotFound} there is none, or none that the actor may see
 * @throws {Forbidden} the actor does not work on such things
 * @throws {Refused} its customer was deleted, or it is in the archive
 */
export async function subjectOfFiles(act: Act, type: SubjectType, id: string): Promise<SubjectOfFiles> {
  const { prisma, actor, services } = act;
  const select = {
    policyId: true,
    branchId: true,
    customerId: true,
    customer: { select: { erasedAt: true } },
  } as const;
  switch (type) {
    case 'Ticket': {
      requirePermission(actor, 'workTicket');
      return known(type, id, await prisma.ticket.findFirst({ where: act.one(id), select }));
    }
    case 'MaintenancePlan': {
      requirePermission(actor, 'draftPlan');
      return known(type, id, await prisma.maintenancePlan.findFirst({ where: act.one(id), select }));
    }
    case 'Contract': {
      requirePermission(actor, 'fileContract');
      const asked = { where: act.one(id), select: { ...select, archivedAt: true } };
      const contract = await prisma.contract.findFirst(asked);
      if (contract?.archivedAt) throw refuse('ARCHIVED/already');
      return known(type, id, contract);
    }
    case 'Record': {
      requirePermission(actor, 'workRecord');
      const where = { AND: [{ id }, visibleRecords(services.policies, actor)] };
      return known(type, id, await prisma.policyRecord.findFirst({ where, select: { ...select, personId: true } }));
    }
  }
}

interface Found {
  readonly policyId: string;
  readonly branchId: string;
  readonly customerId: string | null;
  readonly personId?: string | null;
  readonly customer: { readonly erasedAt: Date | null } | null;
}

function known(type: SubjectType, id: string, found: Found | null): SubjectOfFiles {
  if (!found) throw new NotFound(type);
  refuseErased(found.customer);
  const { policyId, branchId, customerId, personId = null } = found;
  return { type, id, policyId, branchId, customerId, personId };
}
