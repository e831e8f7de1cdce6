import type { RecordState } from '../../../prisma/generated/client/enums.ts';
import type { RecordStep } from '../../engine/policy/contract/records.ts';
import type { Act } from '../../engine/services/act.ts';
import type { KnownRecord } from './find-record.ts';
import { nextDue, type StepClock, stepClocks } from './record-clocks.ts';
import { fieldsOf } from './record-facts.ts';
import { approvalNext, endsWith, roundOf, standingOf, type TakenStep } from './rules.ts';

/** How a record goes on after something happened to it. */
export interface Onward {
  readonly state: RecordState;
  readonly stepCode: string | null;
  readonly ends: boolean;
  readonly endedAt: Date | null;
  /** The approval that comes next by itself. */
  readonly approval: RecordStep | null;
  readonly clocks: readonly StepClock[];
  readonly nextDueAt: Date | null;
  /** When the step that was taken had been due. */
  readonly dueBefore: Date | null;
  dueOf(code: string): Date | null;
}

/**
 * A record after a step is taken, or with other fields.
 *
 * @param step null where none is taken
 * @param fields what it says from now on
 */
export function afterStep(
  act: Pick<Act, 'services' | 'now'>,
  record: KnownRecord,
  step: RecordStep | null,
  fields: Readonly<Record<string, unknown>> = fieldsOf(record.row),
): Onward {
  const { row, declared, standing } = record;
  const before = clocksOf(act, record, row.steps, fieldsOf(row));
  const dueBefore = before.find(({ code }) => code === step?.code)?.dueAt ?? null;
  const taken: readonly TakenStep[] = step
    ? [
        ...row.steps.filter(({ code, state }) => !(code === step.code && state === 'PENDING_APPROVAL')),
        {
          code: step.code,
          round: roundOf(row.steps, step.code),
          state: 'DONE',
          dueAt: null,
          takenAt: act.now,
          decidedAt: null,
        },
      ]
    : row.steps;
  const after = step ? standingOf(declared, taken) : standing;
  const ends = step !== null && endsWith(declared, step, after);
  const approval = step && !ends ? approvalNext(declared, after) : null;
  const clocks = ends ? [] : clocksOf(act, record, taken, fields);
  return {
    state: ends ? 'CLOSED' : approval ? 'PENDING_APPROVAL' : 'OPEN',
    stepCode: step?.code ?? row.stepCode,
    ends,
    endedAt: ends ? act.now : null,
    approval,
    clocks,
    nextDueAt: nextDue(clocks),
    dueBefore,
    dueOf: (code) => clocks.find((clock) => clock.code === code)?.dueAt ?? null,
  };
}

/** The clocks that run for a record with these steps and fields. */
export function clocksOf(
  act: Pick<Act, 'services'>,
  { row, declared, policy, subject }: Pick<KnownRecord, 'row' | 'declared' | 'policy' | 'subject'>,
  taken: readonly TakenStep[],
  fields: Readonly<Record<string, unknown>>,
): StepClock[] {
  const { id, branchId, personId, ticketId, startedById, startedAt } = row;
  const owner = { id, branchId, customer: subject.customer, personId, ticketId, startedById };
  const standing = standingOf(declared, taken);
  return stepClocks(act.services.calendars, declared, owner, { policy, startedAt, fields, taken, standing });
}
