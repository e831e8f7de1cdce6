import type { Role } from '../prisma/generated/client/enums.ts';
import type { NewApplication } from '../server/domain/applications/rules.ts';
import {
  carryOutApplication,
  previewApplication,
  resubmitApplication,
  submitApplication,
} from '../server/domain/applications/service.ts';
import { limitsInForce } from '../server/domain/approvals/authority-limits.ts';
import { stepsOf } from '../server/domain/approvals/route.ts';
import { allocateBudget } from '../server/domain/budget/accounts.ts';
import { zoneOf } from '../server/engine/policy/line-zone.ts';
import { visible } from '../server/platform/access/scope.ts';
import { dateIn } from '../server/platform/values/days.ts';
import { idOf } from '../server/platform/values/ids.ts';
import { CURRENCY } from '../server/platform/values/money.ts';
import type { Text } from '../server/platform/values/text.ts';
import { actorOf, asExecutionError, type Builder, callerOf, seenBy } from './base/builder.ts';
import { command } from './base/command.ts';
import type { Enums } from './base/enums.ts';
import type { Shared } from './base/shared.ts';
import { localised } from './base/text.ts';

/** What was applied for, and how far it is. */
function addApplicationType(builder: Builder, enums: Enums, shared: Shared): void {
  builder.prismaNode('Application', {
    id: { field: 'id' },
    ...seenBy,
    description:
      'Something that somebody applies for: an expense, a purchase, a change of process or authority, a service.',
    fields: (t) => ({
      kind: t.exposeString('kind', { description: 'One of the kinds that the policy declares.' }),
      state: t.expose('state', { type: enums.ApplicationState }),
      version: t.exposeInt('version', { description: 'Counts up when it is returned or rejected.' }),
      fields: t.field({
        type: 'JSON',
        description: 'What the policy asks of the kind.',
        resolve: ({ fields }) => fields,
      }),
      amount: t.field({
        type: shared.Money,
        nullable: true,
        resolve: ({ amount, currency }) => amount && { amount, currency: currency ?? CURRENCY },
      }),
      reason: t.exposeString('reason'),
      emergency: t.exposeBoolean('emergency', { description: 'It was done at once and is approved afterwards.' }),
      submittedBy: t.relation('submittedBy'),
      submittedAt: t.expose('submittedAt', { type: 'DateTime' }),
      carriedOutAt: t.expose('carriedOutAt', { type: 'DateTime', nullable: true }),
      customer: t.relation('customer', { nullable: true }),
      plan: t.relation('plan', { nullable: true }),
      approval: t.relation('approval', { nullable: true }),
    }),
  });
}

