import {
  Conflict,
  type DomainError,
  Forbidden,
  InvalidInput,
  type Issue,
  NotConfigured,
  NotFound,
  PolicyFailure,
  type RefusalReason,
  Refused,
} from '../../server/platform/values/errors.ts';
import { inLanguage, messageIn, reasonIn } from '../../server/platform/values/in-language.ts';
import type { Builder } from './builder.ts';

/** The errors that mutations answer with. Every one has a stable code and a sentence. */
export function addErrors(builder: Builder) {
  const ErrorInterface = builder.interfaceRef<DomainError>('Error').implement({
    description: 'What speaks against a mutation. Nothing was changed.',
    fields: (t) => ({
      code: t.exposeString('code', { description: 'Stable; docs/errors.md lists them.' }),
      message: t.string({
        description: "In the reader's language.",
        resolve: (error, _args, { locale }) => messageIn(error, locale),
      }),
    }),
  });
  const IssueType = builder.objectRef<Issue>('InputIssue').implement({
    fields: (t) => ({
      path: t.exposeString('path', { description: 'The input field, e.g. input.measures[2].dueAt.' }),
      message: t.string({
        description: "The rule that it breaks, in the reader's language.",
        resolve: ({ message }, _args, { locale }) => inLanguage(message, locale),
      }),
    }),
  });
  const Reason = builder.objectRef<RefusalReason>('RefusalReason').implement({
    fields: (t) => ({
      code: t.exposeString('code'),
      message: t.string({
        description: "In the reader's language.",
        resolve: (reason, _args, { locale }) => reasonIn(reason, locale),
      }),
      policyId: t.exposeID('policyId', {
        nullable: true,
        description: 'The policy whose rule it is; null for the platform.',
      }),
    }),
  });
  const interfaces = [ErrorInterface];
  builder.objectType(InvalidInput, {
    name: 'InvalidInput',
    description: 'A field breaks a rule of its own.',
    interfaces,
    fields: (t) => ({ issues: t.field({ type: [IssueType], resolve: ({ issues }) => [...issues] }) }),
  });
  builder.objectType(NotFound, {
    name: 'NotFound',
    description: 'There is none, or none that you may see.',
    interfaces,
  });
  builder.objectType(Forbidden, { name: 'Forbidden', description: 'Your role does not do this.', interfaces });
  builder.objectType(Conflict, {
    name: 'Conflict',
    description: 'Somebody was faster.',
    interfaces,
    fields: (t) => ({
      presentVersion: t.int({
        nullable: true,
        description: 'What `expectedVersion` has to be now, of what counts its versions; null where it is not known.',
        resolve: ({ currentVersion }) => (/^\d+$/.test(currentVersion ?? '') ? Number(currentVersion) : null),
      }),
      presentPolicyVersion: t.string({
        nullable: true,
        description: 'The same of a policy, whose versions have names.',
        resolve: ({ currentVersion }) => (/^\d+$/.test(currentVersion ?? '') ? null : currentVersion),
      }),
      currentVersion: t.exposeString('currentVersion', {
        nullable: true,
        deprecationReason: 'A number as a string: ask for presentVersion, or presentPolicyVersion.',
      }),
    }),
  });
  builder.objectType(Refused, {
    name: 'Refused',
    description: 'A rule says no.',
    interfaces,
    fields: (t) => ({ reasons: t.field({ type: [Reason], resolve: ({ reasons }) => [...reasons] }) }),
  });
  builder.objectType(NotConfigured, {
    name: 'NotConfigured',
    description: 'The decision needs parameters that nobody has set.',
    interfaces,
    fields: (t) => ({ parameters: t.stringList({ resolve: ({ parameters }) => [...parameters] }) }),
  });
  builder.objectType(PolicyFailure, {
    name: 'PolicyFailure',
    description: 'A policy plugin broke.',
    interfaces,
    fields: (t) => ({ policyId: t.exposeID('policyId') }),
  });
  return { Reason };
}

export type Errors = ReturnType<typeof addErrors>;
