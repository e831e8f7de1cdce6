import { zoneOf } from '../../engine/policy/line-zone.ts';
import type { InstalledPolicy } from '../../engine/policy/policies.ts';
import { Act } from '../../engine/services/act.ts';
import type { Job } from '../../engine/services/job.ts';
import type { Caller, Services } from '../../engine/services/services.ts';
import type { TaskCompletion } from '../../engine/services/task-completion.ts';
import { may, requirePermission } from '../../platform/access/permissions.ts';
import type { TransactionClient } from '../../platform/storage/transaction.ts';
import { WriteSet } from '../../platform/storage/write-set.ts';
import { Forbidden, InvalidInput, NotFound } from '../../platform/values/errors.ts';
import { newId } from '../../platform/values/ids.ts';
import { refuse } from '../../platform/values/refusals.ts';
import { type Quarter, quarterNamed, quarterOf } from './quarter.ts';
import { countRecords, drawRecords } from './sql.ts';

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
export async function drawServiceSample(services: Services, caller: Caller, input: SampleInput): Promise<string> {
  const { policyId, size = SIZE } = input;
  const act = Act.begin(services, caller, null);
  const zone = checkSampling(act, policyId);
  const branchId = (await services.actors.organisation()).officeOf(policyId) ?? act.actor.branchId;
  if (size < 1 || size > MAX_SIZE)
    throw new InvalidInput([{ path: 'input.size', message: `is not between 1 and ${MAX_SIZE}` }]);
  const quarter = begunQuarter(input.quarter, zone, act.now);
  const id = newId();
  return act.commit({
    answer: id,
    // How many were drawn shows only in the transaction.
    audit: [],
    async change(tx) {
      const { drawn, population } = await draw(tx, policyId, quarter, size, act.now);
      const outcome = `${drawn.length} of ${population}`;
      await tx.serviceSample.create({
        data: {
          id,
          policyId,
          branchId,
          quarter: quarter.name,
          population,
          interactionIds: drawn,
          drawnById: act.actor.id,
          drawnAt: act.now,
        },
        select: { id: true },
      });
      const subject = { type: 'ServiceSample', id, policyId, branchId };
      const changes = [{ field: 'records', before: null, after: outcome }];
      await act.record(tx, act.audit('DRAW_SERVICE_SAMPLE', subject, { changes }));
      await tx.task.updateMany({
        where: { key: sampleTaskKey(policyId, quarter), status: { in: ['OPEN', 'OVERDUE'] } },
        data: { status: 'DONE', outcome, completedAt: act.now, nextFireAt: null },
      });
      return id;
    },
  });
}

/**
 * The zone of a line that samples, for an actor who may draw there.
 *
 * @throws {Forbidden} the actor does not see what is head office's, where samples are kept
 * @throws {Refused} NOTHING_TO_SAMPLE: the line samples nothing
 */
function checkSampling({ services, actor }: Act, policyId: string): string {
  if (!may(actor, 'drawServiceSample')) throw new Forbidden();
  const policy = services.policies.get(policyId);
  if (!policy || !actor.policyIds.includes(policyId)) throw new NotFound('Policy');
  requirePermission(actor, 'drawServiceSample', { policyId });
  if (!policy.declaration.samplesServiceRecords) throw refuse('NOTHING_TO_SAMPLE/line', { policyId });
  return zoneOf(policy.declaration);
}

/** @throws {InvalidInput} it has not begun, or is none */
function begunQuarter(asked: string | null | undefined, zone: string, now: Date): Quarter {
  const quarter = asked ? quarterNamed(asked, zone) : quarterOf(now.getTime(), zone);
  if (!quarter || quarter.start > now.getTime())
    throw new InvalidInput([{ path: 'input.quarter', message: 'is no quarter that has begun, e.g. 2026-Q1' }]);
  return quarter;
}

/** @throws {Refused} NOTHING_TO_SAMPLE: the quarter has no records yet */
async function draw(
  tx: TransactionClient,
  policyId: string,
  { name, start, end }: Quarter,
  size: number,
  now: Date,
): Promise<{ drawn: string[]; population: number }> {
  const records = { policyId, start: new Date(start), end: new Date(end), now };
  const population = await countRecords(tx, records);
  if (population === 0) throw refuse('NOTHING_TO_SAMPLE', { quarter: name });
  return { drawn: await drawRecords(tx, records, size), population };
}

/**
 * Makes a task of each line that has drawn no sample in the quarter that is over; it is overdue from the beginning, which the
 * sweep of tasks tells.
 */
export function missingSamples(): Job {
  /** The quarter in which this process last looked back, by policy. */
  const known = new Map<string, string>();
  return {
    name: 'reports.samples',
    next: nextSampleTask,
    async run(services) {
      const now = services.clock.now();
      for (const policy of samplingLines(services)) {
        const { id: policyId } = policy.declaration;
        const present = quarterOf(now.getTime(), zoneOf(policy.declaration));
        if (known.get(policyId) === present.name) continue;
        const over = quarterOf(present.start - 1, zoneOf(policy.declaration));
        if (await isMissing(services, policyId, over)) await addTask(services, policyId, over, now);
        known.set(policyId, present.name);
      }
    },
  };
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
function nextSampleTask(services: Pick<Services, 'policies' | 'clock'>, until: Date): Date | null {
  const now = services.clock.now().getTime();
  const next = Math.min(...samplingLines(services).map(({ declaration }) => quarterOf(now, zoneOf(declaration)).end));
  return next <= until.getTime() ? new Date(next) : null;
}

function samplingLines({ policies }: Pick<Services, 'policies'>): InstalledPolicy[] {
  return policies
    .all()
    .filter(({ declaration, enabled }) => enabled && declaration.businessLine && declaration.samplesServiceRecords);
}
