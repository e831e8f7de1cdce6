import {
  type Action,
  CHANNELS,
  CUSTOMER_STAGES,
  PURPOSES,
  REQUESTS,
  ROLES,
  TASK_ORIGINS,
} from '../../../platform/values/enums.ts';
import type { ActionInputs } from '../../policy/action-inputs.ts';
import { APPLICATION_STANDINGS } from '../../policy/action-inputs.ts';
import type { Policy } from '../../policy/contract.ts';

/** What an action is about goes together, and is chosen elsewhere. */
type Together = 'scheme' | 'tier' | 'duty' | 'period' | 'record';

/** What each action brings: its input's keys, each with values that it may have. */
type Values = {
  readonly [A in Action]: {
    readonly [K in Exclude<keyof ActionInputs[A], Together>]-?: readonly Required<ActionInputs[A]>[K][];
  };
};

const YES_OR_NO = [true, false];
const SAID = [null, ...YES_OR_NO];
const CONSENTS = [null, { vipService: true, marketing: false }, { vipService: false, marketing: false }];

const MONEY = { amount: [null, '0.01', '50000'], currency: ['CNY', 'EUR'] };

/** Of a record goes together: server/engine/policy-kit/facts/record-values.ts. */
const RECORD = { kind: [''], fields: [{}], earlier: [[]] };
const RECORDS = {
  START_RECORD: RECORD,
  ADVANCE_RECORD: { ...RECORD, step: [''], steps: [[]], brought: [{}], said: [{}] },
  CHANGE_RECORD: { ...RECORD, before: [{}], status: [null] },
};

/** The kinds of request that a policy is asked to route: the platform's, its own, and one that nobody declares. */
export function requestsOf({ applications = {}, records = {} }: Policy): string[] {
  const approved = Object.entries(records).flatMap(([kind, { steps = [] }]) =>
    steps.some(({ approval }) => approval) ? [kind] : [],
  );
  return [...new Set([...REQUESTS, ...Object.keys(applications), ...approved, 'OTHER'])];
}

/** Reasons that an assessment may have: none, each of the figures by itself, and all together. */
function reasonsOf({ metrics = {} }: Policy): string[][] {
  const codes = Object.keys(metrics);
  return [[], ...codes.map((code) => [code]), codes];
}

/** What actions bring to a policy; kinds of messages and applications are those that it declares. */
export function inputsOf(policy: Policy): Values {
  const message = {
    kind: [null, ...Object.keys(policy.messages ?? {})],
    signed: SAID,
    sentThisMonth: [0, 1, 2, 3],
    sentThisHoliday: [0, 1, 2],
  };
  return {
    CREATE_CUSTOMER: { consent: CONSENTS, managedByAnother: YES_OR_NO },
    UPDATE_CUSTOMER: { stage: [null, ...CUSTOMER_STAGES], managedByAnother: YES_OR_NO },
    ASSESS_CUSTOMER: {},
    SUBMIT_ASSESSMENT: { reasons: reasonsOf(policy) },
    REQUEST_GRADE_EXCEPTION: {},
    ADVISE_PRODUCT: { riskLevel: [1, 2, 3, 4, 5] },
    ACTIVATE_SERVICE: { consentRecorded: YES_OR_NO, application: APPLICATION_STANDINGS },
    RECORD_INTERACTION: {
      channel: CHANNELS,
      purpose: PURPOSES,
      signedByCustomer: SAID,
      aboutProblem: YES_OR_NO,
      ...message,
    },
    DRAFT_PLAN: { budget: ['0', '1000', '50000'] },
    SUBMIT_PLAN: {
      budget: ['0', '0.01', '1000'],
      measures: [[], [{ assigned: true }], [{ assigned: true }, { assigned: false }]],
    },
    COMPLETE_PLAN: {},
    SPEND_BUDGET: {
      amount: ['0.01', '9999.99', '50000'],
      cumulated: ['0.01', '9999.99', '50000'],
      currency: ['CNY', 'EUR'],
      limits: [[], [{ kind: 'EXPENSE', role: 'CUSTOMER_MANAGER', upTo: '20000' }]],
    },
    SUBMIT_APPLICATION: { kind: Object.keys(policy.applications ?? {}), ...MONEY },
    COMPLETE_TASK: {
      origin: TASK_ORIGINS,
      channel: [null, ...CHANNELS],
      signedByCustomer: SAID,
      aboutProblem: YES_OR_NO,
    },
    OPEN_TICKET: { application: APPLICATION_STANDINGS },
    ESCALATE_TICKET: { level: [1, 2, 3] },
    RESOLVE_TICKET: { rootCause: YES_OR_NO },
    CLOSE_TICKET: {
      customerConfirmed: YES_OR_NO,
      rootCause: YES_OR_NO,
      resolution: YES_OR_NO,
      installation: [{}, { result: true, customerReaction: true, installerAssessment: true }, { result: true }],
    },
    REOPEN_TICKET: {},
    DECIDE_APPROVAL: { kind: requestsOf(policy), decision: ['APPROVE', 'RETURN', 'REJECT'], role: ROLES },
    SEND_MESSAGE: { channel: ['SMS', 'EMAIL'], purpose: PURPOSES, ...message },
    RECORD_DUTY: {},
    ...RECORDS,
  };
}
