import type { GraphQLSchema } from 'graphql';
import type { Policy } from '../server/engine/policy/contract.ts';
import { buildExtended, type SchemaExtension } from '../server/engine/policy/extensions.ts';
import { addAlerts } from './alert.ts';
import { addAllowedMoves } from './allowed-moves.ts';
import { addApplications } from './application.ts';
import { addApprovals } from './approval.ts';
import { addAssessments, addAssessmentWork } from './assessment.ts';
import { addAudit } from './audit.ts';
import { type Builder, createBuilder } from './base/builder.ts';
import { addEnums, type Enums } from './base/enums.ts';
import { addErrors } from './base/errors.ts';
import { addRefs, type TypeRefs } from './base/refs.ts';
import { addScalars } from './base/scalars.ts';
import { addShared, type Shared } from './base/shared.ts';
import { addCalendars } from './calendar.ts';
import { addCompliance } from './compliance.ts';
import { addContacts } from './contact.ts';
import { addContracts } from './contract.ts';
import { addCustomers } from './customer.ts';
import { addCustomerLists } from './customer-lists.ts';
import { addCustomerWork } from './customer-work.ts';
import { addDataLeaks } from './data-leak.ts';
import { addDecisions } from './decision.ts';
import { addReplay } from './decision-replay.ts';
import { addDisputes } from './dispute.ts';
import { addDuties } from './duty.ts';
import { addFiles } from './file.ts';
import { addGrades } from './grade.ts';
import { addGradingRuns } from './grading-run.ts';
import { addInteractions } from './interaction.ts';
import { addMeetings } from './meeting.ts';
import { addMessages } from './message.ts';
import { addMetrics } from './metric.ts';
import { nodes, ownNodes } from './nodes.ts';
import { addOrganisation } from './organisation.ts';
import { addOrganisationLists } from './organisation-lists.ts';
import { addPlans } from './plan.ts';
import { addPlanTemplates } from './plan-template.ts';
import { addPlanDrafting, addPlanExecution } from './plan-work.ts';
import { addPolicies } from './policy.ts';
import { addProfiles } from './profile.ts';
import { addRecordTypes } from './record.ts';
import { addForms } from './record-forms.ts';
import { addRecordKinds, typedKinds } from './record-kinds.ts';
import { addRecordLists } from './record-lists.ts';
import { addRecordWork } from './record-work.ts';
import { rehearseMutations } from './rehearsal.ts';
import { addRehearsals } from './rehearsal-types.ts';
import { addReports } from './report.ts';
import { addRota } from './rota.ts';
import { addSandbox } from './sandbox.ts';
import { addSeveral } from './several.ts';
import { addShadows } from './shadow.ts';
import { addSlaClocks } from './sla-clock.ts';
import { addSlaSummary } from './sla-summary.ts';
import { addStaff } from './staff.ts';
import { addStaffWork } from './staff-work.ts';
import { addSurveys } from './survey.ts';
import { addTasks } from './task.ts';
import { addTaskChanges } from './task-changes.ts';
import { addTaskFilter } from './task-filter.ts';
import { addTickets } from './ticket.ts';
import { addTicketChanges } from './ticket-changes.ts';
import { addTicketFilter } from './ticket-filter.ts';
import { addTicketLinks } from './ticket-links.ts';
import { addTicketWork } from './ticket-work.ts';
import { addVip } from './vip.ts';
import { addWorkloads } from './workload.ts';

/** What the schema is made from. */
interface Installed {
  readonly policies: readonly Policy[];
  readonly extensions: readonly SchemaExtension[];
  readonly sandbox: boolean;
}

/** What was built last: several servers of one process, as tests start them, have one schema. */
let last: { readonly from: Installed; readonly schema: GraphQLSchema } | undefined;

/**
 * The schema that clients see. It depends on which plugins are installed, never on which are enabled.
 *
 * @param options.extensions what plugins add to it
 * @param options.sandbox adds the hand on the clock
 * @throws {PluginError} two plugins, or one and the platform, add the same name
 */
export function buildSchema(
  policies: readonly Policy[],
  { extensions = [], sandbox = false }: Partial<Omit<Installed, 'policies'>> = {},
): GraphQLSchema {
  const from: Installed = { policies, extensions, sandbox };
  if (last && isSame(last.from, from)) return last.schema;
  const schema = buildExtended(extensions, (extending) => assemble({ ...from, extensions: extending }));
  last = { from, schema };
  return schema;
}