/** Applications: what people ask others to approve, beside plans and grades. */
export function addApplications(builder: Builder, enums: Enums, shared: Shared): void {
  addApplicationType(builder, enums, shared);
  const SubmitApplicationInput = builder.inputType('SubmitApplicationInput', {
    fields: (t) => ({
      policyId: t.id({ required: true }),
      kind: t.string({ required: true, description: 'EXPENSE, PROCUREMENT, PROCESS_CHANGE, SERVICE_APPLICATION ...' }),
      customerId: t.id(),
      planId: t.id({ description: 'The plan whose budget an expense is of.' }),
      amount: t.field({ type: shared.MoneyInput }),
      fields: t.field({ type: 'JSON', description: 'What the policy asks of the kind.' }),
      reason: t.string({ required: true }),
      emergency: t.boolean({ description: 'It is done at once, and approved afterwards.' }),
    }),
  });
  const ResubmitApplicationInput = builder.inputType('ResubmitApplicationInput', {
    fields: (t) => ({
      id: t.id({ required: true }),
      expectedVersion: t.int({ required: true }),
      amount: t.field({ type: shared.MoneyInput }),
      fields: t.field({ type: 'JSON' }),
      reason: t.string({ required: true }),
    }),
  });
  const newApplication = (input: (typeof SubmitApplicationInput)['$inferInput']): NewApplication => ({
    ...input,
    policyId: String(input.policyId),
    customerId: input.customerId ? idOf('Customer', String(input.customerId)) : null,
    planId: input.planId ? idOf('MaintenancePlan', String(input.planId)) : null,
  });
  builder.mutationFields((t) => ({
    submitApplication: command(t, 'Application', {
      description: "Applies for something; the policy's route says who decides.",
      args: { input: t.arg({ type: SubmitApplicationInput, required: true }), idempotencyKey: t.arg.string() },
      isDoneOnce: true,
      run: (services, caller, { input }) => submitApplication(services, caller, newApplication(input)),
    }),
    resubmitApplication: command(t, 'Application', {
      args: { input: t.arg({ type: ResubmitApplicationInput, required: true }) },
      run: (services, caller, { input }) =>
        resubmitApplication(services, caller, { ...input, id: idOf('Application', String(input.id)) }),
    }),
    carryOutApplication: command(t, 'Application', {
      description: 'Makes the change, places the purchase, activates the service: after the approval.',
      args: { id: t.arg.id({ required: true }) },
      run: (services, caller, args) => carryOutApplication(services, caller, idOf('Application', String(args.id))),
    }),
  }));

  interface Preview {
    readonly because: Text;
    readonly cumulated: string | null;
    readonly currency: string;
    readonly ratifyWithinDays: number | null;
    readonly steps: readonly { readonly role: Role; readonly branchId: string | null }[];
  }
  const PreviewStep = builder.objectRef<Preview['steps'][number]>('ApprovalPreviewStep').implement({
    fields: (t) => ({
      role: t.expose('role', { type: enums.Role }),
      branch: t.prismaField({
        type: 'Branch',
        nullable: true,
        description: 'Whose people decide; null is any branch of the line.',
        resolve: (query, { branchId }, _args, { services }) =>
          branchId ? services.database.prisma.branch.findUnique({ ...query, where: { id: branchId } }) : null,
      }),
    }),
  });
  const ApprovalPreview = builder.objectRef<Preview>('ApprovalPreview').implement({
    description: 'Who would have to approve, and why.',
    fields: (t) => ({
      steps: t.field({ type: [PreviewStep], description: 'In order, at most 10.', resolve: ({ steps }) => [...steps] }),
      cumulated: t.field({
        type: shared.Money,
        nullable: true,
        description: 'The amount with what it adds up with.',
        resolve: ({ cumulated, currency }) => (cumulated === null ? null : { amount: cumulated, currency }),
      }),
      mayActAtOnce: t.boolean({
        description: 'Whether an emergency may be carried out first and approved afterwards.',
        resolve: ({ ratifyWithinDays }) => ratifyWithinDays !== null,
      }),
      because: t.string({
        args: { locale: t.arg({ type: enums.Locale }) },
        resolve: ({ because }, { locale }, context) => localised(because, locale, context),
      }),
    }),
  });
  builder.queryField('approvalPreview', (t) =>
    t.field({
      type: ApprovalPreview,
      description: 'Who would have to approve an application. Writes nothing.',
      args: { input: t.arg({ type: SubmitApplicationInput, required: true }) },
      resolve: async (_root, { input }, context) => {
        try {
          const caller = callerOf(context);
          const routed = await previewApplication(context.services, caller, newApplication(input));
          const organisation = await context.services.actors.organisation();
          return {
            because: routed.route.because,
            cumulated: routed.cumulated,
            currency: input.amount?.currency ?? CURRENCY,
            ratifyWithinDays: routed.route.answer.ratifyWithinDays,
            steps: stepsOf(routed.route, organisation, routed.branchId),
          };
        } catch (error) {
          throw asExecutionError(error);
        }
      },
    }),
  );

  addLimits(builder, enums, shared);
  addBudget(builder, enums, shared);
}

/** Up to which amounts roles decide. */
function addLimits(builder: Builder, enums: Enums, shared: Shared): void {
  builder.prismaObject('AuthorityLimit', {
    description:
      'Up to which amount a role decides about a kind of request, from a day on, as it was decided in writing.',
    fields: (t) => ({
      kind: t.exposeString('kind'),
      role: t.expose('role', { type: enums.Role }),
      upTo: t.field({
        type: shared.Money,
        nullable: true,
        description: 'Inclusive; null is without limit.',
        resolve: ({ upTo, currency }) => upTo && { amount: upTo, currency },
      }),
      validFrom: t.expose('validFrom', { type: 'Date' }),
      writtenRecord: t.exposeString('writtenRecord'),
      announcedOn: t.expose('announcedOn', { type: 'Date', nullable: true }),
      trainedOn: t.expose('trainedOn', { type: 'Date', nullable: true }),
    }),
  });
  builder.queryField('authorityLimits', (t) =>
    t.prismaField({
      type: ['AuthorityLimit'],
      description: 'Those in force on a day, today unless said, by kind, role and currency; at most 100.',
      args: { policyId: t.arg.id({ required: true }), on: t.arg({ type: 'Date' }) },
      resolve: async (query, _root, { policyId, on }, context) => {
        const { database, policies, clock } = context.services;
        const id = String(policyId);
        if (!actorOf(context).policyIds.includes(id)) return [];
        const zone = zoneOf(policies.get(id)?.declaration);
        const all = await database.prisma.authorityLimit.findMany({ where: { policyId: id } });
        const today = on ?? dateIn(clock.now(), zone);
        const kinds = [...new Set(all.map(({ kind }) => kind))];
        const ids = kinds.flatMap((kind) =>
          limitsInForce(
            all.filter((limit) => limit.kind === kind),
            today,
          ).map((limit) => limit.id),
        );
        return database.prisma.authorityLimit.findMany({
          ...query,
          where: { id: { in: ids } },
          orderBy: [{ kind: 'asc' }, { role: 'asc' }, { currency: 'asc' }],
          take: 100,
        });
      },
    }),
  );
}

