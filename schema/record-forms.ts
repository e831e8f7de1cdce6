import type { PostDeclaration, RecordDeclaration, RecordStep } from '../server/engine/policy/contract.ts';
import { type FormField, formFields } from '../server/engine/policy/records/form-fields.ts';
import { recordTypeName } from '../server/engine/policy/records/names.ts';
import type { Text } from '../server/platform/values/text.ts';
import type { Builder } from './base/builder.ts';
import type { Enums } from './base/enums.ts';
import type { TypeRefs } from './base/refs.ts';
import { localised } from './base/text.ts';

/** By what forms are drawn: the fields of what policies declare, with labels, types, choices and limits. */
export function addForms(builder: Builder, enums: Enums, refs: TypeRefs): void {
  const locale = builder.args((t) => ({ locale: t.field({ type: enums.Locale }) }));
  const Type = builder.enumType('FormFieldType', {
    values: [
      'TEXT',
      'CHOICE',
      'YES_NO',
      'WHOLE',
      'NUMBER',
      'DECIMAL',
      'DATE',
      'INSTANT',
      'JSON',
    ] satisfies FormField['type'][],
  });
  const Option = builder.objectRef<{ value: string; label: Text | null }>('FormOption').implement({
    fields: (t) => ({
      value: t.exposeString('value'),
      label: t.string({
        args: locale,
        description: 'The value itself where nobody names it.',
        resolve: ({ value, label }, args, context) => (label ? localised(label, args.locale, context) : value),
      }),
    }),
  });
  const Field = builder.objectRef<FormField>('FormField').implement({
    description: 'A field of a form.',
    fields: (t) => ({
      path: t.exposeString('path', { description: 'Its name in the input.' }),
      label: t.string({
        args: locale,
        resolve: ({ path, label, description }, args, context) =>
          label ? localised(label, args.locale, context) : (description ?? path),
      }),
      type: t.expose('type', { type: Type }),
      isList: t.boolean({ resolve: ({ list }) => list }),
      required: t.exposeBoolean('required'),
      options: t.field({ type: [Option], description: 'Of a choice.', resolve: ({ options }) => [...options] }),
      min: t.exposeFloat('min', { nullable: true, description: 'The least number, or the fewest characters.' }),
      max: t.exposeFloat('max', { nullable: true, description: 'The greatest number, or the most characters.' }),
    }),
  });
  const Step = builder.objectRef<RecordStep>('RecordKindStep').implement({
    fields: (t) => ({
      code: t.exposeString('code'),
      label: t.string({ args: locale, resolve: ({ label }, args, context) => localised(label, args.locale, context) }),
      by: t.stringList({
        nullable: true,
        description: 'Roles, posts, and SUBJECT, STARTER or SUPERIOR; null is whoever may start the record.',
        resolve: ({ by }) => by && [...by],
      }),
      isApproved: t.boolean({ description: 'It is decided by others.', resolve: ({ approval }) => approval === true }),
      isOptional: t.boolean({ resolve: ({ optional }) => optional === true }),
      closes: t.boolean({ description: 'The record ends with it.', resolve: ({ closes }) => closes === true }),
      returnsTo: t.string({ nullable: true, resolve: ({ returnsTo }) => returnsTo ?? null }),
      needsConfirmation: t.boolean({
        description: 'By the customer.',
        resolve: ({ confirmedBy }) => confirmedBy !== undefined,
      }),
      brings: t.field({ type: [Field], resolve: ({ brings }) => (brings ? formFields(brings) : []) }),
    }),
  });
  const Status = builder.objectRef<{ code: string; label: Text }>('RecordKindStatus').implement({
    fields: (t) => ({
      code: t.exposeString('code'),
      label: t.string({ args: locale, resolve: ({ label }, args, context) => localised(label, args.locale, context) }),
    }),
  });
  const Kind = builder.objectRef<RecordDeclaration & { code: string; policyId: string }>('RecordKind').implement({
    description: 'A kind of record that a policy declares.',
    fields: (t) => ({
      code: t.exposeString('code'),
      typeName: t.string({
        description: 'Of its records in this schema; its input begins with a small letter.',
        resolve: ({ policyId, code }) => recordTypeName(policyId, code),
      }),
      label: t.string({ args: locale, resolve: ({ label }, args, context) => localised(label, args.locale, context) }),
      about: t.exposeString('about', { description: 'CUSTOMER, PERSON, BRANCH, LINE, CONTRACT, TICKET or RECORD.' }),
      source: t.exposeString('source'),
      fields: t.field({ type: [Field], resolve: ({ fields }) => formFields(fields) }),
      steps: t.field({ type: [Step], description: 'In their order.', resolve: ({ steps }) => [...(steps ?? [])] }),
      statuses: t.field({
        type: [Status],
        description: 'Of a ledger.',
        resolve: ({ statuses }) => Object.entries(statuses ?? {}).map(([code, { label }]) => ({ code, label })),
      }),
    }),
  });
  builder.objectField(refs.Policy, 'records', (t) =>
    t.field({
      type: [Kind],
      description: 'Kinds of records, with what forms are drawn by.',
      resolve: ({ declaration }) =>
        Object.entries(declaration.records ?? {}).map(([code, declared]) => ({
          code,
          policyId: declaration.id,
          ...declared,
        })),
    }),
  );
  addPosts(builder, enums, refs);
}

interface PostValue extends PostDeclaration {
  readonly code: string;
  readonly policyId: string;
}

/** Posts of lines, and who holds them. */
function addPosts(builder: Builder, enums: Enums, refs: TypeRefs): void {
  const Post = builder.objectRef<PostValue>('Post').implement({
    description: "A post of a business line; whoever holds it acts with its role's rights.",
    fields: (t) => ({
      policyId: t.exposeID('policyId'),
      code: t.exposeString('code'),
      label: t.string({
        args: { locale: t.arg({ type: enums.Locale }) },
        resolve: ({ label }, args, context) => localised(label, args.locale, context),
      }),
      role: t.expose('role', { type: enums.Role }),
    }),
  });
  builder.objectField(refs.Policy, 'posts', (t) =>
    t.field({
      type: [Post],
      resolve: ({ declaration }) =>
        Object.entries(declaration.posts ?? {}).map(([code, post]) => ({ code, policyId: declaration.id, ...post })),
    }),
  );
  builder.prismaObjectField('Staff', 'posts', (t) =>
    t.field({
      type: [Post],
      description: 'Posts of business lines that the person holds.',
      select: { posts: true },
      resolve: ({ posts }, _args, { services }) =>
        posts.flatMap((held) => {
          const [policyId = '', code = ''] = held.split('/');
          const post = services.policies.get(policyId)?.declaration.posts?.[code];
          return post ? [{ policyId, code, ...post }] : [];
        }),
    }),
  );
}
