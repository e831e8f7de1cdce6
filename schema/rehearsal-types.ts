import type { Message } from '../prisma/generated/client/client.ts';
import {
  type Effects,
  MOST,
  type RehearsedAlert,
  type RehearsedApproval,
  type RehearsedChange,
  type RehearsedClock,
  type RehearsedMovement,
  type RehearsedStep,
  type RehearsedTask,
} from '../server/domain/rehearsals/effects.ts';
import { visible } from '../server/platform/access/scope.ts';
import { actorOf, type Builder, mutationErrors } from './base/builder.ts';
import type { Enums } from './base/enums.ts';
import type { Shared } from './base/shared.ts';
import { localised } from './base/text.ts';
import { ANY_COMMAND, COMMANDS } from './rehearsal.ts';

const NOTHING: Effects = { clocks: [], tasks: [], approvals: [], alerts: [], money: [], messages: [], changes: [] };

/** `rehearse`: what a command would bring, without doing it. Its commands are added where the schema is built (schema/rehearsal.ts). */
export function addRehearsals(builder: Builder, enums: Enums, shared: Shared): void {
  const Clock = addClock(builder, enums);
  const Task = addTask(builder, enums);
  const Approval = addApproval(builder, enums, shared);
  const Alert = addAlert(builder, enums);
  const Movement = addMovement(builder, enums, shared);
  const Sent = addMessage(builder, enums);
  const Change = addChange(builder);
  const ofEach = `At most ${MOST}, of what you may see; \`changes\` counts all.`;
  const Rehearsal = builder.objectRef<Effects>('Rehearsal').implement({
    description: 'What a command would bring if it were sent now. Nothing of it was kept, and nobody was told.',
    fields: (t) => ({
      clocks: t.field({
        type: [Clock],
        description: `Promises that would begin, end or be due at another instant, by their due instant. ${ofEach}`,
        resolve: ({ clocks }) => [...clocks],
      }),
      tasks: t.field({
        type: [Task],
        description: `Tasks that would be given, moved or ended, by their due instant. ${ofEach}`,
        resolve: ({ tasks }) => [...tasks],
      }),
      approvals: t.field({
        type: [Approval],
        description: `Approvals that would be asked for, or go on. ${ofEach}`,
        resolve: ({ approvals }) => [...approvals],
      }),
      alerts: t.field({
        type: [Alert],
        description: `Alerts that would be raised at once; those to come are the clocks'. ${ofEach}`,
        resolve: ({ alerts }) => [...alerts],
      }),
      money: t.field({
        type: [Movement],
        description: `Movements of budget. ${ofEach}`,
        resolve: ({ money }) => [...money],
      }),
      messages: t.field({
        type: [Sent],
        description: `Messages to customers that would be queued. ${ofEach}`,
        resolve: ({ messages }) => [...messages],
      }),
      changes: t.field({
        type: [Change],
        description: 'How much would be written in all, by kind; the books of the platform itself are left out.',
        resolve: ({ changes }) => [...changes],
      }),
    }),
  });
  const Commands = builder.objectRef<{ readonly now: Date }>(COMMANDS).implement({
    description: 'Each is the mutation of that name, with its arguments. Each is carried out wholly, and taken back.',
    fields: (t) => ({
      now: t.expose('now', { type: 'DateTime', description: 'The instant that they are judged at.' }),
      [ANY_COMMAND]: t.field({
        type: Rehearsal,
        errors: { ...mutationErrors, union: { name: 'RehearsalResult' } },
        resolve: () => NOTHING,
      }),
    }),
  });
  builder.queryField('rehearse', (t) =>
    t.field({
      type: Commands,
      description: 'What a command would bring, for who may send it: the same that doing it brings. Writes nothing.',
      resolve: (_root, _args, { services }) => ({ now: services.clock.now() }),
    }),
  );
}

function addClock(builder: Builder, enums: Enums) {
  return builder.objectRef<RehearsedClock>('RehearsedClock').implement({
    description: 'A promise as a command would leave it.',
    fields: (t) => ({
      metric: t.expose('metric', {
        type: enums.ClockMetric,
        nullable: true,
        description: 'Null of what is no ticket.',
      }),
      label: t.string({
        args: { locale: t.arg({ type: enums.Locale }) },
        resolve: ({ label }, { locale }, context) => localised(label, locale, context),
      }),
      state: t.expose('state', { type: enums.ClockState }),
      isNew: t.exposeBoolean('isNew'),
      startedAt: t.expose('startedAt', { type: 'DateTime' }),
      dueAt: t.expose('dueAt', { type: 'DateTime' }),
      dueBefore: t.expose('dueBefore', {
        type: 'DateTime',
        nullable: true,
        description: 'When it is due without the command; null of a new one.',
      }),
      warnsAt: t.field({
        type: ['DateTime'],
        description: 'When alerts would say that it is at risk, the first one first.',
        resolve: ({ warnsAt }) => [...warnsAt],
      }),
      ticket: t.prismaField({
        type: 'Ticket',
        nullable: true,
        description: 'Null where the command opens it.',
        resolve: (query, { ticketId }, _args, context) =>
          ticketId
            ? context.services.database.prisma.ticket.findFirst({
                ...query,
                where: { id: ticketId, ...visible(actorOf(context)) },
              })
            : null,
      }),
    }),
  });
}

