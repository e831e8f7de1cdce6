import type { Actor } from '../server/platform/access/actor.ts';
import { may, PERMISSION_NAMES, type Permission, PLACES } from '../server/platform/access/permissions.ts';
import type { Builder } from './base/builder.ts';

/** The root fields that a permission opens; a test holds it against what each of them answers. */
const OPENS: Readonly<Record<Permission, readonly string[]>> = {
  manageStaff: ['createStaff', 'updateStaff', 'endStaff'],
  manageBranches: ['createBranch', 'renameBranch', 'closeBranch'],
  createCustomer: ['createCustomer'],
  updateCustomer: ['updateCustomer'],
  revealCustomer: ['revealCustomer'],
  recordConsent: ['recordConsent'],
  saveContact: ['saveContact'],
  recordMetrics: ['recordMetrics'],
  recordInteraction: ['recordInteraction', 'recordInstallation', 'adviseProduct', 'activateService'],
  assessCustomer: ['assessCustomer'],
  submitAssessment: ['submitAssessment'],
  requestGradeException: ['requestGradeException'],
  setAnnualList: ['setAnnualList'],
  workCards: ['requestVipCard', 'moveVipCard'],
  runGrading: ['startGradingRun', 'stopGradingRun', 'resumeGradingRun'],
  previewPolicy: ['policyImpact', 'calendarImpact'],
  configurePolicy: ['configurePolicy', 'promoteShadow', 'reviseCalendar', 'startShadow', 'stopShadow'],
  applyPolicy: ['applyPolicy'],
  draftPlan: ['draftPlan', 'revisePlan'],
  submitPlan: ['submitPlan', 'addPlanTask'],
  completePlan: ['completePlan', 'cancelPlan', 'confirmPlan', 'improvePlan'],
  completeTask: ['completeTask'],
  changeTask: ['createTask', 'reassignTask', 'reassignTasks', 'rescheduleTask', 'putOffTask', 'skipTask', 'cancelTask'],
  recordDuty: ['recordDuty'],
  sendMessage: ['sendMessage'],
  spendBudget: ['spendPlanBudget'],
  allocateBudget: ['allocateBudget'],
  submitApplication: ['submitApplication', 'resubmitApplication', 'approvalPreview'],
  carryOutApplication: ['carryOutApplication'],
  holdMeeting: ['holdMeeting', 'fileMinutes', 'assignResolution', 'completeResolution', 'explainResolution'],
  openDispute: ['openDispute'],
  settleDispute: ['mediateDispute', 'arbitrateDispute', 'settleDispute'],
  fileReport: ['fileReport', 'reportDraft'],
  setStaffTarget: ['setStaffTarget'],
  delegateAuthority: ['delegateAuthority', 'revokeDelegation'],
  selectForCallback: ['selectForCallback'],
  workRecord: ['startRecord', 'advanceRecord', 'changeRecord', 'cancelRecord'],
  workTicket: [
    'acknowledgeTicket',
    'updateTicket',
    'waitOnCustomer',
    'holdTicket',
    'resumeTicket',
    'escalateTicket',
    'resolveTicket',
    'closeTicket',
    'reopenTicket',
    'cancelTicket',
    'rescheduleAppointment',
    'changeTicketCase',
    'addTicketNote',
    'linkTickets',
    'unlinkTickets',
  ],
  openTicket: ['openTicket'],
  keepFiles: ['attachFile', 'removeFile'],
  acknowledgeAlert: ['acknowledgeAlert', 'acknowledgeAlerts'],
  snoozeAlert: ['snoozeAlert'],
  keepRota: ['setShift', 'endShift'],
  swapShift: ['swapShift'],
  reportDataLeak: ['reportDataLeak'],
  followAlerts: ['slaAlerts', 'alerts'],
  surveyCustomers: ['submitSurveyResponse', 'addImprovementMeasure', 'closeImprovementMeasure'],
  readScorecard: ['scorecard', 'satisfaction', 'staffTargets', 'staffWorkloads', 'reports'],
  readAudit: ['auditTrail'],
  readDecisions: ['decisions', 'replayDecisions', 'policyShadows'],
  fileContract: ['fileContract', 'archiveContract'],
  openContract: ['openContract', 'requestArchiveAccess'],
  discloseCustomer: ['discloseCustomer'],
  exportCustomer: ['exportCustomer'],
  deleteCustomer: ['deleteCustomer'],
  drawServiceSample: ['drawServiceSample'],
  recordAgreement: ['recordConfidentialityAgreement'],
};

/** What a role may do, as screens ask for it before they show it. */
export function addPermissions(builder: Builder) {
  return builder.enumType('Permission', {
    description:
      'What a role may do at all. A rule of the policy, the state of the object, or a step of an approval may still say no.',
    values: Object.fromEntries(
      PERMISSION_NAMES.map((value) => [
        value.replaceAll(/[A-Z]/g, '_$&').toUpperCase(),
        { value, description: `Opens ${OPENS[value].join(', ')}.` },
      ]),
    ) as Record<string, { value: Permission; description: string }>,
  });
}

/**
 * What the actor may do, from the table that decides it.
 *
 * @param policyId for a line: what is for its head office is among them there alone. Without it what holds for one line at least is.
 */
export function permissionsOf(actor: Actor, policyId: string | null): Permission[] {
  const lines = policyId === null ? actor.policyIds : [policyId];
  const isHere = (permission: Permission) =>
    !(permission in PLACES) ||
    PLACES[permission as keyof typeof PLACES] !== 'HEAD_OFFICE' ||
    lines.some((line) => actor.place.isOfficeOf(line));
  return PERMISSION_NAMES.filter((permission) => may(actor, permission) && isHere(permission));
}