/** The money of branches for the plans of a year, and its movements. */
function addBudget(builder: Builder, enums: Enums, shared: Shared): void {
  builder.prismaObject('BudgetEntry', {
    description: 'A movement of money; entries are never changed.',
    fields: (t) => ({
      kind: t.expose('kind', { type: enums.BudgetEntryKind }),
      amount: t.field({ type: shared.Money, resolve: ({ amount, currency }) => ({ amount, currency }) }),
      purpose: t.exposeString('purpose', { nullable: true }),
      by: t.relation('by'),
      at: t.expose('at', { type: 'DateTime' }),
    }),
  });
  const money = (amount: { toFixed(): string }, currency: string) => ({ amount, currency });
  builder.prismaNode('BudgetAccount', {
    id: { field: 'id' },
    ...seenBy,
    description: "A branch's money for the plans of a year.",
    fields: (t) => ({
      year: t.exposeInt('year'),
      branch: t.prismaField({
        type: 'Branch',
        resolve: (query, { branchId }, _args, { services }) =>
          services.database.prisma.branch.findUniqueOrThrow({ ...query, where: { id: branchId } }),
      }),
      allocated: t.field({ type: shared.Money, resolve: ({ allocated, currency }) => money(allocated, currency) }),
      reserved: t.field({
        type: shared.Money,
        description: 'For approved plans, and not spent yet.',
        resolve: ({ reserved, currency }) => money(reserved, currency),
      }),
      spent: t.field({ type: shared.Money, resolve: ({ spent, currency }) => money(spent, currency) }),
      available: t.field({
        type: shared.Money,
        description: 'Never below zero.',
        resolve: ({ allocated, reserved, spent, currency }) => money(allocated.minus(reserved).minus(spent), currency),
      }),
      entries: t.relation('entries', {
        description: 'The last 100, the newest first.',
        query: { orderBy: [{ at: 'desc' }, { id: 'desc' }], take: 100 },
      }),
    }),
  });
  builder.queryField('budgets', (t) =>
    t.prismaField({
      type: ['BudgetAccount'],
      description: 'Of the branches that you see, for a year; at most 100.',
      args: { policyId: t.arg.id({ required: true }), year: t.arg.int({ required: true }) },
      resolve: (query, _root, { policyId, year }, context) =>
        context.services.database.prisma.budgetAccount.findMany({
          ...query,
          where: { AND: [visible(actorOf(context)), { policyId: String(policyId), year }] },
          orderBy: [{ branchId: 'asc' }, { currency: 'asc' }],
          take: 100,
        }),
    }),
  );
  const AllocateBudgetInput = builder.inputType('AllocateBudgetInput', {
    fields: (t) => ({
      policyId: t.id({ required: true }),
      branchCode: t.string({ required: true }),
      year: t.int({ required: true }),
      amount: t.field({ type: shared.MoneyInput, required: true, description: 'Below zero it takes back.' }),
      purpose: t.string({ required: true }),
    }),
  });
  builder.mutationField('allocateBudget', (t) =>
    command(t, 'BudgetAccount', {
      description: 'Gives a branch money for the plans of a year.',
      args: { input: t.arg({ type: AllocateBudgetInput, required: true }), idempotencyKey: t.arg.string() },
      run: (services, caller, { input, idempotencyKey }) => {
        const allocation = { ...input, policyId: String(input.policyId) };
        return allocateBudget(services, caller, allocation, idempotencyKey);
      },
    }),
  );
}
