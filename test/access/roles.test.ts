import {
  type GraphQLEnumType,
  type GraphQLInputType,
  getNamedType,
  isEnumType,
  isInputObjectType,
  isNonNullType,
  isUnionType,
} from 'graphql';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { newId, toGlobalId } from '../../server/platform/values/ids.ts';
import { startTestApp, type TestApp } from '../support/app.ts';

// Which role may do what, for every mutation and every role: what is not declared here is Forbidden, at every place, whatever it is about.
// Everybody asks at head office, which no place of a permission keeps out (places.test.ts), about things that there are not:
// whoever may gets another answer than Forbidden. Whose things they may be is the other half (matrix.test.ts).

/** Who serves customers: managers, their supervisors, the command centre, the director (S01, S02). */
const FRONT = ['CUSTOMER_MANAGER', 'SUPERVISOR', 'COMMAND_CENTER', 'DIRECTOR'];
/** Who takes part in the department's work beside them: finance signs second, the CEO third (S01). */
const DEPARTMENT = [...FRONT, 'FINANCE', 'EXECUTIVE'];
const LEADERS = ['SUPERVISOR', 'COMMAND_CENTER', 'DIRECTOR'];
/** Whether somebody may depends on the step that they decide, not on a permission: the policy's route names its role. */
const BY_ITS_STEP = ['CUSTOMER_MANAGER', ...LEADERS, 'FINANCE', 'EXECUTIVE', 'AUDITOR', 'ADMIN', 'SERVICE'];

const MAY: Readonly<Record<string, readonly string[]>> = {
  ...Object.fromEntries(
    [
      'acknowledgeTicket',
      'activateService',
      'addImprovementMeasure',
      'addPlanTask',
      'addTicketNote',
      'adviseProduct',
      'archiveContract',
      'assessCustomer',
      'cancelPlan',
      'cancelTask',
      'cancelTicket',
      'changeTicketCase',
      'closeImprovementMeasure',
      'closeTicket',
      'completePlan',
      'completeTask',
      'confirmPlan',
      'createCustomer',
      'createTask',
      'deleteCustomer',
      'discloseCustomer',
      'draftPlan',
      'escalateTicket',
      'fileContract',
      'fileReport',
      'linkTickets',
      'unlinkTickets',
      'improvePlan',
      'moveVipCard',
      'openTicket',
      'putOffTask',
      'reassignTask',
      'recordConsent',
      'recordDuty',
      'recordInstallation',
      'recordInteraction',
      'reopenTicket',
      'requestVipCard',
      'rescheduleAppointment',
      'rescheduleTask',
      'resolveTicket',
      'resumeTicket',
      'revisePlan',
      'saveContact',
      'selectForCallback',
      'sendMessage',
      'skipTask',
      'spendPlanBudget',
      'submitAssessment',
      'submitPlan',
      'submitSurveyResponse',
      'updateCustomer',
      'updateTicket',
      'waitOnCustomer',
      'holdTicket',
    ].map((name) => [name, FRONT]),
  ),
  ...Object.fromEntries(
    [
      'assignResolution',
      'carryOutApplication',
      'completeResolution',
      'delegateAuthority',
      'explainResolution',
      'fileMinutes',
      'holdMeeting',
      'openDispute',
      'resubmitApplication',
      'revokeDelegation',
      'submitApplication',
      'swapShift',
    ].map((name) => [name, DEPARTMENT]),
  ),
  // Mediation and its result are for those above both parties; the highest post may be asked.
  arbitrateDispute: ['SUPERVISOR', 'DIRECTOR', 'EXECUTIVE'],
  mediateDispute: ['SUPERVISOR', 'DIRECTOR', 'EXECUTIVE'],
  settleDispute: ['SUPERVISOR', 'DIRECTOR', 'EXECUTIVE'],
  // A hotel's general manager applies for its highest level (S03-hotel-vip-reception).
  requestGradeException: [...FRONT, 'EXECUTIVE'],
  setAnnualList: ['COMMAND_CENTER', 'DIRECTOR'],
  startGradingRun: LEADERS,
  stopGradingRun: LEADERS,
  resumeGradingRun: LEADERS,
  setStaffTarget: [...LEADERS, 'EXECUTIVE'],
  allocateBudget: ['DIRECTOR', 'FINANCE', 'EXECUTIVE'],
  applyPolicy: ['ADMIN', 'COMMAND_CENTER', 'DIRECTOR'],
  configurePolicy: ['ADMIN'],
  reviseCalendar: ['ADMIN'],
  startShadow: ['ADMIN'],
  stopShadow: ['ADMIN'],
  promoteShadow: ['ADMIN'],
  recordConfidentialityAgreement: ['ADMIN'],
  // Who works where, with which posts, is the administrator's.
  createStaff: ['ADMIN'],
  updateStaff: ['ADMIN'],
  endStaff: ['ADMIN'],
  createBranch: ['ADMIN'],
  renameBranch: ['ADMIN'],
  closeBranch: ['ADMIN'],
  // In clear by role, and audited; the command centre works with masked data.
  revealCustomer: ['CUSTOMER_MANAGER', 'SUPERVISOR', 'DIRECTOR'],
  exportCustomer: ['SUPERVISOR', 'DIRECTOR'],
  // Internal audit draws samples and reads contracts.
  drawServiceSample: ['AUDITOR'],
  openContract: [...FRONT, 'AUDITOR'],
  requestArchiveAccess: [...FRONT, 'AUDITOR'],
  acknowledgeAlert: [...DEPARTMENT, 'ADMIN'],
  acknowledgeAlerts: [...DEPARTMENT, 'ADMIN'],
  reassignTasks: FRONT,
  snoozeAlert: [...DEPARTMENT, 'ADMIN'],
  // Who is on duty is said by those who lead.
  setShift: LEADERS,
  endShift: LEADERS,
  // Whoever hears of a leak says so.
  reportDataLeak: [...DEPARTMENT, 'AUDITOR', 'ADMIN'],
  // Programs deliver figures, and do nothing else.
  recordMetrics: [...FRONT, 'SERVICE'],
  // Kinds of records say more closely who keeps them.
  attachFile: [...DEPARTMENT, 'AUDITOR'],
  removeFile: [...DEPARTMENT, 'AUDITOR'],
  startRecord: [...DEPARTMENT, 'AUDITOR'],
  advanceRecord: [...DEPARTMENT, 'AUDITOR'],
  changeRecord: [...DEPARTMENT, 'AUDITOR'],
  cancelRecord: [...DEPARTMENT, 'AUDITOR'],
  decideApproval: BY_ITS_STEP,
  decideApprovals: BY_ITS_STEP,
};

