import { Prisma } from '../../../prisma/generated/client/client.ts';
import type { InstalledPolicy } from '../../engine/policy/policies.ts';
import { zoneOf } from '../../engine/policy/zone.ts';
import type { Caller, Services } from '../../engine/services/services.ts';
import type { TaskCompletion } from '../../engine/services/task-completion.ts';
import { may, requirePermission } from '../../platform/access/permissions.ts';
import { auditRow } from '../../platform/audit/audit.ts';
import { inTransaction } from '../../platform/storage/transaction.ts';
import { WriteSet } from '../../platform/storage/write-set.ts';
import { Forbidden, InvalidInput, NotFound, Refused } from '../../platform/values/errors.ts';
import { newId } from '../../platform/values/ids.ts';
import { refuse } from '../../platform/values/refusals.ts';
import { type Quarter, quarterNamed, quarterOf } from './quarter.ts';

// Internal audit looks at service records that were drawn at random, each quarter (S01-bank-relationship-dept, A-081). At the
// first instant of the next quarter a line that has drawn none gets a task, overdue from the beginning, which drawing a sample
// of that quarter completes.

/** Records of a sample, unless said otherwise. Ours. */
const SIZE = 20;
const MAX_SIZE = 500;

/** The key of a quarter's task; the audit's own, that nobody completes by hand. */
export function sampleTaskKey(policyId: string, { name }: Quarter): string {
  return `service-sample:${policyId}:${name}`;
}

/** Drawing a sample completes the task of its quarter, and nothing else does. */
export const serviceSampleTasks: TaskCompletion = {
  origin: 'SERVICE_SAMPLE',
  isFrom: ({ key }) => key.startsWith('service-sample:'),
  neverByHand: () => refuse('DRAW_THE_SAMPLE'),
};

export interface SampleInput {
  readonly policyId: string;
  /** How many records. */
  readonly size?: number | undefined;
  /** E.g. `2026-Q1`; the present one unless said. */
  readonly quarter?: string | null | undefined;
}

/**
 * Draws a sample of a quarter's service records, at random by the database, and completes the quarter's task if it has one.
 *
 * @returns the sample's id
 * @throws {Forbidden} the caller does not see what is head office's, where samples are kept
 * @throws {Refused} the line samples nothing, or there is nothing to draw from yet
 */
export async function drawServiceSample(
  services: Services,
  caller: Caller,
  { policyId, size = SIZE, quarter: asked }: SampleInput,
): Promise<string> {
  const { database, clock, policies, actors } = services;
  const { actor, requestId } = caller;
  if (!may(actor, 'drawServiceSample')) throw new Forbidden();
  const policy = policies.get(policyId);
  if (!policy || !actor.policyIds.includes(policyId)) throw new NotFound('Policy');
  requirePermission(actor, 'drawServiceSample', { policyId });
  if (!policy.declaration.samplesServiceRecords)
    throw Refused.because('NOTHING_TO_SAMPLE', `${policyId} samples no service records.`);
  const branchId = (await actors.organisation()).officeOf(policyId) ?? actor.branchId;
  if (size < 1 || size > MAX_SIZE)
    throw new InvalidInput([{ path: 'input.size', message: `is not between 1 and ${MAX_SIZE}` }]);
  const now = clock.now();
  const zone = zoneOf(policy.declaration);
  const quarter = asked ? quarterNamed(asked, zone) : quarterOf(now.getTime(), zone);
  if (!quarter || quarter.start > now.getTime())
    throw new InvalidInput([{ path: 'input.quarter', message: 'is no quarter that has begun, e.g. 2026-Q1' }]);
  const records = Prisma.sql`from interaction where policy_id = ${policyId}
    and happened_at >= ${new Date(quarter.start)} and happened_at < ${new Date(quarter.end)} and happened_at <= ${now}`;
  const id = newId();
  await inTransaction(database, async (tx) => {
    const [counted] = await tx.$queryRaw<{ count: number }[]>`select count(*)::int as count ${records}`;
    const population = counted?.count ?? 0;
    if (population === 0)
      throw Refused.because('NOTHING_TO_SAMPLE', `There are no service records of ${quarter.name} to draw from.`);
    const drawn = await tx.$queryRaw<{ id: string }[]>`select id ${records} order by random() limit ${size}`;
    await new WriteSet()
      .insert('service_sample', {
        id,
        policyId,
        branchId,
        quarter: quarter.name,
        population,
        interactionIds: drawn.map((record) => record.id),
        drawnById: actor.id,
        drawnAt: now,
      })
      .insert(
        'audit_entry',
        auditRow({
          at: now,
          actorId: actor.id,
          requestId,
          action: 'DRAW_SERVICE_SAMPLE',
          subject: { type: 'ServiceSample', id },
          policyId,
          branchId,
          changes: [{ field: 'records', before: null, after: `${drawn.length} of ${population}` }],
        }),
      )
      .execute(tx);
    await tx.task.updateMany({
      where: { key: sampleTaskKey(policyId, quarter), status: { in: ['OPEN', 'OVERDUE'] } },
      data: { status: 'DONE', outcome: `${drawn.length} of ${population}`, completedAt: now, nextFireAt: null },
    });
  });
  return id;
}

