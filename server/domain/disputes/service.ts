import type { Dispute, Prisma } from '../../../prisma/generated/client/client.ts';
import type { InstalledPolicy } from '../../engine/policy/policies.ts';
import { Act } from '../../engine/services/act.ts';
import { ownLine } from '../../engine/services/business-line.ts';
import type { Caller, Services } from '../../engine/services/services.ts';
import { endSubjectClocks, subjectClockRow } from '../../engine/sla/subject-clock.ts';
import { WriteSet } from '../../platform/storage/write-set.ts';
import { Conflict, InvalidInput, type Issue } from '../../platform/values/errors.ts';
import { newId } from '../../platform/values/ids.ts';
import { refuse } from '../../platform/values/refusals.ts';

// A dispute goes OPEN → MEDIATION → ARBITRATION, and from the last two to SETTLED. Mediation has a neutral mediator and a
// third party as witness, without whom nothing is settled and nothing goes to arbitration, which is HR's and ends with a written
// result. One that is open for longer than the policy's parameter says goes on to mediation by itself, and is told of; who
// mediates it is named then (S01-bank-relationship-dept, A-079; X-03).

/** The key of the clock that runs until a dispute is settled. */
function disputeKey(id: string): string {
  return `dispute:${id}`;
}

/** What opens a dispute. */
interface NewDispute {
  readonly policyId: string;
  readonly subject: string;
  readonly parties: string;
  readonly openedAt?: Date | null;
}

/** Opens a dispute between people of the line. Returns its id. */
export async function openDispute(services: Services, caller: Caller, input: NewDispute): Promise<string> {
  const act = Act.begin(services, caller, 'openDispute');
  const policy = ownLine(services, act.actor, input.policyId);
  const openedAt = input.openedAt ?? act.now;
  const issues = checkDispute(input, act.now);
  if (issues.length > 0) throw new InvalidInput(issues);
  const id = newId();
  const bound = { policyId: input.policyId, branchId: act.actor.branchId };
  const clock = disputeClock(services.calendars, policy, { id, openedAt, ...bound });
  const writes = new WriteSet().insert('dispute', {
    id,
    ...bound,
    subject: input.subject.trim(),
    parties: input.parties.trim(),
    stage: 'OPEN',
    openedById: act.actor.id,
    openedAt,
    dueAt: clock?.dueAt ?? null,
  });
  if (clock) writes.insert('subject_clock', clock);
  await act.commit({ answer: id, audit: act.audit('OPEN_DISPUTE', { type: 'Dispute', id, ...bound }), writes });
  return id;
}

function checkDispute({ subject, parties, openedAt }: NewDispute, now: Date): Issue[] {
  const issues: Issue[] = [];
  if (subject.trim() === '') issues.push({ path: 'input.subject', message: 'is empty' });
  if (parties.trim() === '') issues.push({ path: 'input.parties', message: 'is empty' });
  if (openedAt && openedAt > now) issues.push({ path: 'input.openedAt', message: 'lies ahead' });
  return issues;
}

/** The clock that sends a dispute on to mediation; null where the policy sets no days. */
function disputeClock(
  calendars: Services['calendars'],
  { declaration, parameters, version }: InstalledPolicy,
  { id, openedAt, ...bound }: { id: string; openedAt: Date; policyId: string; branchId: string },
) {
  const name = declaration.disputes?.days;
  const days = name === undefined ? undefined : parameters[name];
  if (typeof days !== 'number') return null;
  const about = {
    key: disputeKey(id),
    subject: { type: 'Dispute', id },
    ...bound,
    alertKind: 'TASK_OVERDUE' as const,
    label: { en: 'Internal dispute: mediation, then arbitration by HR', zh: '内部争议：转入调解，再由人力资源仲裁' },
    audience: ['SUPERVISOR', 'DIRECTOR'] as const,
    policyVersion: version,
    within: { target: { kind: 'DURATION' as const, minutes: days * 1440 } },
  };
  return subjectClockRow(calendars, about, openedAt);
}

/** Brings a dispute before a neutral mediator, with a witness of neither party. */
export async function mediateDispute(
  services: Services,
  caller: Caller,
  input: { readonly id: string; readonly mediator: string; readonly witness: string },
): Promise<string> {
  const act = Act.begin(services, caller, 'settleDispute');
  const issues = (['mediator', 'witness'] as const).flatMap((field) =>
    input[field].trim() === '' ? [{ path: `input.${field}`, message: 'is empty' }] : [],
  );
  if (issues.length === 0 && isSame(input.mediator, input.witness))
    issues.push({ path: 'input.witness', message: 'is the mediator: the witness is a third party' });
  if (issues.length > 0) throw new InvalidInput(issues);
  const data = { stage: 'MEDIATION' as const, mediator: input.mediator.trim(), witness: input.witness.trim() };
  return move(act, input.id, ['OPEN', 'MEDIATION'], data);
}

function isSame(one: string, other: string): boolean {
  const plain = (name: string) => name.normalize('NFKC').replace(/\s+/g, ' ').trim().toLowerCase();
  return plain(one) === plain(other);
}

/**
 * Brings a dispute that mediation did not settle before HR.
 *
 * @throws {Refused} DISPUTE_STAGE: nobody has mediated it
 */
export async function arbitrateDispute(services: Services, caller: Caller, id: string): Promise<string> {
  return move(Act.begin(services, caller, 'settleDispute'), id, ['MEDIATION'], { stage: 'ARBITRATION' });
}

/**
 * Settles a dispute with its written result.
 *
 * @throws {Refused} DISPUTE_STAGE: nobody has mediated it
 */
export async function settleDispute(
  services: Services,
  caller: Caller,
  input: { readonly id: string; readonly result: string },
): Promise<string> {
  const act = Act.begin(services, caller, 'settleDispute');
  if (input.result.trim() === '')
    throw new InvalidInput([{ path: 'result', message: 'is empty: a result is written' }]);
  const data = { stage: 'SETTLED' as const, result: input.result.trim(), settledAt: act.now };
  return move(act, input.id, ['MEDIATION', 'ARBITRATION'], data);
}

async function move(
  act: Act,
  id: string,
  from: readonly Dispute['stage'][],
  data: Prisma.DisputeUpdateManyMutationInput & { readonly stage: Dispute['stage'] },
): Promise<string> {
  const dispute = await act.found('Dispute', act.prisma.dispute.findFirst({ where: act.one(id) }));
  const { stage, policyId, branchId } = dispute;
  const lacksMediator = data.stage !== 'MEDIATION' && !(dispute.mediator && dispute.witness);
  if (!from.includes(stage) || lacksMediator) throw refuse('DISPUTE_STAGE', { from: stage, to: data.stage });
  await act.commit({
    audit: act.audit(
      'MOVE_DISPUTE',
      { type: 'Dispute', id, policyId, branchId },
      { changes: [{ field: 'stage', before: stage, after: data.stage }] },
    ),
    alerts: true,
    async change(tx) {
      const { count } = await tx.dispute.updateMany({ where: { id, stage }, data });
      if (count === 0) throw new Conflict(null);
      if (data.stage === 'SETTLED') await endSubjectClocks(tx, [disputeKey(id)], 'FULFILLED', act.now);
    },
  });
  return id;
}
