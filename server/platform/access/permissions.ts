import type { Role } from '../values/enums.ts';
import { Forbidden } from '../values/errors.ts';
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
  // A policy may leave it to the highest post, as hotels do (S03-hotel-vip-reception).
  requestGradeException: [...FRONT, 'EXECUTIVE'],
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
  changeTask: FRONT,
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
  workRecord: [...FRONT, 'FINANCE', 'EXECUTIVE', 'AUDITOR'],
  workTicket: FRONT,
  openTicket: [...FRONT, 'SERVICE'],
  // What they belong to asks for its own permission beside it.
  keepFiles: [...FRONT, 'FINANCE', 'EXECUTIVE', 'AUDITOR'],
  acknowledgeAlert: [...FRONT, 'EXECUTIVE', 'FINANCE', 'ADMIN'],
  snoozeAlert: [...FRONT, 'EXECUTIVE', 'FINANCE', 'ADMIN'],
  keepRota: ['SUPERVISOR', 'COMMAND_CENTER', 'DIRECTOR'],
  swapShift: [...FRONT, 'FINANCE', 'EXECUTIVE'],
  reportDataLeak: [...FRONT, 'FINANCE', 'EXECUTIVE', 'AUDITOR', 'ADMIN'],
  followAlerts: [...FRONT, 'FINANCE', 'EXECUTIVE', 'AUDITOR', 'ADMIN', 'SERVICE'],
  surveyCustomers: [...FRONT, 'SERVICE'],
  readScorecard: [...FRONT, 'EXECUTIVE', 'AUDITOR', 'FINANCE'],
  readAudit: ['SUPERVISOR', 'DIRECTOR', 'AUDITOR', 'ADMIN'],
  readDecisions: ['DIRECTOR', 'AUDITOR', 'ADMIN'],
  fileContract: FRONT,
  openContract: [...FRONT, 'AUDITOR'],
  discloseCustomer: FRONT,
  exportCustomer: ['SUPERVISOR', 'DIRECTOR'],
  deleteCustomer: FRONT,
  drawServiceSample: ['AUDITOR'],
  recordAgreement: ['ADMIN'],
  manageStaff: ['ADMIN'],
  manageBranches: ['ADMIN'],
} as const satisfies Record<string, readonly Role[]>;

export type Permission = keyof typeof PERMISSIONS;

/** All of them, in the order of the table. */
export const PERMISSION_NAMES = Object.keys(PERMISSIONS) as Permission[];

/**
 * Where a permission holds whose effect goes beyond the customers whom somebody sees: of what holds for a whole line its head office
 * disposes, or the place above it; of what a branch or a person is given, the branch's own place or one above. The others hold for
 * the rows that the actor sees.
 */
export const PLACES = {
  setAnnualList: 'HEAD_OFFICE',
  applyPolicy: 'HEAD_OFFICE',
  configurePolicy: 'HEAD_OFFICE',
  drawServiceSample: 'HEAD_OFFICE',
  readDecisions: 'HEAD_OFFICE',
  allocateBudget: 'OWN_BRANCH_AND_BELOW',
  setStaffTarget: 'OWN_BRANCH_AND_BELOW',
  keepRota: 'OWN_BRANCH_AND_BELOW',
  manageStaff: 'OWN_BRANCH_AND_BELOW',
  manageBranches: 'OWN_BRANCH_AND_BELOW',
} as const satisfies Partial<Record<Permission, 'HEAD_OFFICE' | 'OWN_BRANCH_AND_BELOW'>>;

type Placed = keyof typeof PLACES;

/** What has to be said for a permission to be judged: for a line, or a branch of it. */
export type Where<P extends Permission> = P extends Placed
  ? (typeof PLACES)[P] extends 'HEAD_OFFICE'
    ? [line: { readonly policyId: string }]
    : [branch: { readonly branchId: string }]
  : [];

/** What a program's token must name before its role counts. */
const TOKEN_SCOPES: Readonly<Partial<Record<Permission, ScopeName>>> = {
  recordMetrics: 'metrics:write',
  followAlerts: 'alerts:read',
};

/** The roles of people who may do it; programs have none of them. */
export function rolesOf(permission: Permission): readonly Role[] {
  const roles: readonly Role[] = PERMISSIONS[permission];
  return roles.filter((role) => role !== 'SERVICE');
}

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

/**
 * @param where what the permission is asked for, where it holds in some places only
 * @throws {Forbidden} none of the actor's roles may do it, or not from the actor's place
 */
export function requirePermission<P extends Permission>(actor: Actor, permission: P, ...where: Where<P>): void {
  if (!may(actor, permission)) throw new Forbidden();
  const about: { readonly policyId?: string; readonly branchId?: string } | undefined = where[0];
  if (about?.policyId !== undefined && !actor.place.isOfficeOf(about.policyId))
    throw new Forbidden('This is for the head office of the business line.');
  if (about?.branchId !== undefined && !actor.place.covers(about.branchId))
    throw new Forbidden('This is for the branch itself and the places above it.');
}
