import { createCustomer, updateCustomer } from '../server/domain/customers/service.ts';
import { recordConsent } from '../server/domain/privacy/record-consent.ts';
import { revealCustomer } from '../server/domain/privacy/reveal.ts';
import { idOf, referenceOf } from '../server/platform/values/ids.ts';
import { type Builder, callerOf, mutationErrors } from './base/builder.ts';
import { command } from './base/command.ts';
import type { Enums } from './base/enums.ts';

/** What is done with a customer's file. */
export function addCustomerWork(builder: Builder, enums: Enums): void {
  const ConsentInput = builder.inputType('ConsentInput', {
    fields: (t) => ({
      vipService: t.boolean({ required: true }),
      marketing: t.boolean({ required: true, defaultValue: false }),
    }),
  });
  const CreateCustomerInput = builder.inputType('CreateCustomerInput', {
    fields: (t) => ({
      policyId: t.id({ required: true }),
      number: t.string({
        required: true,
        description: "Unique within a policy. One number holds all of a customer's accounts.",
      }),
      kind: t.field({ type: enums.CustomerKind, required: true }),
      stage: t.field({ type: enums.CustomerStage, defaultValue: 'POTENTIAL' }),
      name: t.string({ required: true }),
      phone: t.string(),
      email: t.string(),
      idNumber: t.string(),
      birthday: t.field({ type: 'Date' }),
      branchCode: t.string({ required: true }),
      managerId: t.id({ description: 'Left out, a customer manager who opens the file manages the customer.' }),
      profile: t.field({ type: 'JSON', description: "The policy plugin's own fields for this kind of customer." }),
      consent: t.field({ type: ConsentInput }),
    }),
  });
  const UpdateCustomerInput = builder.inputType('UpdateCustomerInput', {
    description: 'What is left out stays as it is, null empties it. An input that changes nothing is InvalidInput.',
    fields: (t) => ({
      id: t.id({ required: true }),
      expectedVersion: t.int({ required: true }),
      stage: t.field({ type: enums.CustomerStage }),
      name: t.string(),
      phone: t.string(),
      email: t.string(),
      birthday: t.field({ type: 'Date' }),
      managerId: t.id(),
      profile: t.field({ type: 'JSON' }),
    }),
  });
  const RecordConsentInput = builder.inputType('RecordConsentInput', {
    fields: (t) => ({
      customerId: t.id({ required: true }),
      vipService: t.boolean({ required: true }),
      marketing: t.boolean({ required: true }),
      thirdPartyDisclosure: t.boolean({ description: 'Whether data may go to third parties; left out: as before.' }),
      evidence: t.string(),
    }),
  });
  const manager = (id: string | null | undefined) => (id ? referenceOf('Staff', id, 'input.managerId') : null);
  builder.mutationFields((t) => ({
    createCustomer: command(t, 'Customer', {
      args: { input: t.arg({ type: CreateCustomerInput, required: true }), idempotencyKey: t.arg.string() },
      run: (services, caller, { input, idempotencyKey }) =>
        createCustomer(services, caller, { ...input, managerId: manager(input.managerId) }, idempotencyKey),
    }),
    updateCustomer: command(t, 'Customer', {
      args: { input: t.arg({ type: UpdateCustomerInput, required: true }) },
      run: (services, caller, { input }) =>
        updateCustomer(services, caller, {
          ...input,
          id: idOf('Customer', input.id),
          managerId: input.managerId === undefined ? undefined : manager(input.managerId),
        }),
    }),
    recordConsent: command(t, 'Customer', {
      args: { input: t.arg({ type: RecordConsentInput, required: true }) },
      run: (services, caller, { input }) =>
        recordConsent(services, caller, {
          ...input,
          customerId: idOf('Customer', input.customerId),
        }),
    }),
  }));

  const RevealedCustomer = builder.objectRef<Awaited<ReturnType<typeof revealCustomer>>>('RevealedCustomer').implement({
    description: 'Clear values, once; show them no longer than until `expiresAt`.',
    fields: (t) => ({
      name: t.exposeString('name'),
      phone: t.exposeString('phone', { nullable: true }),
      email: t.exposeString('email', { nullable: true }),
      idNumber: t.exposeString('idNumber', { nullable: true }),
      address: t.exposeString('address', { nullable: true }),
      profile: t.field({
        type: 'JSON',
        description: "The profile's fields that leave withheld otherwise.",
        resolve: ({ profile }) => profile,
      }),
      expiresAt: t.expose('expiresAt', { type: 'DateTime' }),
    }),
  });
  builder.mutationField('revealCustomer', (t) =>
    t.field({
      type: RevealedCustomer,
      errors: mutationErrors,
      description: 'Returns clear values once and writes an audit entry with the reason.',
      args: { id: t.arg.id({ required: true }), reason: t.arg.string({ required: true }) },
      resolve: (_root, { id, reason }, context) =>
        revealCustomer(context.services, callerOf(context), idOf('Customer', id), reason),
    }),
  );
}