function isSame(one: Installed, other: Installed): boolean {
  const same = <T>(a: readonly T[], b: readonly T[]) => a.length === b.length && a.every((item, at) => item === b[at]);
  return one.sandbox === other.sandbox && same(one.policies, other.policies) && same(one.extensions, other.extensions);
}

function assemble({ policies, extensions, sandbox }: Installed): GraphQLSchema {
  const builder = createBuilder(nodes, ownNodes);
  addScalars(builder);
  const errors = addErrors(builder);
  const enums = addEnums(builder);
  const shared = addShared(builder, enums);
  const refs = addRefs(builder);
  const filters = { task: addTaskFilter(builder, enums), ticket: addTicketFilter(builder, enums) };
  addOrganisation(builder, enums, refs);
  addOrganisationLists(builder, enums, refs);
  addStaff(builder);
  addStaffWork(builder, enums);
  const ParameterInput = addPolicies(builder, enums, shared, refs);
  addProfiles(builder, shared, refs, policies);
  addCustomers(builder, enums, shared, refs);
  addCustomerLists(builder, enums, refs, filters);
  addCustomerWork(builder, enums);
  addMetrics(builder, refs);
  addContacts(builder);
  addGrades(builder, enums, refs);
  addAssessments(builder, enums, refs);
  addAssessmentWork(builder);
  addGradingRuns(builder, enums, refs);
  addVip(builder, enums, refs);
  addInteractions(builder, enums);
  addPlans(builder, enums, shared);
  addPlanDrafting(builder, enums, shared);
  addPlanExecution(builder, enums, shared);
  addPlanTemplates(builder, enums);
  addTasks(builder, enums, refs, filters.task);
  addTaskChanges(builder, enums);
  addMessages(builder, enums, refs);
  addDuties(builder, enums, shared, refs);
  addApprovals(builder, enums, shared, refs);
  addApplications(builder, enums, shared);
  addTickets(builder, enums, refs, filters.ticket);
  addTicketMoves(builder, enums);
  addSlaClocks(builder, enums, shared);
  addSlaSummary(builder, enums, refs);
  addCalendars(builder, enums);
  addAlerts(builder, enums, refs);
  addRota(builder, refs);
  addSeveral(builder);
  addDataLeaks(builder);
  addWhatWasDecided(builder, enums, refs, ParameterInput);
  addPapers(builder, refs);
  addCompliance(builder);
  addSurveys(builder, enums, shared);
  addWorkloads(builder, refs);
  addReports(builder, enums, shared);
  addRecords(builder, enums, shared, refs, policies);
  addSittings(builder, enums);
  addAudit(builder, refs);
  addAllowedMoves(builder, errors);
  addRehearsals(builder, enums, shared);
  if (sandbox) addSandbox(builder);
  for (const extension of extensions) extension.extend(builder);
  return rehearseMutations(builder.toSchema({ sortSchema: true }));
}

/** What is done with tickets. */
function addTicketMoves(builder: Builder, enums: Enums): void {
  addTicketWork(builder, enums);
  addTicketChanges(builder);
  addTicketLinks(builder);
}

/** Contracts, and the files of all that has some. */
function addPapers(builder: Builder, refs: TypeRefs): void {
  addContracts(builder, refs);
  addFiles(builder, refs);
}

/** What policies decided, what they would decide now, and what a candidate says beside them. */
function addWhatWasDecided(
  builder: Builder,
  enums: Enums,
  refs: TypeRefs,
  ParameterInput: Parameters<typeof addReplay>[4],
): void {
  const decisions = addDecisions(builder, enums, refs);
  addReplay(builder, enums, refs, decisions, ParameterInput);
  addShadows(builder, enums, refs, decisions, ParameterInput);
}

/** What people sit down together for. */
function addSittings(builder: Builder, enums: Parameters<typeof addMeetings>[1]): void {
  addMeetings(builder, enums);
  addDisputes(builder, enums);
}

/** Records: a type and inputs for each kind, lists, and what is done with them. */
function addRecords(builder: Builder, enums: Enums, shared: Shared, refs: TypeRefs, policies: readonly Policy[]): void {
  const kinds = typedKinds(builder, policies);
  const types = addRecordTypes(builder, enums, refs);
  addRecordKinds(builder, shared, types.RecordRef, kinds);
  addRecordLists(builder, enums, types);
  addRecordWork(builder, types, kinds);
  addForms(builder, enums, refs);
}
