import { linesOverseen } from '../server/domain/decisions/overseen.ts';
import { visibleFiles } from '../server/domain/files/file-scope.ts';
import { mayFollowRun } from '../server/domain/grades/runs/grading-run.ts';
import { visibleRecords } from '../server/domain/records/seen-by.ts';
import { maySeeAlert } from '../server/engine/alert-log/stream.ts';
import { recordTypeName } from '../server/engine/policy/records/names.ts';
import { visible as visibleRows } from '../server/platform/access/scope.ts';
import { bound, everybody, type NodeRule, type NodeRules, nobody, type OwnNodes, where } from './base/nodes.ts';

const customer: NodeRule = async (viewer, id, type) => {
  const isVisible = await bound(viewer, id, type);
  if (!isVisible) viewer.services.refusedReads.note({ actor: viewer.actor, requestId: null }, id);
  return isVisible;
};

const alert: NodeRule = async ({ services, actor }, id) => {
  const found = await services.database.prisma.alert.findUnique({ where: { id } });
  return found !== null && maySeeAlert(actor, found);
};

const attachment: NodeRule = async ({ services, actor }, id) => {
  const where = { AND: [{ id }, visibleFiles(services.policies, actor)] };
  return (await services.database.prisma.attachment.count({ where })) > 0;
};

const gradingRun: NodeRule = async ({ services, actor }, id) => {
  const run = await services.database.prisma.gradingRun.findUnique({
    where: { id },
    select: { policyId: true, branchIds: true },
  });
  return run !== null && mayFollowRun(actor, run);
};

/** How `node(id:)` finds out whether the viewer may read an object: a row for each type that has an id. */
export const nodes = {
  Alert: alert,
  Application: bound,
  Approval: bound,
  Assessment: bound,
  Attachment: attachment,
  AuditEntry: nobody,
  Branch: everybody,
  BudgetAccount: bound,
  Contract: bound,
  Customer: customer,
  Delegation: where((actor) => ({ OR: [{ fromId: actor.id }, { toId: actor.id }, visibleRows(actor)] })),
  Disclosure: bound,
  Dispute: bound,
  Grade: bound,
  GradingRun: gradingRun,
  ImprovementMeasure: bound,
  Interaction: bound,
  MaintenancePlan: bound,
  Meeting: bound,
  Message: bound,
  PeriodReport: bound,
  PolicyDecision: where((actor) => ({ policyId: { in: linesOverseen(actor) } })),
  PolicyShadow: where((actor) => ({ policyId: { in: linesOverseen(actor) } })),
  PolicyShadowDifference: where((actor) => ({ shadow: { policyId: { in: linesOverseen(actor) } } })),
  PlanMeasure: bound,
  Resolution: bound,
  RotaShift: where((actor) => ({ OR: [{ staffId: actor.id }, visibleRows(actor)] })),
  ServiceSample: bound,
  SlaClock: bound,
  Staff: everybody,
  SurveyResponse: bound,
  Task: bound,
  Ticket: bound,
  TicketEvent: bound,
  VipCard: bound,
} satisfies NodeRules;

/** A record has the id of its interface, and the type of its kind. */
export const ownNodes = {
  Record: async ({ services, actor }, id) => {
    const where = { AND: [{ id }, visibleRecords(services.policies, actor)] };
    const found = await services.database.prisma.policyRecord.findFirst({ where });
    return found && { ...found, __typename: recordTypeName(found.policyId, found.kind) };
  },
} satisfies OwnNodes;
