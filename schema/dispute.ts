import { arbitrateDispute, mediateDispute, openDispute, settleDispute } from '../server/domain/disputes/service.ts';
import { idOf } from '../server/platform/values/ids.ts';
import { type Builder, seenBy } from './base/builder.ts';
import { command } from './base/command.ts';
import type { Enums } from './base/enums.ts';

/** Disputes inside the organisation. */
export function addDisputes(builder: Builder, enums: Enums): void {
  builder.prismaNode('Dispute', {
    id: { field: 'id' },
    ...seenBy,
    description: 'A dispute inside the organisation, on its way through mediation and arbitration.',
    fields: (t) => ({
      subject: t.exposeString('subject'),
      parties: t.exposeString('parties'),
      stage: t.expose('stage', { type: enums.DisputeStage }),
      openedAt: t.expose('openedAt', { type: 'DateTime' }),
      dueAt: t.expose('dueAt', {
        type: 'DateTime',
        nullable: true,
        description: 'From then on it is in mediation, if nobody settled it.',
      }),
      mediator: t.exposeString('mediator', { nullable: true }),
      witness: t.exposeString('witness', { nullable: true }),
      result: t.exposeString('result', { nullable: true }),
      settledAt: t.expose('settledAt', { type: 'DateTime', nullable: true }),
    }),
  });
  const DisputeInput = builder.inputType('DisputeInput', {
    fields: (t) => ({
      policyId: t.id({ required: true }),
      subject: t.string({ required: true }),
      parties: t.string({ required: true }),
      openedAt: t.field({ type: 'DateTime', description: 'Now, unless said.' }),
    }),
  });
  const MediationInput = builder.inputType('MediationInput', {
    fields: (t) => ({
      id: t.id({ required: true }),
      mediator: t.string({ required: true, description: 'Neutral.' }),
      witness: t.string({ required: true, description: 'A third party.' }),
    }),
  });
  const own = (id: string | number) => idOf('Dispute', String(id));
  builder.mutationFields((t) => ({
    openDispute: command(t, 'Dispute', {
      args: { input: t.arg({ type: DisputeInput, required: true }), idempotencyKey: t.arg.string() },
      isDoneOnce: true,
      run: (services, caller, { input }) => {
        const dispute = { ...input, policyId: String(input.policyId) };
        return openDispute(services, caller, dispute);
      },
    }),
    mediateDispute: command(t, 'Dispute', {
      args: { input: t.arg({ type: MediationInput, required: true }) },
      run: (services, caller, { input }) => mediateDispute(services, caller, { ...input, id: own(input.id) }),
    }),
    arbitrateDispute: command(t, 'Dispute', {
      description: 'Brings a dispute that mediation did not settle before HR.',
      args: { id: t.arg.id({ required: true }) },
      run: (services, caller, args) => arbitrateDispute(services, caller, own(args.id)),
    }),
    settleDispute: command(t, 'Dispute', {
      description: 'Settles a dispute with its written result.',
      args: { id: t.arg.id({ required: true }), result: t.arg.string({ required: true }) },
      run: (services, caller, args) => settleDispute(services, caller, { ...args, id: own(args.id) }),
    }),
  }));
}