/** Of the sandbox alone. */
const SANDBOX = ['advanceClock'];

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp({ now: '2026-03-02T08:00:00+08:00' });
});
afterAll(() => app[Symbol.asyncDispose]());

const mutations = () => app.app.schema.getMutationType()?.getFields() ?? {};

test('every mutation is declared', () => {
  expect([...Object.keys(MAY), ...SANDBOX].sort()).toEqual(Object.keys(mutations()).sort());
});

/** Sound input about nothing that there is. */
function inputOf(name: string, type: GraphQLInputType, own: string): unknown {
  const named = getNamedType(type);
  const one = (): unknown => {
    if (isInputObjectType(named) && named.isOneOf) {
      const [first] = Object.values(named.getFields());
      return first ? { [first.name]: {} } : {};
    }
    if (isInputObjectType(named))
      return Object.fromEntries(
        Object.values(named.getFields())
          .filter((field) => isNonNullType(field.type))
          .map((field) => [field.name, inputOf(field.name, field.type, own)]),
      );
    if (isEnumType(named)) return named.getValues()[0]?.name;
    if (named.name === 'ID') return name === 'policyId' ? 'bank-vip' : toGlobalId(typeOf(name) ?? own, newId());
    const scalars: Record<string, unknown> = { Int: 2, Boolean: true, Date: '2026-03-20', Decimal: '3', JSON: {} };
    return scalars[named.name] ?? (named.name === 'DateTime' ? '2026-03-20T10:00:00Z' : 'because');
  };
  return String(type).startsWith('[') ? [one()] : one();
}

