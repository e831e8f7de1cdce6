import type { PlanStatus } from '../../../prisma/generated/client/enums.ts';
import type { MoveTable } from '../../engine/services/move-table.ts';
import { refuse } from '../../platform/values/refusals.ts';

/** Of the states in which what is planned is carried out. */
const IN_EXECUTION: readonly PlanStatus[] = ['APPROVED', 'IN_PROGRESS'];
const NOT_SUBMITTED: readonly PlanStatus[] = ['DRAFT', 'RETURNED'];

const locked = (done: string) => (status: PlanStatus) => refuse('LOCKED', { status, done });
const notInExecution = (done: string) => (status: PlanStatus) => refuse('NOT_IN_EXECUTION', { status, done });

/**
 * The moves of a plan.
 *
 *     DRAFT ──── submit ─> SUBMITTED ── approve ─> APPROVED ── begin ─> IN_PROGRESS
 *     RETURNED ─ submit ─>    │  │                    └──── complete ───────┴─> COMPLETED
 *        ^────── return ──────┘  └─ reject ─> CANCELLED
 *     any but SUBMITTED, COMPLETED, CANCELLED ── cancel ─> CANCELLED
 *
 * A plan is revised until it is submitted. In execution it takes tasks, spending and the customer's confirmation, and is begun by the first
 * task that is done; an improvement is recorded after it was completed.
 */
export const PLAN = {
  revise: { from: NOT_SUBMITTED, to: null, by: 'draftPlan', otherwise: locked('changed') },
  submit: {
    from: NOT_SUBMITTED,
    to: 'SUBMITTED',
    by: 'submitPlan',
    otherwise: (status) => refuse('NOT_A_DRAFT', { status }),
  },
  approve: { from: ['SUBMITTED'], to: 'APPROVED', by: null },
  return: { from: ['SUBMITTED'], to: 'RETURNED', by: null },
  reject: { from: ['SUBMITTED'], to: 'CANCELLED', by: null },
  begin: { from: ['APPROVED'], to: 'IN_PROGRESS', by: null },
  cancel: {
    from: [...NOT_SUBMITTED, ...IN_EXECUTION],
    to: 'CANCELLED',
    by: 'completePlan',
    otherwise: locked('cancelled'),
  },
  addTask: { from: IN_EXECUTION, to: null, by: 'submitPlan', otherwise: notInExecution('worked on') },
  spend: { from: IN_EXECUTION, to: null, by: 'spendBudget', otherwise: notInExecution('spent from') },
  confirm: { from: IN_EXECUTION, to: null, by: 'completePlan', otherwise: notInExecution('confirmed by the customer') },
  complete: { from: IN_EXECUTION, to: 'COMPLETED', by: 'completePlan', otherwise: notInExecution('closed') },
  improve: { from: ['COMPLETED'], to: null, by: 'completePlan', otherwise: () => refuse('NO_SUMMARY') },
} as const satisfies MoveTable<PlanStatus>;
