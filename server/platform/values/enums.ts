/**
 * The platform's words, each list once: what a policy meets in its facts and says in its answers. A list that is stored too
 * has the values of its enumeration in prisma/schema.prisma, in their order.
 */

/** A post of the organisation, as it appears in an audience, an approval step or a viewer. */
export const ROLES = [
  'CUSTOMER_MANAGER',
  'SUPERVISOR',
  'COMMAND_CENTER',
  'DIRECTOR',
  'FINANCE',
  'EXECUTIVE',
  'AUDITOR',
  'ADMIN',
  'SERVICE',
] as const;
export type Role = (typeof ROLES)[number];

export const CUSTOMER_KINDS = ['INDIVIDUAL', 'INSTITUTION', 'INTERNAL'] as const;
export type CustomerKind = (typeof CUSTOMER_KINDS)[number];

export const CUSTOMER_STAGES = ['POTENTIAL', 'FORMAL', 'KEY', 'SPECIAL', 'LAPSED'] as const;
export type CustomerStage = (typeof CUSTOMER_STAGES)[number];

export const GRADE_STATES = ['ACTIVE', 'WATCH', 'ENDED'] as const;
export type GradeState = (typeof GRADE_STATES)[number];

export const ASSESSMENT_RESULTS = ['IMPROVE', 'MAINTAIN', 'TERMINATE'] as const;
export type AssessmentResult = (typeof ASSESSMENT_RESULTS)[number];

export const TICKET_STATUSES = [
  'NEW',
  'ACKNOWLEDGED',
  'IN_PROGRESS',
  'WAITING_ON_CUSTOMER',
  'ON_HOLD',
  'RESOLVED',
  'CLOSED',
] as const;
export type TicketStatus = (typeof TICKET_STATUSES)[number];

/** What a clock measures (the field's standard metrics). */
export const CLOCK_METRICS = ['FIRST_RESPONSE', 'RESOLUTION', 'NEXT_UPDATE', 'FULFILMENT', 'CALLBACK'] as const;
export type ClockMetric = (typeof CLOCK_METRICS)[number];

/** Why a clock may stand still. Outside business hours is not a pause: it is simply not counted. */
export const PAUSE_REASONS = ['WAITING_ON_CUSTOMER', 'APPROVAL', 'ANOTHER_PARTY'] as const;
export type PauseReason = (typeof PAUSE_REASONS)[number];

/** What work waits for that the customer cannot give. The house's own departments are no reason to stand still: no promise pauses for them. */
const HOLD_REASONS = ['APPROVAL', 'ANOTHER_PARTY', 'ANOTHER_DEPARTMENT'] as const;
export type HoldReason = (typeof HOLD_REASONS)[number];

/** What a ticket waits for, whether a clock stands still for it or not. */
export type WaitReason = PauseReason | HoldReason;

/** Who had the time of a clock, in the order in which they are told. */
export const TIME_HOLDERS = [
  'US',
  'ANOTHER_DEPARTMENT',
  'CUSTOMER',
  'APPROVAL',
  'ANOTHER_PARTY',
  'APPOINTMENT',
  'CLOSED_HOURS',
] as const;
export type TimeHolder = (typeof TIME_HOLDERS)[number];

/** Where a clock starts; without an appointment at receipt all the same. */
export const CLOCK_STARTS = ['RECEIPT', 'APPOINTMENT'] as const;

/** Which days count towards the end of a day: all, or those on which the calendar opens. */
export const DAY_COUNTS = ['CALENDAR', 'WORKING'] as const;
export type DayCount = (typeof DAY_COUNTS)[number];

/** Whose people decide a step: the customer's branch, the top of its tree, or anyone of the business line. */
export const STEP_PLACES = ['SAME_BRANCH', 'HEAD_OFFICE', 'LINE'] as const;

/** How a customer is reached. INTERNAL is a record of our own, and no contact. */
export const CHANNELS = [
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
] as const;
export type Channel = (typeof CHANNELS)[number];

/** What contact with a customer is for. */
export const PURPOSES = [
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
] as const;
export type Purpose = (typeof PURPOSES)[number];

/** What a task comes from. */
export const TASK_ORIGINS = [
  'PLAN',
  'CADENCE',
  'CALLBACK',
  'RENEWAL',
  'BIRTHDAY',
  'HOLIDAY',
  'REVIEW',
  'RESOLUTION',
  'MANUAL',
] as const;