function typeOf(name: string): string | undefined {
  const of = /^(customer|ticket|task|plan|contract|meeting)Ids?$/.exec(name)?.[1];
  if (of === 'plan') return 'MaintenancePlan';
  if (of) return `${of[0]?.toUpperCase()}${of.slice(1)}`;
  if (/^(branch|parent)Ids?$/.test(name)) return 'Branch';
  return /^(staff|owner|to|assignee|manager|attendee)Ids?$/.test(name) ? 'Staff' : undefined;
}

/** Whose id a mutation takes, where that is not what it answers with. */
const OWN: Readonly<Record<string, string>> = {
  advanceRecord: 'Record',
  attachFile: 'Record',
  cancelRecord: 'Record',
  changeRecord: 'Record',
  exportCustomer: 'Customer',
  promoteShadow: 'PolicyShadow',
  openContract: 'Contract',
  revealCustomer: 'Customer',
  swapShift: 'RotaShift',
  acknowledgeAlerts: 'Alert',
  reassignTasks: 'Task',
};

async function answerTo(who: string, name: string): Promise<string> {
  const field = mutations()[name];
  const result = field && getNamedType(field.type);
  const types = isUnionType(result) ? result.getTypes() : [];
  const ofResult = types.find((one) => !one.getInterfaces().some((of) => of.name === 'Error'))?.name ?? '';
  const own = OWN[name] ?? ofResult;
  const required = field?.args.filter((argument) => isNonNullType(argument.type)) ?? [];
  const head = required.map((argument) => `$${argument.name}: ${argument.type}`).join(', ');
  const pass = required.map((argument) => `${argument.name}: $${argument.name}`).join(', ');
  const variables = Object.fromEntries(required.map(({ name: one, type }) => [one, inputOf(one, type, own)]));
  const { data, errors } = await app
    .as(who)
    .ask<Record<string, { __typename: string }>>(`mutation (${head}) { ${name}(${pass}) { __typename } }`, variables);
  expect(errors, `${name} by ${who}`).toBeUndefined();
  return data[name]?.__typename ?? '';
}

test.each(BY_ITS_STEP)(
  '%s may do what is declared, and nothing else',
  async (role) => {
    const may: string[] = [];
    const mayNot: string[] = [];
    for (const name of Object.keys(MAY))
      ((await answerTo(`BK-HQ/${role}`, name)) === 'Forbidden' ? mayNot : may).push(name);
    expect({ may: may.sort() }).toEqual({
      may: Object.keys(MAY)
        .filter((name) => MAY[name]?.includes(role))
        .sort(),
    });
  },
  120_000,
);

/** What a permission opens, as its description in the schema tells. */
function opened(permission: string): string[] {
  const type = app.app.schema.getType('Permission') as GraphQLEnumType;
  return type.getValue(permission)?.description?.match(/\w+(?=[,.])/g) ?? [];
}

test.each(BY_ITS_STEP)('what viewer.permissions tells %s is what the mutations answer', async (role) => {
  const { permissions } = (await app.as(`BK-HQ/${role}`).ask('{ viewer { permissions(policyId: "bank-vip") } }')).data
    .viewer;
  const told: string[] = permissions.flatMap(opened).filter((name: string) => name in mutations());
  expect(told.sort()).toEqual(
    Object.keys(MAY)
      .filter((name) => MAY[name] !== BY_ITS_STEP && MAY[name]?.includes(role))
      // A program's token names what it may.
      .filter((name) => role !== 'SERVICE' || name === 'recordMetrics')
      .sort(),
  );
});

test('what only head office does is told to nobody else', async () => {
  const asked = '{ viewer { permissions(policyId: "bank-vip") } }';
  const of = async (who: string): Promise<string[]> => (await app.as(who).ask(asked)).data.viewer.permissions;
  expect(await of('BK-HQ/DIRECTOR')).toContain('APPLY_POLICY');
  expect(await of('BK-A/DIRECTOR')).not.toContain('APPLY_POLICY');
  expect(await of('BK-A/DIRECTOR')).toContain('WORK_TICKET');
});
