/**
 * What belongs to a line and a place, and is seen by those who see these: the names of the relations that lead from a model to
 * the row that says which (none where it says so itself). The one declaration for both nets: objects that are read by their id
 * (schema/nodes.ts) and the policies of the tables (row-policies.ts, decision 0100). A test finds a model that should be here.
 */
export const BOUND_ROWS = {
  Alert: [],
  AnnualListEntry: ['customer'],
  Application: [],
  Approval: [],
  ApprovalStep: ['approval'],
  Assessment: ['customer'],
  Attachment: [],
  BudgetAccount: [],
  ConsentDecision: ['customer'],
  Contact: ['customer'],
  Contract: [],
  CurrentFigure: ['customer'],
  Customer: [],
  Disclosure: [],
  Dispute: [],
  Figure: ['customer'],
  Grade: ['customer'],
  ImprovementMeasure: [],
  Interaction: ['customer'],
  MaintenancePlan: ['customer'],
  Meeting: [],
  Message: [],
  PeriodReport: [],
  PlanMeasure: ['plan', 'customer'],
  PlanVersion: ['plan', 'customer'],
  PolicyRecord: [],
  PolicyRecordStep: ['record'],
  PolicyRecordVersion: ['record'],
  Resolution: [],
  ServiceSample: [],
  SlaClock: [],
  SurveyResponse: ['customer'],
  Task: [],
  Ticket: [],
  TicketEvent: ['ticket'],
  TicketLink: ['ticket'],
  VipCard: [],
} as const satisfies Readonly<Record<string, readonly string[]>>;

export type BoundModel = keyof typeof BOUND_ROWS;

/**
 * Of these the application's rule is the only net. Their lists are found in indexes by what PostgreSQL does not take for leakproof (an
 * enum's equality), which under a policy is no condition of an index: a page took three times as long (decision 0100).
 */
export const WITHOUT_POLICY: readonly BoundModel[] = [
  'Alert',
  'Approval',
  'ApprovalStep',
  'Grade',
  'SlaClock',
  'Task',
  'Ticket',
];

/** Rows of these that are of no customer, which others see too: records about people and lines, by a rule of their own (`maySeeRecord`). */
export const SEEN_OTHERWISE: Readonly<Partial<Record<BoundModel, string>>> = {
  PolicyRecord: '"customer_id" is null',
  // Those of such records (server/domain/files/file-scope.ts).
  Attachment: '"customer_id" is null',
};
