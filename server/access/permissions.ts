import { Forbidden } from '../errors.ts';
import type { Role } from '../policy/enums.ts';
import { type Actor, readScope, type ScopeName } from './actor.ts';

const FRONT: readonly Role[] = ['CUSTOMER_MANAGER', 'SUPERVISOR', 'COMMAND_CENTER', 'DIRECTOR'];

/**
 * Which roles may do what, before any policy is asked: deny by default. Rows are another matter (scope.ts), and so are
 * approvals, whose steps name their role.
 */
const PERMISSIONS = {
  createCustomer: FRONT,
  updateCustomer: FRONT,
  revealCustomer: ['CUSTOMER_MANAGER', 'SUPERVISOR', 'DIRECTOR'],
  recordConsent: FRONT,
  saveContact: FRONT,
  recordMetrics: [...FRONT, 'SERVICE'],
  recordInteraction: FRONT,
  assessCustomer: FRONT,
  submitAssessment: FRONT,
  requestGradeException: FRONT,
  setAnnualList: ['COMMAND_CENTER', 'DIRECTOR'],
  workCards: FRONT,
  runGrading: ['SUPERVISOR', 'COMMAND_CENTER', 'DIRECTOR'],
  previewPolicy: ['SUPERVISOR', 'COMMAND_CENTER', 'DIRECTOR', 'EXECUTIVE', 'ADMIN', 'AUDITOR'],
  configurePolicy: ['ADMIN'],
  applyPolicy: ['ADMIN', 'COMMAND_CENTER', 'DIRECTOR'],
  draftPlan: FRONT,
  submitPlan: FRONT,
  completePlan: FRONT,
  completeTask: FRONT,
  recordDuty: FRONT,
  sendMessage: FRONT,
  spendBudget: FRONT,
  allocateBudget: ['DIRECTOR', 'FINANCE', 'EXECUTIVE'],
  submitApplication: [...FRONT, 'FINANCE', 'EXECUTIVE'],
  carryOutApplication: [...FRONT, 'FINANCE', 'EXECUTIVE'],
  holdMeeting: [...FRONT, 'FINANCE', 'EXECUTIVE'],
  openDispute: [...FRONT, 'FINANCE', 'EXECUTIVE'],
  settleDispute: ['SUPERVISOR', 'DIRECTOR', 'EXECUTIVE'],
  fileReport: FRONT,
  setStaffTarget: ['SUPERVISOR', 'COMMAND_CENTER', 'DIRECTOR', 'EXECUTIVE'],
  delegateAuthority: [...FRONT, 'FINANCE', 'EXECUTIVE'],
  selectForCallback: FRONT,
  workTicket: FRONT,
  openTicket: [...FRONT, 'SERVICE'],
  acknowledgeAlert: [...FRONT, 'EXECUTIVE', 'FINANCE', 'ADMIN'],
  reportDataLeak: [...FRONT, 'FINANCE', 'EXECUTIVE', 'AUDITOR', 'ADMIN'],
  followAlerts: [...FRONT, 'FINANCE', 'EXECUTIVE', 'AUDITOR', 'ADMIN', 'SERVICE'],
  surveyCustomers: [...FRONT, 'SERVICE'],
  readScorecard: [...FRONT, 'EXECUTIVE', 'AUDITOR', 'FINANCE'],
  readAudit: ['SUPERVISOR', 'DIRECTOR', 'AUDITOR', 'ADMIN'],
  fileContract: FRONT,
  openContract: [...FRONT, 'AUDITOR'],
  discloseCustomer: FRONT,
  exportCustomer: ['SUPERVISOR', 'DIRECTOR'],
  deleteCustomer: FRONT,
  drawServiceSample: ['AUDITOR'],
  recordAgreement: ['ADMIN'],
} as const satisfies Record<string, readonly Role[]>;

export type Permission = keyof typeof PERMISSIONS;

/** What a program's token must name before its role counts. */
const TOKEN_SCOPES: Readonly<Partial<Record<Permission, ScopeName>>> = {
  recordMetrics: 'metrics:write',
  followAlerts: 'alerts:read',
};

/** Whether one of the actor's roles may do it. */
export function may(actor: Actor, permission: Permission): boolean {
  const roles: readonly Role[] = PERMISSIONS[permission];
  return actor.roles.some((role) => {
    if (!roles.includes(role)) return false;
    const needed = TOKEN_SCOPES[permission];
    return (
      role !== 'SERVICE' ||
      (needed !== undefined && actor.tokenScopes.some((scope) => readScope(scope).name === needed))
    );
  });
}

/** @throws {Forbidden} none of the actor's roles may do it */
export function requirePermission(actor: Actor, permission: Permission): void {
  if (!may(actor, permission)) throw new Forbidden();
}
