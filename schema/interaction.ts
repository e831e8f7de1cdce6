import { activateService, adviseProduct } from '../server/domain/interactions/advice.ts';
import { recordInstallation } from '../server/domain/interactions/record-installation.ts';
import { recordInteraction } from '../server/domain/interactions/service.ts';
import { idOf, referenceOf } from '../server/platform/values/ids.ts';
import type { Builder } from './base/builder.ts';
import { command } from './base/command.ts';
import type { Enums } from './base/enums.ts';

/** Contact with customers. */
export function addInteractions(builder: Builder, enums: Enums): void {
  builder.prismaNode('Interaction', {
    id: { field: 'id' },
    description: 'Contact with a customer, in either direction.',
    select: { id: true },
    fields: (t) => ({
      channel: t.expose('channel', { type: enums.Channel }),
      purpose: t.expose('purpose', { type: enums.Purpose }),
      direction: t.expose('direction', { type: enums.Direction }),
      happenedAt: t.expose('happenedAt', { type: 'DateTime' }),
      summary: t.exposeString('summary'),
      needs: t.exposeString('needs', { nullable: true }),
      place: t.exposeString('place', { nullable: true }),
      signedByCustomer: t.exposeBoolean('signedByCustomer', { nullable: true }),
      satisfaction: t.exposeInt('satisfaction', { nullable: true, description: '1 to 5.' }),
      staff: t.relation('staff'),
      customer: t.relation('customer'),
    }),
  });

  const RecordInteractionInput = builder.inputType('RecordInteractionInput', {
    fields: (t) => ({
      customerId: t.id({ required: true }),
      channel: t.field({ type: enums.Channel, required: true }),
      purpose: t.field({ type: enums.Purpose, required: true }),
      happenedAt: t.field({ type: 'DateTime' }),
      summary: t.string({ required: true }),
      needs: t.string(),
      place: t.string(),
      signedByCustomer: t.boolean({
        description: 'For a visit about a concrete problem: that the customer signed the record.',
      }),
      ticketId: t.id(),
      taskId: t.id(),
      satisfaction: t.int({ description: '1 to 5.' }),
      openQuestion: t.boolean({
        description: 'Something was asked that is to be answered; of a call with a need, left out means yes.',
      }),
    }),
  });
  builder.mutationField('recordInteraction', (t) =>
    command(t, 'Interaction', {
      args: { input: t.arg({ type: RecordInteractionInput, required: true }), idempotencyKey: t.arg.string() },
      isDoneOnce: true,
      run: (services, caller, { input }) =>
        recordInteraction(services, caller, {
          ...input,
          customerId: idOf('Customer', input.customerId),
          ticketId: input.ticketId ? referenceOf('Ticket', input.ticketId, 'input.ticketId') : null,
          taskId: input.taskId ? referenceOf('Task', input.taskId, 'input.taskId') : null,
        }),
    }),
  );

  const RecordInstallationInput = builder.inputType('RecordInstallationInput', {
    description: 'What is left out may follow; a ticket is filed with result, reaction and assessment.',
    fields: (t) => ({
      ticketId: t.id({ required: true }),
      result: t.string(),
      customerReaction: t.string(),
      installerAssessment: t.string({ description: 'How the installer did.' }),
      installer: t.string(),
    }),
  });
  builder.mutationField('recordInstallation', (t) =>
    command(t, 'Interaction', {
      description: 'Records what came of an installation.',
      args: { input: t.arg({ type: RecordInstallationInput, required: true }) },
      run: (services, caller, { input }) => {
        const ticketId = referenceOf('Ticket', input.ticketId, 'input.ticketId');
        return recordInstallation(services, caller, { ...input, ticketId });
      },
    }),
  );

  const AdviseProductInput = builder.inputType('AdviseProductInput', {
    fields: (t) => ({
      customerId: t.id({ required: true }),
      product: t.string({ required: true }),
      riskLevel: t.int({ required: true, description: '1, the lowest, to 5.' }),
    }),
  });
  const ActivateServiceInput = builder.inputType('ActivateServiceInput', {
    fields: (t) => ({
      customerId: t.id({ required: true }),
      service: t.string({ required: true }),
      consentEvidence: t.string({ description: "Where the customer's consent to this service is recorded." }),
    }),
  });
  builder.mutationFields((t) => ({
    adviseProduct: command(t, 'Interaction', {
      description: 'Records advice, if the risk is the customer’s to bear.',
      args: { input: t.arg({ type: AdviseProductInput, required: true }), idempotencyKey: t.arg.string() },
      isDoneOnce: true,
      run: (services, caller, { input }) =>
        adviseProduct(services, caller, {
          ...input,
          customerId: idOf('Customer', input.customerId),
        }),
    }),
    activateService: command(t, 'Interaction', {
      description: 'Records that a service was switched on, if the consent to it is on record.',
      args: { input: t.arg({ type: ActivateServiceInput, required: true }), idempotencyKey: t.arg.string() },
      isDoneOnce: true,
      run: (services, caller, { input }) =>
        activateService(services, caller, {
          ...input,
          customerId: idOf('Customer', input.customerId),
        }),
    }),
  }));
}
