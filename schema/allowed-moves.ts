import { APPROVAL_MOVES, allowedApprovalMoves } from '../server/domain/approvals/approval-moves.ts';
import { ASSESSMENT_MOVES, allowedAssessmentMoves } from '../server/domain/grades/assessment-moves.ts';
import { allowedPlanMoves, PLAN_MOVES } from '../server/domain/plans/plan-moves.ts';
import { allowedTaskMoves, TASK_MOVES } from '../server/domain/tasks/task-moves.ts';
import { allowedTicketMoves, TICKET_MOVES } from '../server/domain/tickets/ticket-moves.ts';
import type { AllowedMove } from '../server/engine/services/refusal-of.ts';
import type { Caller, Services } from '../server/engine/services/services.ts';
import { type Builder, callerOf } from './base/builder.ts';
import type { Effort } from './base/effort.ts';
import type { Errors } from './base/errors.ts';

/** What may be done with an object, and who tells: the same rules that judge the mutations. */
interface Moves {
  readonly moves: readonly string[];
  of(services: Services, caller: Caller, id: string): Promise<readonly AllowedMove[]>;
}

const MOVES = {
  Approval: { moves: APPROVAL_MOVES, of: allowedApprovalMoves },
  Assessment: { moves: ASSESSMENT_MOVES, of: allowedAssessmentMoves },
  MaintenancePlan: { moves: PLAN_MOVES, of: allowedPlanMoves },
  Task: { moves: TASK_MOVES, of: allowedTaskMoves },
  Ticket: { moves: TICKET_MOVES, of: allowedTicketMoves },
} as const satisfies Record<string, Moves>;

/** Each of them asks the policy: screens show them of one object, lists of few. */
const COST = 50;

/** `allowedMoves`: what the viewer may do with an object now, and why not what they may not. */
export function addAllowedMoves(builder: Builder, { Reason }: Errors): void {
  for (const type of Object.keys(MOVES) as (keyof typeof MOVES)[]) {
    const { moves, of }: Moves = MOVES[type];
    const MoveEnum = builder.enumType(`${type}Move`, {
      description: 'Each is the mutation of that name.',
      values: moves,
    });
    const Allowed = builder.objectRef<AllowedMove>(`Allowed${type}Move`).implement({
      fields: (t) => ({
        move: t.field({ type: MoveEnum, resolve: ({ move }) => move }),
        refusal: t.field({
          type: Reason,
          nullable: true,
          description: 'What its mutation would answer; null where you may make the move.',
          resolve: ({ refusal }) => refusal,
        }),
      }),
    });
    builder.prismaObjectField(type, 'allowedMoves', (t) =>
      t.field({
        type: [Allowed],
        description:
          'Judged by the rules of the mutations, as of now and as if the best were said that their inputs can say.',
        extensions: { cost: COST } satisfies Effort,
        select: { id: true },
        resolve: async ({ id }, _args, context) => [...(await of(context.services, callerOf(context), id))],
      }),
    );
  }
}
