import type { Role } from '../../policy/contract.ts';
import type { Action, CustomerKind, CustomerStage } from '../../policy/facts.ts';

/** The platform's words: what a policy may meet in its facts, whatever it declares. */

export const KINDS: readonly CustomerKind[] = ['INDIVIDUAL', 'INSTITUTION', 'INTERNAL'];
export const STAGES: readonly CustomerStage[] = ['FORMAL', 'POTENTIAL', 'KEY', 'SPECIAL', 'LAPSED'];
export const ROLES: readonly Role[] = [
  'CUSTOMER_MANAGER',
  'SUPERVISOR',
  'COMMAND_CENTER',
  'DIRECTOR',
  'FINANCE',
  'EXECUTIVE',
  'AUDITOR',
  'ADMIN',
  'SERVICE',
];
export const CHANNELS: readonly string[] = [
  'PHONE',
  'SMS',
  'EMAIL',
  'CHAT',
  'WECHAT',
  'VISIT',
  'HALL',
  'HOTLINE',
  'LETTER',
  'WEB',
  'INTERNAL',
];
export const PURPOSES: readonly string[] = [
  'EXPLAIN',
  'PUBLICISE',
  'CARE',
  'MEDIATE',
  'SUGGEST',
  'GUIDE',
  'GREETING',
  'RENEWAL',
  'RECEPTION',
  'SURVEY',
  'FOLLOW_UP',
  'OTHER',
];
export const CAUSES = ['OPENED', 'ESCALATED', 'REOPENED', 'POLICY_APPLIED'] as const;
export const STATUSES: readonly string[] = ['NEW', 'ASSIGNED', 'IN_PROGRESS', 'WAITING', 'RESOLVED', 'CLOSED'];

/** What each action brings: its input's keys, each with values that it may have. */
export const ACTIONS: Readonly<Record<Action, Readonly<Record<string, readonly unknown[]>>>> = {
  CREATE_CUSTOMER: {},
  UPDATE_CUSTOMER: { stage: [null, ...STAGES] },
  ASSESS_CUSTOMER: {},
  REQUEST_GRADE_EXCEPTION: {},
  ADVISE_PRODUCT: { riskLevel: [1, 2, 3, 4, 5] },
  ACTIVATE_SERVICE: { consentRecorded: [true, false] },
  RECORD_INTERACTION: {
    channel: CHANNELS,
    purpose: PURPOSES,
    signedByCustomer: [null, true, false],
    aboutProblem: [true, false],
    kind: [null, 'SERVICE', 'GREETING', 'MARKETING'],
    signed: [null, true, false],
    sentThisMonth: [0, 1, 2, 3],
  },
  DRAFT_PLAN: { budget: ['0', '1000', '50000'] },
  SUBMIT_PLAN: {
    budget: ['0', '0.01', '1000'],
    measures: [[], [{ assigned: true }], [{ assigned: true }, { assigned: false }]],
  },
  COMPLETE_PLAN: {},
  SPEND_BUDGET: { amount: ['0.01', '9999.99', '50000'], cumulated: ['0.01', '9999.99', '50000'] },
  SUBMIT_APPLICATION: { kind: ['EXPENSE', 'PROCESS_CHANGE'] },
  COMPLETE_TASK: { channel: [null, ...CHANNELS], signedByCustomer: [null, true, false], aboutProblem: [true, false] },
  OPEN_TICKET: {},
  ESCALATE_TICKET: { level: [1, 2, 3] },
  RESOLVE_TICKET: { rootCause: [true, false] },
  CLOSE_TICKET: {
    rootCause: [true, false],
    installation: [null, { result: true, customerReaction: true, installerAssessment: true }, { result: true }],
  },
  REOPEN_TICKET: {},
  DECIDE_APPROVAL: {},
  SEND_MESSAGE: {
    channel: ['SMS', 'EMAIL', 'WECHAT'],
    purpose: PURPOSES,
    kind: [null, 'SERVICE', 'GREETING', 'MARKETING'],
    signed: [null, true, false],
    sentThisMonth: [0, 1, 2, 3],
  },
  RECORD_DUTY: { duty: [''], record: [{}] },
};

/** Events of which a policy may tell what follows. */
export const EVENTS: readonly string[] = [
  'OPENED',
  'ACKNOWLEDGED',
  'ASSIGNED',
  'UPDATED',
  'COMMENTED',
  'WAITING',
  'RESUMED',
  'ESCALATED',
  'RESOLVED',
  'CLOSED',
  'REOPENED',
  'CALLED_BACK',
  'AT_RISK',
  'BREACHED',
  'GRADE_GIVEN',
  'INTERACTION',
  'DUTY_RECORDED',
];

/** Requests that need an approval. */
export const REQUESTS: readonly string[] = [
  'PLAN',
  'ASSESSMENT',
  'GRADE_EXCEPTION',
  'EXPENSE',
  'PROCUREMENT',
  'ARCHIVE_ACCESS',
  'AUTHORITY_CHANGE',
  'PROCESS_CHANGE',
  'EQUIPMENT',
  'RECEPTION',
  'SERVICE_APPLICATION',
];

/** Figures of a period that the platform counts. */
export const FIGURES: readonly string[] = [
  'SATISFACTION',
  'COMPLAINT_RATE',
  'RESOLUTION_RATE',
  'CHURN',
  'CHURN_TOP_TIERS',
  'COMPLAINTS',
  'TICKETS',
  'REPORTS_MISSED',
  'TASKS_MISSED',
  'PLANS_MISSING',
];
