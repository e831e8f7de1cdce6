import type { MilestoneDeclaration, PlanKindDeclaration, Policy } from '../../engine/policy/contract.ts';
import { own } from '../../platform/values/own.ts';

const DAY = 86_400_000;

/** What the policy declares of a kind of plan; nothing where it is the usual one. */
export function planKind({ plans }: Policy, kind: string): PlanKindDeclaration | undefined {
  return own(plans?.kinds, kind);
}

/** Whether a milestone closes a plan of a kind that is closed only after the customer confirmed: the one that is due with its end. */
export function takesConfirmation(kind: PlanKindDeclaration | undefined, milestone: string): boolean {
  const due = kind?.milestones?.[milestone]?.due;
  return kind?.needsConfirmation === true && due !== undefined && 'at' in due && due.at === 'END';
}

/**
 * The day by whose end a milestone is due: so many days after the approval, halfway through the plan by time, or the plan's
 * last (S01-bank-relationship-dept). Days as midnights UTC.
 */
export function milestoneDueOn(
  { due }: Pick<MilestoneDeclaration, 'due'>,
  { startsOn, endsOn }: { readonly startsOn: Date; readonly endsOn: Date },
  approvedOn: Date,
): Date {
  if ('after' in due) return new Date(approvedOn.getTime() + due.days * DAY);
  if (due.at === 'END') return endsOn;
  const days = Math.floor((endsOn.getTime() - startsOn.getTime()) / DAY / 2);
  return new Date(startsOn.getTime() + days * DAY);
}