/** The quarter in which this process last looked back, by policy. */
const seen = new WeakMap<Services, Map<string, string>>();

/**
 * Makes a task of each line that has drawn no sample in the quarter that is over; it is overdue from the beginning, which the
 * sweep of tasks tells. Returns how many alerts were raised: none by itself.
 */
export async function sweepSamples(services: Services): Promise<0> {
  const now = services.clock.now();
  const known = seen.get(services) ?? new Map<string, string>();
  seen.set(services, known);
  for (const policy of samplingLines(services)) {
    const { id: policyId } = policy.declaration;
    const present = quarterOf(now.getTime(), zoneOf(policy.declaration));
    if (known.get(policyId) === present.name) continue;
    const over = quarterOf(present.start - 1, zoneOf(policy.declaration));
    if (await isMissing(services, policyId, over)) await addTask(services, policyId, over, now);
    known.set(policyId, present.name);
  }
  return 0;
}

/** Whether a line that was there in the quarter has drawn no sample in it. */
async function isMissing({ database }: Services, policyId: string, { name, end }: Quarter): Promise<boolean> {
  const before = { policyIds: { has: policyId }, createdAt: { lt: new Date(end) } };
  if ((await database.prisma.branch.count({ where: before })) === 0) return false;
  return (await database.prisma.serviceSample.count({ where: { policyId, quarter: name } })) === 0;
}

async function addTask({ database, actors }: Services, policyId: string, quarter: Quarter, now: Date): Promise<void> {
  const branchId = (await actors.organisation()).officeOf(policyId);
  if (!branchId) return;
  const auditor = await database.prisma.staff.findFirst({
    where: { branchId, active: true, roles: { has: 'AUDITOR' } },
    orderBy: { createdAt: 'asc' },
    select: { id: true },
  });
  const dueAt = new Date(quarter.end);
  await new WriteSet()
    .insert('task', {
      id: newId(),
      key: sampleTaskKey(policyId, quarter),
      title: {
        en: `Draw a sample of the service records of ${quarter.name}`,
        zh: `抽查 ${quarter.name} 服务记录`,
      },
      origin: 'REVIEW',
      status: 'OPEN',
      dueAt,
      nextFireAt: dueAt,
      purpose: 'OTHER',
      policyId,
      branchId,
      assigneeId: auditor?.id ?? null,
      createdAt: now,
    })
    .execute(database);
}

/** The next instant at which a quarter is over for a line that samples. */
export function nextSampleTask(services: Pick<Services, 'policies' | 'clock'>, until: Date): Date | null {
  const now = services.clock.now().getTime();
  const next = Math.min(...samplingLines(services).map(({ declaration }) => quarterOf(now, zoneOf(declaration)).end));
  return next <= until.getTime() ? new Date(next) : null;
}

function samplingLines({ policies }: Pick<Services, 'policies'>): InstalledPolicy[] {
  return policies
    .all()
    .filter(({ declaration, enabled }) => enabled && declaration.businessLine && declaration.samplesServiceRecords);
}
