import type { GradingRun } from '../../../../prisma/generated/client/client.ts';
import type { CustomerFacts, RouteFacts } from '../../../engine/policy/facts.ts';
import type { Decision, InstalledPolicy } from '../../../engine/policy/policies.ts';
import type { Services } from '../../../engine/services/services.ts';
import type { Organisation } from '../../../platform/access/organisation.ts';
import { auditRow } from '../../../platform/audit/audit.ts';
import { inTransaction } from '../../../platform/storage/transaction.ts';
import { WriteSet } from '../../../platform/storage/write-set.ts';
import { refuse } from '../../../platform/values/refusals.ts';
import { addApproval, stepsOf } from '../../approvals/route.ts';
import { CUSTOMER_FACTS, customerFacts } from '../../customers/customer-facts.ts';
import { leaveToApproval } from '../sql-assessments.ts';
import { type Decided, isMove } from './decide-grade.ts';

// A run gives no tier that somebody has to approve. Where the line's policy routes a change, the run proposes it: the assessment
// is left as PROPOSED, and when the run is through, all that go the same way are opened as one approval. A policy that says
// nothing about assessments has nobody asked; the standard policy's answer is for requests of people.

/** What becomes of a change: it waits for an approval, was asked for before, or it is not known who decides. */
export type Course = 'APPROVAL' | 'ASKED' | 'UNKNOWN';

/** Proposals that are read and asked about together. */
const PAGE = 1000;

/** Whether the policy has an opinion on who decides about assessments at all. */
function mayRoute({ declaration }: InstalledPolicy): boolean {
  return declaration.answers?.route !== undefined;
}

interface Change {
  readonly facts: CustomerFacts;
  readonly scheme: string;
  readonly tier: string | null;
}

/** Asks the policy who decides about changes, in the name of who started the run. */
async function routesOf(
  { database, policies, actors }: Services,
  { policyId, startedById }: Pick<GradingRun, 'policyId' | 'startedById'>,
  changes: readonly Change[],
  now: Date,
): Promise<(Decision<'route'> | Error | undefined)[]> {
  if (changes.length === 0) return [];
  const starter = await database.prisma.staff.findUniqueOrThrow({
    where: { id: startedById },
    select: { roles: true, branchId: true },
  });
  const organisation = await actors.organisation();
  const requester = {
    roles: starter.roles,
    atHeadOffice: organisation.headOffice(starter.branchId) === starter.branchId,
  };
  return policies.askMany(
    policyId,
    'route',
    changes.map(
      ({ facts, scheme, tier }): RouteFacts => ({
        now: now.toISOString(),
        kind: 'ASSESSMENT',
        amount: null,
        cumulated: null,
        requester,
        customer: facts,
        request: { scheme, tier, byRun: true },
      }),
    ),
  );
}

/**
 * How the changes of a batch come into force, by customer; those that are not named do at once. Customers who keep their tier
 * cost no question.
 */
export async function coursesOf(
  services: Services,
  run: GradingRun,
  policy: InstalledPolicy,
  decided: readonly Decided[],
  now: Date,
): Promise<ReadonlyMap<string, Course>> {
  const courses = new Map<string, Course>();
  if (!mayRoute(policy)) return courses;
  const moves = decided.flatMap(({ customer, scheme, outcome, facts }) =>
    isMove(outcome) ? [{ id: customer.id, facts: facts(), scheme: scheme.id, tier: outcome.to }] : [],
  );
  const routes = await routesOf(services, run, moves, now);
  const routed: typeof moves = [];
  for (const [index, move] of moves.entries()) {
    const route = routes[index];
    if (!route || route instanceof Error) courses.set(move.id, 'UNKNOWN');
    else if (route.policyId === run.policyId) routed.push(move);
  }
  if (routed.length === 0) return courses;
  // A run that is started again asks nobody a second time for what is still being decided.
  const pending = await services.database.prisma.assessment.findMany({
    where: { customerId: { in: routed.map(({ id }) => id) }, status: 'PENDING_APPROVAL' },
    select: { customerId: true, schemeId: true, proposedTierCode: true },
  });
  const asked = new Set(pending.map((one) => `${one.customerId} ${one.schemeId} ${one.proposedTierCode}`));
  for (const { id, scheme, tier } of routed)
    courses.set(id, asked.has(`${id} ${scheme} ${tier}`) ? 'ASKED' : 'APPROVAL');
  return courses;
}

/** What goes one way: one approval. */
interface Group {
  readonly route: Decision<'route'>;
  readonly branchId: string;
  readonly subject: { readonly type: string; readonly id: string };
  readonly customer: Proposal['customer'] | null;
  readonly assessmentIds: string[];
}

