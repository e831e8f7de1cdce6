import type { Prisma } from '../../../prisma/generated/client/client.ts';
import type { Role } from '../../../prisma/generated/client/enums.ts';
import { Act } from '../../engine/services/act.ts';
import type { Caller, Services } from '../../engine/services/services.ts';
import { WriteSet } from '../../platform/storage/write-set.ts';
import { InvalidInput, NotFound } from '../../platform/values/errors.ts';
import { newId } from '../../platform/values/ids.ts';
import { lateFrom } from '../../platform/values/late.ts';

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
  const input = { policyId, summary };
  const first = await Act.begin(services, caller, 'reportDataLeak').once(
    'reportDataLeak',
    idempotencyKey,
    input,
    (act) => report(act, input),
  );
  return {
    id: first.id,
    reportedAt: new Date(first.reportedAt),
    investigationDueAt: new Date(first.investigationDueAt),
  };
}

/** A report as it is stored for repetitions. */
type StoredReport = { id: string; reportedAt: string; investigationDueAt: string };

async function report(act: Act, { policyId, summary }: DataLeak): Promise<StoredReport> {
  const { services, actor } = act;
  if (!services.policies.get(policyId) || !actor.policyIds.includes(policyId)) throw new NotFound('Policy');
  const reason = checkedSummary(summary);
  const branchId = (await services.actors.organisation()).officeOf(policyId) ?? actor.branchId;
  const director = await act.prisma.staff.findFirst({
    where: { branchId, active: true, roles: { has: 'DIRECTOR' } },
    orderBy: { createdAt: 'asc' },
    select: { id: true },
  });
  // The instant of the report itself: none before what was looked up for it.
  const reporting = act.at(services.clock.now());
  const reportedAt = reporting.now;
  const dueAt = new Date(reportedAt.getTime() + INVESTIGATION_HOURS * 3_600_000);
  const made = { id: newId(), reportedAt: reportedAt.toISOString(), investigationDueAt: dueAt.toISOString() };
  const bound = { policyId, branchId };
  await reporting.commit({
    answer: made,
    audit: reporting.audit('REPORT_DATA_LEAK', { type: 'DataLeak', id: made.id, ...bound }, { reason }),
    writes: new WriteSet()
      .insert('alert', leakAlert(made.id, bound, reportedAt))
      .insert('task', investigation(made.id, bound, { at: reportedAt, dueAt, assigneeId: director?.id ?? null })),
  });
  return made;
}

function checkedSummary(summary: string): string {
  const text = summary.trim();
  if (text === '') throw new InvalidInput([{ path: 'input.summary', message: 'is empty' }]);
  if (text.length > 4_000)
    throw new InvalidInput([{ path: 'input.summary', message: 'is longer than 4,000 characters' }]);
  return text;
}

interface Bound {
  readonly policyId: string;
  readonly branchId: string;
}

function leakAlert(id: string, bound: Bound, raisedAt: Date): Prisma.AlertUncheckedCreateInput {
  return {
    id: newId(),
    dedupeKey: `leak:${id}`,
    kind: 'DATA_LEAK',
    severity: 'CRITICAL',
    raisedAt,
    message: {
      en: 'A data leak was reported; an internal investigation is open.',
      zh: '发现客户信息泄露，已启动内部调查。',
    },
    audience: [...AUDIENCE],
    ...bound,
  };
}

/** The internal investigation of a leak, as the task of the line's director. */
function investigation(
  id: string,
  bound: Bound,
  { at, dueAt, assigneeId }: { readonly at: Date; readonly dueAt: Date; readonly assigneeId: string | null },
): Prisma.TaskUncheckedCreateInput {
  return {
    id: newId(),
    key: `leak:${id}:investigation`,
    title: { en: 'Internal investigation of a data leak', zh: '客户信息泄露内部调查' },
    origin: 'MANUAL',
    status: 'OPEN',
    dueAt,
    nextFireAt: lateFrom(dueAt),
    purpose: 'OTHER',
    ...bound,
    assigneeId,
    createdAt: at,
  };
}
