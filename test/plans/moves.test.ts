import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Person, startTestApp, type TestApp } from '../support/app.ts';
import { givenCustomer } from '../support/given.ts';
import { allSkipped, givenPlan } from '../support/plans.ts';

// What a screen is told that may be done with a plan, an approval or an assessment is what the mutation then answers.

let app: TestApp;
let manager: Person;
let customerId: string;
beforeAll(async () => {
  app = await startTestApp({ now: '2026-03-02T10:00:00+08:00', database: 'MEMORY' });
  manager = app.as('BK-A/CUSTOMER_MANAGER');
  ({ id: customerId } = await givenCustomer(manager, { policyId: 'bank-vip', branchCode: 'BK-A' }));
  const allocation = {
    policyId: 'bank-vip',
    branchCode: 'BK-A',
    year: 2026,
    amount: { amount: '90000' },
    purpose: '2026',
  };
  await app.as('BK-A/DIRECTOR').does('AllocateBudget', { input: allocation });
});
afterAll(() => app[Symbol.asyncDispose]());

interface Answer {
  readonly __typename: string;
  readonly code?: string;
  readonly reasons?: readonly { code: string }[];
}
interface Told {
  readonly move: string;
  readonly refusal: { readonly code: string } | null;
}
const ERRORS = ['InvalidInput', 'NotFound', 'Forbidden', 'Conflict', 'Refused', 'NotConfigured', 'PolicyFailure'];
const codeOf = ({ __typename, code, reasons }: Answer) =>
  ERRORS.includes(__typename) ? (reasons?.[0]?.code ?? code) : null;

interface Plan {
  readonly id: string;
  readonly version: number;
}
const measure = () => ({ way: 'PHONE', measure: 'Call', assigneeId: manager.id, dueAt: '2026-04-01T10:00:00+08:00' });
const PLAN: Readonly<Record<string, (who: Person, plan: Plan) => Promise<Answer>>> = {
  REVISE: (who, { id, version }) =>
    who.does('RevisePlan', {
      input: {
        id,
        expectedVersion: version,
        objective: 'Stay',
        startsOn: '2026-03-02',
        endsOn: '2026-06-30',
        budget: { amount: '100' },
        measures: [measure()],
      },
    }),
  SUBMIT: (who, { id, version }) => who.does('SubmitPlan', { id, expectedVersion: version }),
  CANCEL: (who, { id, version }) => who.does('CancelPlan', { id, expectedVersion: version, reason: '-' }),
  ADD_TASK: (who, { id }) => who.does('AddPlanTask', { input: { planId: id, ...measure() } }),
  CONFIRM: (who, { id }) => who.does('ConfirmPlan', { id, satisfied: true, evidence: '-' }),
  COMPLETE: async (who, { id, version }) => {
    const document = 'query ($id: ID!) { node(id: $id) { ... on MaintenancePlan { measures { id status } } } }';
    const { measures } = (await who.ask(document, { id })).data.node;
    const skipped = allSkipped({ measures: measures.filter(({ status }: { status: string }) => status !== 'DONE') });
    return who.does('CompletePlan', { id, expectedVersion: version, summary: '-', skipped });
  },
  IMPROVE: (who, { id }) => who.does('ImprovePlan', { id, improvement: '-' }),
};

const uuid = (id: string) => Buffer.from(id, 'base64').toString().split(':')[1] ?? '';
const STATUSES = ['DRAFT', 'SUBMITTED', 'RETURNED', 'APPROVED', 'IN_PROGRESS', 'COMPLETED', 'CANCELLED'] as const;

async function givenPlanThatIs(status: (typeof STATUSES)[number]): Promise<Plan> {
  const { id } = await givenPlan(manager, { customerId });
  const { prisma } = app.app.services.database;
  const summary = status === 'COMPLETED' ? 'Kept.' : null;
  await prisma.maintenancePlan.update({ where: { id: uuid(id) }, data: { status, summary } });
  return manager.does('PlanMoves', { id });
}

test.each(STATUSES)(
  'allowedMoves of a plan that is %s',
  async (status) => {
    for (const who of [manager, app.as('BK-A/FINANCE')]) {
      let plan = await givenPlanThatIs(status);
      const { allowedMoves } = (await who.does('PlanMoves', { id: plan.id })) as { allowedMoves: Told[] };
      expect(allowedMoves.map(({ move }) => move)).toEqual(Object.keys(PLAN));
      for (const { move, refusal } of allowedMoves) {
        const answer = (await PLAN[move]?.(who, plan)) as Answer;
        expect([move, codeOf(answer)]).toEqual([move, refusal?.code ?? null]);
        if (codeOf(answer) === null) plan = await givenPlanThatIs(status);
      }
    }
  },
  60_000,
);

test('allowedMoves of an approval are the decisions that its step takes from this person', async () => {
  const submitted = async (): Promise<string> => {
    const { id } = await givenPlan(manager, { customerId });
    return (await manager.does('SubmitPlan', { id, expectedVersion: 1 })).approval.id;
  };
  const decided = await submitted();
  await app
    .as('BK-A/COMMAND_CENTER')
    .does('DecideApproval', { input: { id: decided, decision: 'REJECT', comment: 'no' } });
  const told: unknown[] = [];
  for (const role of ['COMMAND_CENTER', 'CUSTOMER_MANAGER', 'SUPERVISOR', 'EXECUTIVE']) {
    const who = app.as(`BK-A/${role}`);
    for (const known of [null, decided]) {
      let id = known ?? (await submitted());
      const { allowedMoves } = (await who.does('ApprovalMoves', { id })) as { allowedMoves: Told[] };
      for (const { move, refusal } of allowedMoves) {
        const answer = await who.does('DecideApproval', { input: { id, decision: move, comment: '-' } });
        expect([role, move, codeOf(answer)]).toEqual([role, move, refusal?.code ?? null]);
        told.push(refusal?.code ?? null);
        if (codeOf(answer) === null) id = await submitted();
      }
    }
  }
  expect(told).toEqual(expect.arrayContaining([null, 'ALREADY_DECIDED', 'OWN_REQUEST', 'WRONG_AUTHORITY']));
}, 60_000);

test('allowedMoves of an assessment say whether it may be submitted', async () => {
  const { id } = await manager.does('AssessCustomer', { input: { customerId, schemeId: 'rural-credit' } });
  for (const role of ['CUSTOMER_MANAGER', 'FINANCE']) {
    const who = app.as(`BK-A/${role}`);
    const [told] = ((await who.does('AssessmentMoves', { id })) as { allowedMoves: Told[] }).allowedMoves;
    const answer = await who.does('SubmitAssessment', { id });
    expect(told?.refusal).not.toBeNull();
    expect(told?.refusal?.code).toBe(codeOf(answer));
  }
});