/**
 * Opens the approvals of what a run proposed, one for each way that the policy has it go, and completes the run. What the
 * policy wants decided one by one gets an approval each; what it cannot be asked about stays proposed, to be submitted by hand.
 *
 * @throws {Refused} another node completed it
 */
export async function completeRun(services: Services, id: string): Promise<void> {
  const { database, clock } = services;
  const run = await database.prisma.gradingRun.findUniqueOrThrow({ where: { id } });
  const now = clock.now();
  const groups = run.proposed > 0 ? await groupsOf(services, run, now) : [];
  const writes = new WriteSet();
  const organisation = await services.actors.organisation();
  const opened = groups.map((group) => openGroup(services, writes, run, { group, organisation, at: now }));
  await inTransaction(
    database,
    async (tx) => {
      const { count } = await tx.gradingRun.updateMany({
        where: { id, cursor: run.cursor, state: { in: ['RUNNING', 'STOPPED'] } },
        data: { state: 'COMPLETED', finishedAt: now, updatedAt: now },
      });
      if (count === 0) throw refuse('RUN_STOPPED');
      await writes.execute(tx);
      for (const { approvalId, assessmentIds } of opened) await leaveToApproval(tx, assessmentIds, approvalId);
    },
    { timeoutMs: 60_000 },
  );
}

/** Adds the approval of what goes one way, with its entry in the audit trail: a run has no caller any more. */
function openGroup(
  { calendars }: Services,
  writes: WriteSet,
  { policyId, startedById }: GradingRun,
  { group, organisation, at }: { readonly group: Group; readonly organisation: Organisation; readonly at: Date },
): { readonly approvalId: string; readonly assessmentIds: readonly string[] } {
  const { route, branchId, subject, customer, assessmentIds } = group;
  const request = { kind: 'ASSESSMENT', policyId, branchId, subject, customer, requestedById: startedById };
  const approvalId = addApproval(writes, { request, route, organisation, calendars, at });
  const entry = auditRow({
    at,
    actorId: startedById,
    action: 'SUBMIT_ASSESSMENT',
    subject,
    policyId,
    branchId,
    customerId: customer?.id ?? null,
    changes: [{ field: 'proposed', before: null, after: String(assessmentIds.length) }],
  });
  writes.insert('audit_entry', entry);
  return { approvalId, assessmentIds };
}

type Proposal = Awaited<ReturnType<typeof proposalsOf>>[number];

function proposalsOf({ database }: Services, runId: string, after: string | null) {
  return database.prisma.assessment.findMany({
    where: {
      runId,
      status: 'PROPOSED',
      customer: { departedAt: null, erasedAt: null },
      ...(after && { id: { gt: after } }),
    },
    select: { id: true, schemeId: true, proposedTierCode: true, customer: { select: CUSTOMER_FACTS } },
    orderBy: { id: 'asc' },
    take: PAGE,
  });
}

async function groupsOf(services: Services, run: GradingRun, now: Date): Promise<Group[]> {
  const policy = services.policies.get(run.policyId);
  if (!policy) throw new Error(`the policy ${run.policyId} is not installed`);
  const organisation = await services.actors.organisation();
  const groups = new Map<string, Group>();
  for (let after: string | null = null; ; ) {
    const proposals: Proposal[] = await proposalsOf(services, run.id, after);
    const changes = proposals.map(({ customer, schemeId, proposedTierCode }) => ({
      facts: customerFacts(policy.declaration, customer),
      scheme: schemeId,
      tier: proposedTierCode,
    }));
    const routes = await routesOf(services, run, changes, now);
    for (const [index, { id, customer }] of proposals.entries()) {
      const route = routes[index];
      if (!route || route instanceof Error) continue;
      const isLocal = route.answer.steps.some(({ where }) => where === 'SAME_BRANCH');
      const single = route.answer.oneByOne;
      const branchId = single || isLocal ? customer.branchId : (run.branchId ?? customer.branchId);
      const steps = stepsOf(route, organisation, branchId);
      const key = JSON.stringify([branchId, steps, route.answer, single && id]);
      const group = groups.get(key);
      if (group) group.assessmentIds.push(id);
      else
        groups.set(key, {
          route,
          branchId,
          subject: single ? { type: 'Assessment', id } : { type: 'GradingRun', id: run.id },
          customer: single ? customer : null,
          assessmentIds: [id],
        });
    }
    if (proposals.length < PAGE) return [...groups.values()];
    after = proposals.at(-1)?.id ?? null;
  }
}
