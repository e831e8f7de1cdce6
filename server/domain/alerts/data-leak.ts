import type { Role } from '../../../prisma/generated/client/enums.ts';
import type { Caller, Services } from '../../engine/services/services.ts';
import { requirePermission } from '../../platform/access/permissions.ts';
import { writeAudit } from '../../platform/audit/audit.ts';
import { answerOnce, once, type Repeatable } from '../../platform/storage/idempotency.ts';
import { inTransaction } from '../../platform/storage/transaction.ts';
import { WriteSet } from '../../platform/storage/write-set.ts';
import { InvalidInput, NotFound } from '../../platform/values/errors.ts';
import { newId } from '../../platform/values/ids.ts';

export interface DataLeak {
  readonly policyId: string;
  /** What leaked and how it was found out. It goes to the audit trail alone: alerts and tasks carry no details. */
  readonly summary: string;
}

export interface DataLeakReport {
  readonly id: string;
  readonly reportedAt: Date;
  readonly investigationDueAt: Date;
}

/** Who hears of it at once; nobody else sees the alert (maySeeAlert). */
const AUDIENCE: readonly Role[] = ['DIRECTOR', 'AUDITOR', 'ADMIN'];

/** Hours within which the internal investigation reports. Ours. */
const INVESTIGATION_HOURS = 24;

/**
 * Records a data leak: an immediate alert, and an internal investigation as a task of the line's director
 * (S01-bank-relationship-dept, A-077).
 *
 * @throws {NotFound} the caller does not work for the line
 * @throws {InvalidInput} nothing is said about the leak
 */
export async function reportDataLeak(
  services: Services,
  caller: Caller,
  { policyId, summary }: DataLeak,
  idempotencyKey?: string | null,
): Promise<DataLeakReport> {
  const { actor } = caller;
  requirePermission(actor, 'reportDataLeak');
  const input = { policyId, summary };
  const request = { actorId: actor.id, mutation: 'reportDataLeak', key: idempotencyKey, input };
  const first = await answerOnce(services.database, request, () => report(services, caller, input, request));
  return {
    id: first.id,
    reportedAt: new Date(first.reportedAt),
    investigationDueAt: new Date(first.investigationDueAt),
  };
}

/** A report as it is stored for repetitions. */
type StoredReport = { id: string; reportedAt: string; investigationDueAt: string };

async function report(
  services: Services,
  caller: Caller,
  { policyId, summary }: DataLeak,
  request: Repeatable,
): Promise<StoredReport> {
  const { database, clock, policies, actors, alerts } = services;
  const { actor, requestId } = caller;
  if (!policies.get(policyId) || !actor.policyIds.includes(policyId)) throw new NotFound('Policy');
  const text = summary.trim();
  if (text === '') throw new InvalidInput([{ path: 'input.summary', message: 'is empty' }]);
  if (text.length > 4_000)
    throw new InvalidInput([{ path: 'input.summary', message: 'is longer than 4,000 characters' }]);
  const branchId = (await actors.organisation()).officeOf(policyId) ?? actor.branchId;
  const director = await database.prisma.staff.findFirst({
    where: { branchId, active: true, roles: { has: 'DIRECTOR' } },
    orderBy: { createdAt: 'asc' },
    select: { id: true },
  });

  const reportedAt = clock.now();
  const dueAt = new Date(reportedAt.getTime() + INVESTIGATION_HOURS * 3_600_000);
  const made = { id: newId(), reportedAt: reportedAt.toISOString(), investigationDueAt: dueAt.toISOString() };
  const writes = new WriteSet()
    .insert('alert', {
      id: newId(),
      dedupeKey: `leak:${made.id}`,
      kind: 'DATA_LEAK',
      severity: 'CRITICAL',
      raisedAt: reportedAt,
      message: {
        en: 'A data leak was reported; an internal investigation is open.',
        zh: '发现客户信息泄露，已启动内部调查。',
      },
      audience: [...AUDIENCE],
      policyId,
      branchId,
    })
    .insert('task', {
      id: newId(),
      key: `leak:${made.id}:investigation`,
      title: { en: 'Internal investigation of a data leak', zh: '客户信息泄露内部调查' },
      origin: 'MANUAL',
      status: 'OPEN',
      dueAt,
      nextFireAt: dueAt,
      purpose: 'OTHER',
      policyId,
      branchId,
      assigneeId: director?.id ?? null,
      createdAt: reportedAt,
    });
  const first = await inTransaction(database, (tx) =>
    once(tx, request, reportedAt, async () => {
      await writes.execute(tx);
      await writeAudit(tx, {
        at: reportedAt,
        actorId: actor.id,
        requestId,
        action: 'REPORT_DATA_LEAK',
        subject: { type: 'DataLeak', id: made.id },
        policyId,
        branchId,
        reason: text,
      });
      return made;
    }),
  );
  alerts.wake();
  return first;
}
