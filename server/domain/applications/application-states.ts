import type { ApplicationState } from '../../../prisma/generated/client/enums.ts';
import type { MoveTable } from '../../engine/services/move-table.ts';
import { refuse } from '../../platform/values/refusals.ts';

/**
 * The moves of an application.
 *
 *     submit ─> PENDING ── approve ─> APPROVED ── carry out
 *                 │  ^ └── reject ──> REJECTED
 *         return ─┘  └─ resubmit ─ RETURNED
 *
 * It is carried out once, which leaves its state as it is; an emergency was carried out when it was submitted.
 */
export const APPLICATION = {
  submit: { from: [], to: 'PENDING', by: 'submitApplication' },
  approve: { from: ['PENDING'], to: 'APPROVED', by: null },
  return: { from: ['PENDING'], to: 'RETURNED', by: null },
  reject: { from: ['PENDING'], to: 'REJECTED', by: null },
  resubmit: {
    from: ['RETURNED'],
    to: 'PENDING',
    by: 'submitApplication',
    otherwise: (state) => refuse('NOT_RETURNED', { state }),
  },
  carryOut: {
    from: ['APPROVED'],
    to: null,
    by: 'carryOutApplication',
    otherwise: (state) => refuse('NOT_APPROVED', { state }),
  },
} as const satisfies MoveTable<ApplicationState>;
