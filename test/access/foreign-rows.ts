import type pg from 'pg';
import { toGlobalId } from '../../server/platform/values/ids.ts';
import type { Given } from './paths.ts';

export const PERIOD = '{ from: "2026-03-01", to: "2026-03-31" }';

/** Tables of what belongs to a customer, with how a row of outlet A's is told. */
export const TABLES: Readonly<Record<string, { readonly type: string | null; readonly where: string }>> = {
  alert_climb: { type: null, where: 'alert_id in (select id from alert where branch_id = $1)' },
  alert_update: { type: null, where: 'alert_id in (select id from alert where branch_id = $1)' },
  alert: { type: 'Alert', where: 'branch_id = $1' },
  rota_shift: { type: 'RotaShift', where: 'branch_id = $1' },
  policy_record_step: { type: null, where: 'record_id in (select id from policy_record where branch_id = $1)' },
  policy_record_version: { type: null, where: 'record_id in (select id from policy_record where branch_id = $1)' },
  policy_record: { type: 'Record', where: 'branch_id = $1' },
  stored_file_piece: { type: null, where: 'file_id in (select id from attachment where branch_id = $1)' },
  stored_file: { type: null, where: 'id in (select id from attachment where branch_id = $1)' },
  attachment: { type: 'Attachment', where: 'branch_id = $1' },
  application: { type: 'Application', where: 'branch_id = $1' },
  approval: { type: 'Approval', where: 'branch_id = $1' },
  approval_step: { type: null, where: 'approval_id in (select id from approval where branch_id = $1)' },
  assessment: { type: 'Assessment', where: 'customer_id in (select id from customer where branch_id = $1)' },
  audit_entry: { type: 'AuditEntry', where: 'branch_id = $1' },
  budget_entry: {
    type: null,
    where:
      'account_id in (select id from budget_account where branch_id = $1) or plan_id in (select id from maintenance_plan where branch_id = $1)',
  },
  budget_account: { type: 'BudgetAccount', where: 'branch_id = $1' },
  consent_decision: { type: null, where: 'customer_id in (select id from customer where branch_id = $1)' },
  contact: { type: 'Contact', where: 'customer_id in (select id from customer where branch_id = $1)' },
  contract: { type: 'Contract', where: 'branch_id = $1' },
  disclosure: { type: 'Disclosure', where: 'branch_id = $1' },
  figure: { type: null, where: 'customer_id in (select id from customer where branch_id = $1)' },
  current_figure: { type: null, where: 'customer_id in (select id from customer where branch_id = $1)' },
  delegation: { type: 'Delegation', where: 'branch_id = $1' },
  dispute: { type: 'Dispute', where: 'branch_id = $1' },
  resolution_explanation: {
    type: null,
    where: 'meeting_id in (select id from meeting where branch_id = $1)',
  },
  resolution: { type: 'Resolution', where: 'branch_id = $1' },
  meeting: { type: 'Meeting', where: 'branch_id = $1' },
  service_sample: { type: 'ServiceSample', where: 'branch_id = $1' },
  period_report: { type: 'PeriodReport', where: 'branch_id = $1' },
  staff_target: { type: null, where: 'branch_id = $1' },
  grade: { type: 'Grade', where: 'customer_id in (select id from customer where branch_id = $1)' },
  grading_run: { type: 'GradingRun', where: 'branch_id = $1' },
  improvement_measure: { type: 'ImprovementMeasure', where: 'branch_id = $1' },
  interaction: { type: 'Interaction', where: 'customer_id in (select id from customer where branch_id = $1)' },
  message: { type: 'Message', where: 'branch_id = $1' },
  plan_measure: { type: 'PlanMeasure', where: 'plan_id in (select id from maintenance_plan where branch_id = $1)' },
  plan_version: { type: null, where: 'plan_id in (select id from maintenance_plan where branch_id = $1)' },
  subject_clock: { type: null, where: 'branch_id = $1' },
  maintenance_plan: { type: 'MaintenancePlan', where: 'branch_id = $1' },
  sla_clock: { type: 'SlaClock', where: 'branch_id = $1' },
  survey_response: { type: 'SurveyResponse', where: 'branch_id = $1' },
  task: { type: 'Task', where: 'branch_id = $1' },
  ticket_link: { type: null, where: 'ticket_id in (select id from ticket where branch_id = $1)' },
  ticket_event: { type: 'TicketEvent', where: 'ticket_id in (select id from ticket where branch_id = $1)' },
  ticket: { type: 'Ticket', where: 'branch_id = $1' },
  vip_card: { type: 'VipCard', where: 'branch_id = $1' },
  customer: { type: 'Customer', where: 'branch_id = $1' },
};

/** Global ids of outlet A's rows, by type. */
export async function foreignIds(pool: pg.Pool): Promise<Map<string, string[]>> {
  const { rows } = await pool.query<{ id: string }>("select id from branch where code = 'BK-A'");
  const foreign = new Map<string, string[]>();
  for (const [table, { type, where }] of Object.entries(TABLES)) {
    if (!type) continue;
    const found = await pool.query<{ id: string }>(`select id from ${table} where ${where}`, [rows[0]?.id]);
    foreign.set(
      type,
      found.rows.map(({ id }) => toGlobalId(type, id)),
    );
  }
  return foreign;
}

/** Arguments of the walk that ask for outlet A's rows. */
export function givenOf(foreign: ReadonlyMap<string, readonly string[]>): Given {
  const one = (type: string) => JSON.stringify(foreign.get(type)?.[0]);
  const all = JSON.stringify([...foreign.values()].map((ids) => ids[0]));
  return {
    'Customer.mayUse': ['(code: "SETTLEMENT_FEES")'],
    'Query.budgets': ['(policyId: "bank-vip", year: 2026)'],
    'Query.meetings': ['(policyId: "bank-vip")'],
    'Query.serviceSamples': ['(policyId: "bank-vip")'],
    'Query.reports': [`(policyId: "bank-vip", period: ${PERIOD})`],
    'Query.satisfaction': [`(policyId: "bank-vip", period: ${PERIOD})`],
    'Query.clockExplanation': (foreign.get('SlaClock') ?? []).slice(0, 3).map((id) => `(clockId: "${id}")`),
    'Query.customer': (foreign.get('Customer') ?? []).map((id) => `(id: "${id}")`),
    ...Object.fromEntries([...foreign].map(([type, [id]]) => [`Query.node<${type}>`, [`(id: "${id}")`]])),
    'Query.nodes': [`(ids: ${all})`],
    // Of the kinds of records one that is there: the rule of rows is the same for all.
    'Query.node<BankVipCreditRequest>': [`(id: ${one('Record')})`],
    'Query.record<BankVipCreditRequest>': [`(id: ${one('Record')})`],
    'Query.records<BankVipCreditRequest>': ['(first: 10)'],
    'Query.policy': ['(id: "bank-vip")'],
    'Query.policyImpact': ['bank-vip', 'telecom-vip'].map((id) => `(policyId: "${id}")`),
    'Query.scorecard': ['bank-vip', 'telecom-vip'].map((id) => `(policyId: "${id}", period: ${PERIOD})`),
    'Policy.isBusy': ['(on: "2026-03-25")'],
    'Query.duties': ['bank-vip', 'telecom-vip'].map((id) => `(policyId: "${id}", period: ${PERIOD}, first: 10)`),
    'Query.ticket': [`(id: ${one('Ticket')})`],
  };
}