function addTask(builder: Builder, enums: Enums) {
  return builder.objectRef<RehearsedTask>('RehearsedTask').implement({
    description: 'A task as a command would leave it.',
    fields: (t) => ({
      title: t.string({
        args: { locale: t.arg({ type: enums.Locale }) },
        resolve: ({ title }, { locale }, context) => localised(title, locale, context),
      }),
      status: t.expose('status', { type: enums.TaskStatus }),
      purpose: t.expose('purpose', { type: enums.Purpose }),
      channel: t.expose('channel', { type: enums.Channel, nullable: true }),
      isNew: t.exposeBoolean('isNew'),
      dueAt: t.expose('dueAt', { type: 'DateTime' }),
      assignee: t.prismaField({
        type: 'Staff',
        nullable: true,
        resolve: (query, { assigneeId }, _args, { services }) =>
          assigneeId ? services.database.prisma.staff.findUnique({ ...query, where: { id: assigneeId } }) : null,
      }),
      customer: t.prismaField({
        type: 'Customer',
        nullable: true,
        resolve: (query, { customerId }, _args, context) =>
          customerId
            ? context.services.database.prisma.customer.findFirst({
                ...query,
                where: { id: customerId, ...visible(actorOf(context)) },
              })
            : null,
      }),
    }),
  });
}

function addApproval(builder: Builder, enums: Enums, shared: Shared) {
  const Step = builder.objectRef<RehearsedStep>('RehearsedApprovalStep').implement({
    fields: (t) => ({
      role: t.expose('role', { type: enums.Role }),
      decision: t.expose('decision', { type: enums.Decision, nullable: true }),
      branch: t.prismaField({
        type: 'Branch',
        nullable: true,
        description: 'Whose people decide; null is any branch of the line.',
        resolve: (query, { branchId }, _args, { services }) =>
          branchId ? services.database.prisma.branch.findUnique({ ...query, where: { id: branchId } }) : null,
      }),
      approvers: t.prismaField({
        type: ['Staff'],
        description: `Who may decide it by a role of their own, by name, at most ${MOST}; whoever stands in for one of them may too.`,
        resolve: (query, { approverIds }, _args, { services }) =>
          services.database.prisma.staff.findMany({
            ...query,
            where: { id: { in: [...approverIds] } },
            orderBy: [{ name: 'asc' }, { id: 'asc' }],
            take: MOST,
          }),
      }),
    }),
  });
  return builder.objectRef<RehearsedApproval>('RehearsedApproval').implement({
    description: 'An approval as a command would leave it.',
    fields: (t) => ({
      kind: t.exposeString('kind'),
      state: t.expose('state', { type: enums.ApprovalState }),
      isNew: t.exposeBoolean('isNew'),
      amount: t.field({
        type: shared.Money,
        nullable: true,
        resolve: ({ amount, currency }) => (amount && currency ? { amount, currency } : null),
      }),
      cumulated: t.field({
        type: shared.Money,
        nullable: true,
        description: 'The amount with what it adds up with.',
        resolve: ({ cumulated, currency }) => (cumulated && currency ? { amount: cumulated, currency } : null),
      }),
      ratifyBy: t.expose('ratifyBy', { type: 'DateTime', nullable: true }),
      steps: t.field({ type: [Step], description: 'In order, at most 10.', resolve: ({ steps }) => [...steps] }),
    }),
  });
}

function addAlert(builder: Builder, enums: Enums) {
  return builder.objectRef<RehearsedAlert>('RehearsedAlert').implement({
    description: 'An alert that a command would raise.',
    fields: (t) => ({
      kind: t.expose('kind', { type: enums.AlertKind }),
      severity: t.expose('severity', { type: enums.AlertSeverity }),
      message: t.string({
        args: { locale: t.arg({ type: enums.Locale }) },
        resolve: ({ message }, { locale }, context) => localised(message, locale, context),
      }),
      audience: t.field({ type: [enums.Role], resolve: ({ audience }) => [...audience] }),
      assignee: t.prismaField({
        type: 'Staff',
        nullable: true,
        description: 'Whom it concerns beside the audience.',
        resolve: (query, { assigneeId }, _args, { services }) =>
          assigneeId ? services.database.prisma.staff.findUnique({ ...query, where: { id: assigneeId } }) : null,
      }),
    }),
  });
}

function addMovement(builder: Builder, enums: Enums, shared: Shared) {
  return builder.objectRef<RehearsedMovement>('RehearsedMovement').implement({
    description: 'A movement of budget that a command would make.',
    fields: (t) => ({
      kind: t.expose('kind', { type: enums.BudgetEntryKind }),
      amount: t.field({ type: shared.Money, resolve: ({ amount, currency }) => ({ amount, currency }) }),
      purpose: t.exposeString('purpose', { nullable: true }),
      availableAfter: t.field({
        type: shared.Money,
        nullable: true,
        description: "What the branch's account would have left after the command; null of what is on no account.",
        resolve: ({ account }) =>
          account && {
            amount: account.allocated.minus(account.reserved).minus(account.spent),
            currency: account.currency,
          },
      }),
    }),
  });
}

function addMessage(builder: Builder, enums: Enums) {
  return builder.objectRef<Message>('RehearsedMessage').implement({
    description: 'A message to a customer that a command would queue.',
    fields: (t) => ({
      kind: t.exposeString('kind'),
      purpose: t.expose('purpose', { type: enums.Purpose }),
      channel: t.expose('channel', { type: enums.Channel }),
      customer: t.prismaField({
        type: 'Customer',
        nullable: true,
        resolve: (query, { customerId }, _args, context) =>
          context.services.database.prisma.customer.findFirst({
            ...query,
            where: { id: customerId, ...visible(actorOf(context)) },
          }),
      }),
    }),
  });
}

function addChange(builder: Builder) {
  return builder.objectRef<RehearsedChange>('RehearsedChange').implement({
    fields: (t) => ({
      entity: t.exposeString('entity', { description: 'Customer, Ticket, TicketEvent, Task ...' }),
      added: t.exposeInt('added'),
      changed: t.exposeInt('changed'),
      removed: t.exposeInt('removed'),
    }),
  });
}