/** The alerts that a policy may raise; those about clocks, tasks and broken policies are the platform's own. */
export const RAISED_ALERTS = [
  'GRADE_CHANGED',
  'RENEWAL_DUE',
  'COMPLAINT_SURGE',
  'TARGET_MISSED',
  'DATA_LEAK',
  'APPROVAL_WAITING',
  'ATTENTION',
] as const;

export const ALERT_SEVERITIES = ['INFO', 'WARNING', 'CRITICAL'] as const;

/** How customers are chosen to be called back. */
export const SELECTION_METHODS = ['RANDOM', 'SATISFACTION', 'SERVICE', 'EMOTIONAL'] as const;

/** The actions that a policy may guard. */
export const ACTIONS = [
  'CREATE_CUSTOMER',
  'UPDATE_CUSTOMER',
  'ASSESS_CUSTOMER',
  'SUBMIT_ASSESSMENT',
  'REQUEST_GRADE_EXCEPTION',
  'RECORD_INTERACTION',
  'DRAFT_PLAN',
  'SUBMIT_PLAN',
  'COMPLETE_PLAN',
  'SPEND_BUDGET',
  'SUBMIT_APPLICATION',
  'COMPLETE_TASK',
  'OPEN_TICKET',
  'ESCALATE_TICKET',
  'RESOLVE_TICKET',
  'CLOSE_TICKET',
  'REOPEN_TICKET',
  'DECIDE_APPROVAL',
  'ADVISE_PRODUCT',
  'ACTIVATE_SERVICE',
  'SEND_MESSAGE',
  'RECORD_DUTY',
  'START_RECORD',
  'ADVANCE_RECORD',
  'CHANGE_RECORD',
] as const;
export type Action = (typeof ACTIONS)[number];

/** Why a ticket is promised something. */
export const PROMISE_CAUSES = ['OPENED', 'ESCALATED', 'REOPENED', 'POLICY_APPLIED'] as const;

/** What happens to a ticket and is told to the policy (`react`). */
export const TICKET_EVENTS = [
  'OPENED',
  'ACKNOWLEDGED',
  'ASSIGNED',
  'COMMENTED',
  'WAITING',
  'RESUMED',
  'ESCALATED',
  'RESOLVED',
  'CALLED_BACK',
  'CLOSED',
  'REOPENED',
  'UPDATED',
  'CANCELLED',
] as const;

/**
 * All that is told to the policy (`react`): beside a ticket's events due moments, tiers given, contact, duties done, contracts,
 * watched figures and records.
 */
export const EVENTS = [
  ...TICKET_EVENTS,
  'AT_RISK',
  'BREACHED',
  'GRADE_GIVEN',
  'INTERACTION',
  'DUTY_RECORDED',
  'CONTRACT_FILED',
  'METRIC_RECORDED',
  'RECORD_STARTED',
  'RECORD_ADVANCED',
  'RECORD_CHANGED',
  'RECORD_ENDED',
] as const;
export type EventKind = (typeof EVENTS)[number];

/** What the platform itself asks an approval for (`route`), beside the kinds of application that a policy declares. */
export const REQUESTS = ['PLAN', 'ASSESSMENT', 'GRADE_EXCEPTION', 'ARCHIVE_ACCESS'] as const;

/** Figures of a period (`measure`), each present where there was something to count; see server/domain/reports/scorecards/scorecard-figures.ts. */
export const FIGURES = [
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
] as const;
export type Figure = (typeof FIGURES)[number];

export const ALERT_KINDS = [
  'SLA_AT_RISK',
  'SLA_BREACHED',
  'SLA_FULFILLED_LATE',
  'ACKNOWLEDGEMENT_EXPIRED',
  'TASK_OVERDUE',
  'APPROVAL_WAITING',
  'GRADE_CHANGED',
  'GRADE_REVIEW_DUE',
  'RENEWAL_DUE',
  'COMPLAINT_SURGE',
  'TARGET_MISSED',
  'DATA_LEAK',
  'ATTENTION',
  'ROTA_GAP',
  'POLICY_FAILED',
] as const;
export type AlertKind = (typeof ALERT_KINDS)[number];
