import * as stored from '../../prisma/generated/client/enums.ts';
import type { Builder } from './builder.ts';

/** The contract's enumerations; where a model stores one, its values are the model's. */
export function addEnums(builder: Builder) {
  const of = <V extends string>(name: string, values: Readonly<Record<string, V>>, description?: string) =>
    builder.enumType(name, { values: Object.values(values), ...(description && { description }) });
  return {
    Locale: builder.enumType('Locale', { values: ['EN', 'ZH'] as const }),
    CustomerKind: of('CustomerKind', stored.CustomerKind),
    CustomerStage: of('CustomerStage', stored.CustomerStage),
    SlaState: of('SlaState', stored.SlaState, 'The worst open clock.'),
    TicketStatus: of('TicketStatus', stored.TicketStatus),
    TicketEventKind: of('TicketEventKind', stored.TicketEventKind),
    ClockMetric: of('ClockMetric', stored.ClockMetric),
    ClockState: of(
      'ClockState',
      stored.ClockState,
      'BREACHED once the due instant is past; it stays so when it is fulfilled late or another level is due later.',
    ),
    GradeState: of('GradeState', stored.GradeState),
    GradeReason: of('GradeReason', stored.GradeReason),
    BudgetEntryKind: of('BudgetEntryKind', stored.BudgetEntryKind),
    Channel: of('Channel', stored.Channel),
    DisputeStage: of('DisputeStage', stored.DisputeStage),
    ResolutionState: of('ResolutionState', stored.ResolutionState),
    Direction: of('Direction', stored.Direction),
    Purpose: of('Purpose', stored.Purpose, 'The six contents of a callback, and the other reasons to meet a customer.'),
    PlanStatus: of('PlanStatus', stored.PlanStatus),
    TaskStatus: of('TaskStatus', stored.TaskStatus),
    TaskOrigin: of('TaskOrigin', stored.TaskOrigin),
    AssessmentResult: of('AssessmentResult', stored.AssessmentResult),
    AssessmentStatus: of('AssessmentStatus', stored.AssessmentStatus),
    ApplicationState: of('ApplicationState', stored.ApplicationState),
    ApprovalState: of('ApprovalState', stored.ApprovalState),
    Decision: of('Decision', stored.Decision),
    AlertKind: of('AlertKind', stored.AlertKind),
    AlertChange: of('AlertChange', stored.AlertChange, 'What may become of an alert.'),
    AlertSeverity: of('AlertSeverity', stored.AlertSeverity),
    GradingRunState: of('GradingRunState', stored.GradingRunState),
    ImprovementStatus: of('ImprovementStatus', stored.ImprovementStatus),
    Role: of('Role', stored.Role),
    SortDirection: builder.enumType('SortDirection', { values: ['ASC', 'DESC'] as const }),
  };
}

export type Enums = ReturnType<typeof addEnums>;
