import type { MeasureAnswer } from '../../../engine/policy/answers.ts';
import type { InstalledPolicy } from '../../../engine/policy/policies.ts';
import { businessLine } from '../../../engine/services/business-line.ts';
import type { Caller, Services } from '../../../engine/services/services.ts';
import { type Period, periodBefore } from '../../../engine/sla/periods.ts';
import type { Actor } from '../../../platform/access/actor.ts';
import { requirePermission } from '../../../platform/access/permissions.ts';
import { visibleSql } from '../../../platform/access/scope.ts';
import { InvalidInput } from '../../../platform/values/errors.ts';
import { mayOpenFile } from '../../records/seen-by.ts';
import { figuresOf } from './scorecard-figures.ts';
import { type StaffScore, staffScores } from './staff.ts';
import { type StaffFigure, staffFigures } from './staff-figures.ts';

export interface Scorecard {
  readonly figures: Readonly<Record<string, string>>;
  readonly before: Readonly<Record<string, string>>;
  readonly targets: MeasureAnswer;
  readonly staff: readonly StaffScore[];
  readonly staffFigures: readonly StaffFigure[];
}

/** The targets that a policy sets, against the figures of a period, and what each person did in it. */
export async function scorecard(
  services: Services,
  { actor }: Caller,
  policyId: string,
  period: Period,
): Promise<Scorecard> {
  requirePermission(actor, 'readScorecard');
  const policy = businessLine(services.policies.get(policyId), policyId);
  if (period.to < period.from) throw new InvalidInput([{ path: 'period.to', message: 'lies before period.from' }]);
  const scope = visibleSql(actor, 't');
  const days = Math.round((period.to.getTime() - period.from.getTime()) / 86_400_000) + 1;
  // The period before it has to be one that the database knows too.
  if (days > 3_660 || period.from.getUTCFullYear() < 1900)
    throw new InvalidInput([{ path: 'period', message: 'begins in 1900 or later and is no longer than ten years' }]);
  const [figures, before, staff, ofStaff] = await Promise.all([
    figuresOf(services.database, policy, scope, period),
    figuresOf(services.database, policy, scope, periodBefore(period)),
    staffScores(services.database, policy, scope, period),
    staffFigures(services.database, policy, scope, period, opensFileOf(actor, policy)),
  ]);
  const day = (date: Date) => date.toISOString().slice(0, 10);
  const { answer } = await services.policies.ask(policyId, 'measure', {
    period: { from: day(period.from), to: day(period.to) },
    figures,
    before,
    records: figures,
  });
  return { figures, before, targets: answer, staff, staffFigures: ofStaff };
}

/** Whether the viewer may know what is counted in a person's file: the person, or who opens the files of all below. */
export function opensFileOf(actor: Actor, { declaration }: InstalledPolicy) {
  return ({ id, branchId }: { readonly id: string; readonly branchId: string }): boolean =>
    id === actor.id || mayOpenFile(actor, declaration, { id, branchId, rank: 1 });
}
