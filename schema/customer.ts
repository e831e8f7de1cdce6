import { isStale } from '../server/domain/customers/stale.ts';
import { toGlobalId } from '../server/platform/values/ids.ts';
import { type Builder, inputError, seenBy } from './base/builder.ts';
import type { Enums } from './base/enums.ts';
import type { TypeRefs } from './base/refs.ts';
import { masked, type Shared } from './base/shared.ts';

/** Customers' files; schema/metric.ts has their figures, schema/customer-lists.ts what hangs on them. */
export function addCustomers(builder: Builder, enums: Enums, shared: Shared, refs: TypeRefs): void {
  const Consent = builder.objectRef<{ vipService: boolean; marketing: boolean; decidedAt: Date }>('Consent').implement({
    fields: (t) => ({
      vipService: t.exposeBoolean('vipService'),
      marketing: t.exposeBoolean('marketing'),
      decidedAt: t.expose('decidedAt', { type: 'DateTime' }),
    }),
  });

  builder.prismaObject('Contact', {
    description: "A person on the customer's side.",
    fields: (t) => ({
      id: t.id({ resolve: ({ id }) => toGlobalId('Contact', id) }),
      name: t.exposeString('name'),
      role: t.exposeString('role'),
      influence: t.exposeString('influence', { nullable: true }),
      relationship: t.exposeString('relationship', { nullable: true }),
      competitorRelationship: t.exposeString('competitorRelationship', { nullable: true }),
      phone: t.field({ type: shared.ProtectedText, resolve: ({ phoneMask }) => masked(phoneMask) }),
    }),
  });

  builder.prismaNode('Customer', {
    id: { field: 'id' },
    ...seenBy,
    select: { id: true, policyId: true, branchId: true },
    description: 'Who is cared for.',
    fields: (t) => ({
      number: t.exposeString('number', {
        description: "Unique within a policy; one number holds all of a customer's accounts.",
      }),
      name: t.exposeString('name'),
      kind: t.expose('kind', { type: enums.CustomerKind }),
      stage: t.expose('stage', { type: enums.CustomerStage }),
      version: t.exposeInt('version'),
      birthday: t.expose('birthday', { type: 'Date', nullable: true }),
      createdAt: t.expose('createdAt', { type: 'DateTime' }),
      departedAt: t.expose('departedAt', { type: 'DateTime', nullable: true }),
      archivedAt: t.expose('archivedAt', {
        type: 'DateTime',
        nullable: true,
        description: 'When the file left the active archive, after departing.',
      }),
      phone: t.field({
        type: shared.ProtectedText,
        select: { phoneMask: true },
        resolve: ({ phoneMask }) => masked(phoneMask),
      }),
      email: t.field({
        type: shared.ProtectedText,
        select: { emailMask: true },
        resolve: ({ emailMask }) => masked(emailMask),
      }),
      idNumber: t.field({
        type: shared.ProtectedText,
        select: { idNumberMask: true },
        resolve: ({ idNumberMask }) => masked(idNumberMask),
      }),
      consent: t.field({
        type: Consent,
        nullable: true,
        description: 'The decision in force; null while nobody asked.',
        select: { vipConsent: true, marketingConsent: true, consentAt: true },
        resolve: ({ vipConsent, marketingConsent, consentAt }) =>
          consentAt && { vipService: vipConsent ?? false, marketing: marketingConsent ?? false, decidedAt: consentAt },
      }),
      branch: t.relation('branch'),
      manager: t.relation('manager', { nullable: true }),
      policy: t.field({
        type: refs.Policy,
        select: { policyId: true },
        resolve: ({ policyId }, _args, { services }) => services.policies.get(policyId) ?? missingPolicy(policyId),
      }),
      profile: t.field({
        type: refs.Profile,
        nullable: true,
        description: "The policy's own fields for this kind of customer.",
        select: { policyId: true, kind: true, profile: true },
        resolve: ({ policyId, kind, profile }) =>
          profile === null ? null : { policyId, kind, fields: profile as Record<string, unknown> },
      }),
      contacts: t.relation('contacts', {
        description: 'At most 50.',
        query: { orderBy: { createdAt: 'asc' }, take: 50 },
      }),
      metrics: t.relation('currentFigures', {
        description: "At most one of each of the policy's metrics.",
        query: { orderBy: { key: 'asc' }, take: 100 },
      }),
      slaState: t.field({
        type: enums.SlaState,
        description: 'The worst of the open tickets.',
        // A relation of its own: what a document asks of the customer's tickets beside it is read in the same statement.
        select: { openPromises: { select: { slaState: true } } },
        resolve: ({ openPromises }) => openPromises?.slaState ?? 'NONE',
      }),
      updatedAt: t.expose('updatedAt', { type: 'DateTime', description: 'When the file was changed last.' }),
      isStale: t.boolean({
        nullable: true,
        description: 'Nobody changed the file for as long as the policy allows; null where it says no such time.',
        select: { policyId: true, updatedAt: true },
        resolve: ({ policyId, updatedAt }, _args, { services }) => isStale(services, policyId, updatedAt),
      }),
      grade: t.relation('grade', { nullable: true, description: 'The best grade in force.' }),
    }),
  });
}

function missingPolicy(policyId: string): never {
  throw inputError('policyId', `${policyId} is not installed`);
}
