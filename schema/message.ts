import * as stored from '../prisma/generated/client/enums.ts';
import { isBusy } from '../server/domain/messages/rules.ts';
import { sendMessage } from '../server/domain/messages/service.ts';
import type { MessageDeclaration } from '../server/engine/policy/contract.ts';
import { idOf, referenceOf } from '../server/platform/values/ids.ts';
import { type Builder, seenBy } from './base/builder.ts';
import { command } from './base/command.ts';
import type { Enums } from './base/enums.ts';
import type { TypeRefs } from './base/refs.ts';
import { localised } from './base/text.ts';

/** Messages to customers: queued with the decision, delivered afterwards. */
export function addMessages(builder: Builder, enums: Enums, refs: TypeRefs): void {
  const State = builder.enumType('MessageState', {
    description:
      'QUEUED until a transport takes it; FAILED when it was tried too often; CANCELLED where it is unwanted.',
    values: Object.values(stored.MessageState),
  });
  builder.prismaNode('Message', {
    id: { field: 'id' },
    ...seenBy,
    description: 'A message to a customer.',
    select: { id: true, policyId: true, branchId: true },
    fields: (t) => ({
      kind: t.exposeString('kind', { description: 'As the policy declares it, e.g. SERVICE.' }),
      purpose: t.expose('purpose', { type: enums.Purpose }),
      channel: t.expose('channel', { type: enums.Channel }),
      body: t.exposeString('body'),
      state: t.expose('state', { type: State }),
      createdAt: t.expose('createdAt', { type: 'DateTime' }),
      sentAt: t.expose('sentAt', { type: 'DateTime', nullable: true }),
      attempts: t.exposeInt('attempts'),
      problem: t.exposeString('problem', { nullable: true }),
      by: t.relation('by'),
      customer: t.relation('customer'),
    }),
  });
  builder.prismaObjectField('Customer', 'messages', (t) =>
    t.relatedConnection(
      'messages',
      {
        description: 'Newest first.',
        cursor: 'id',
        totalCount: true,
        query: { orderBy: [{ createdAt: 'desc' }, { id: 'desc' }] },
      },
      refs.lists.Message.connection,
      refs.lists.Message.edge,
    ),
  );

  const locale = builder.args((t) => ({ locale: t.field({ type: enums.Locale }) }));
  const Kind = builder.objectRef<MessageDeclaration & { code: string }>('MessageKind').implement({
    description: 'Messages of one kind, counted by the calendar month.',
    fields: (t) => ({
      code: t.exposeString('code'),
      label: t.string({ args: locale, resolve: ({ label }, args, context) => localised(label, args.locale, context) }),
      purposes: t.field({ type: [enums.Purpose], resolve: ({ purposes }) => [...purposes] }),
    }),
  });
  builder.objectFields(refs.Policy, (t) => ({
    messageKinds: t.field({
      type: [Kind],
      description: 'At most some ten.',
      resolve: ({ declaration }) =>
        Object.entries(declaration.messages ?? {}).map(([code, declared]) => ({ code, ...declared })),
    }),
    isBusy: t.boolean({
      nullable: true,
      description: 'Whether customers should rather come on another day; null where the policy has no busy days.',
      args: { on: t.arg({ type: 'Date', required: true }) },
      resolve: ({ declaration }, { on }) =>
        declaration.busyDays ? isBusy(declaration.busyDays, on.toISOString().slice(0, 10)) : null,
    }),
  }));

  const SendMessageInput = builder.inputType('SendMessageInput', {
    fields: (t) => ({
      customerId: t.id({ required: true }),
      channel: t.field({ type: enums.Channel, description: 'SMS or EMAIL; SMS unless said.' }),
      purpose: t.field({ type: enums.Purpose, required: true }),
      body: t.string({ required: true, description: 'As it goes out, signature included.' }),
      taskId: t.id(),
    }),
  });
  builder.mutationField('sendMessage', (t) =>
    command(t, 'Message', {
      description: 'Queues a message, if quota, consent and signature allow it.',
      args: { input: t.arg({ type: SendMessageInput, required: true }), idempotencyKey: t.arg.string() },
      run: (services, caller, { input, idempotencyKey }) => {
        const message = {
          ...input,
          customerId: idOf('Customer', input.customerId),
          taskId: input.taskId ? referenceOf('Task', input.taskId, 'input.taskId') : null,
        };
        return sendMessage(services, caller, message, idempotencyKey);
      },
    }),
  );
}
