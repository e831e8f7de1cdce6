import type { InputFieldMap } from '@pothos/core';
import { advanceRecord } from '../server/domain/records/advance-record.ts';
import { cancelRecord, changeRecord } from '../server/domain/records/change-record.ts';
import { startRecord } from '../server/domain/records/start.ts';
import { InvalidInput } from '../server/platform/values/errors.ts';
import { idOf, parseGlobalId } from '../server/platform/values/ids.ts';
import { type Builder, callerOf, mutationErrors } from './base/builder.ts';
import type { RecordTypes } from './record.ts';
import { broughtName, type TypedKind } from './record-kinds.ts';

type Fields = Readonly<Record<string, unknown>>;
type OneOf = Readonly<Record<string, Fields | null | undefined>>;

/** The one field of an input of which one is given, with its value. */
function only(given: OneOf): [name: string, fields: Fields] | null {
  const [first] = Object.entries(given).filter(([, value]) => value != null);
  return first ? [first[0], first[1] ?? {}] : null;
}

function fieldName(typeName: string): string {
  return typeName.charAt(0).toLowerCase() + typeName.slice(1);
}

/** Inputs of which one field is given: the record's kind, or the step with what it brings. */
function addInputs(builder: Builder, kinds: readonly TypedKind[]) {
  const byKind = new Map(kinds.map((kind) => [fieldName(kind.typeName), kind]));
  const contents = new Map(
    kinds.map(({ typeName, fields, declared }) => [
      fieldName(typeName),
      fields.input(builder, `${typeName}Input`, `${declared.label.en} · ${declared.label.zh}.`),
    ]),
  );
  const ContentInput = builder.inputType('RecordContentInput', {
    description: 'What a record says: exactly one field, that of its kind.',
    isOneOf: true,
    fields: (t) =>
      Object.fromEntries(
        [...contents].map(([name, type]): [string, InputFieldMap[string]] => [name, t.field({ type })]),
      ),
  });
  const steps = kinds.flatMap(({ policyId, kind, brings }) =>
    [...brings].map(([code, fields]) => {
      const name = broughtName(policyId, kind, code);
      return {
        name: fieldName(name),
        kind,
        step: code,
        type: fields.input(builder, `${name}Input`, `What ${code} brings.`),
      };
    }),
  );
  const BringsInput =
    steps.length === 0
      ? null
      : builder.inputType('RecordBringsInput', {
          description: 'What a step brings: exactly one field, that of the kind and the step.',
          isOneOf: true,
          fields: (t) =>
            Object.fromEntries(
              steps.map(({ name, type }): [string, InputFieldMap[string]] => [name, t.field({ type })]),
            ),
        });
  const bySteps = new Map(steps.map((one) => [one.name, one]));
  return { ContentInput, BringsInput, byKind, bySteps };
}

/** What is done with records. */
export function addRecordWork(builder: Builder, { RecordRef }: RecordTypes, kinds: readonly TypedKind[]): void {
  if (kinds.length === 0) return;
  const { ContentInput, BringsInput, byKind, bySteps } = addInputs(builder, kinds);
  const Payload = builder.objectRef<{ id: string }>('RecordPayload').implement({
    description: 'The record that a mutation began or changed.',
    fields: (t) => ({
      record: t.prismaField({
        type: RecordRef,
        resolve: (query, { id }, _args, { services }) =>
          services.database.prisma.policyRecord.findUniqueOrThrow({ ...query, where: { id } }),
      }),
    }),
  });
  const StartRecordInput = builder.inputType('StartRecordInput', {
    fields: (t) => ({
      about: t.id({
        description:
          'The customer, person, branch, contract, ticket or record that it is about. Left out: you yourself, or your branch; nothing of a kind about the line.',
      }),
      record: t.field({ type: ContentInput, required: true }),
      status: t.string({ description: 'Of a ledger; its first status unless said.' }),
    }),
  });
  const AdvanceRecordInput = builder.inputType('AdvanceRecordInput', {
    fields: (t) => ({
      id: t.id({ required: true }),
      expectedVersion: t.int({ required: true }),
      step: t.string({ required: true, description: 'Its code.' }),
      ...(BringsInput && { brings: t.field({ type: BringsInput }) }),
      confirmation: t.string({ description: 'What the customer said or signed, where the step needs it.' }),
      comment: t.string(),
    }),
  });
  const ChangeRecordInput = builder.inputType('ChangeRecordInput', {
    description: 'Fields that are left out stay; null empties.',
    fields: (t) => ({
      id: t.id({ required: true }),
      expectedVersion: t.int({ required: true }),
      record: t.field({ type: ContentInput }),
      status: t.string({ description: 'Of a ledger.' }),
    }),
  });
  const CancelRecordInput = builder.inputType('CancelRecordInput', {
    fields: (t) => ({
      id: t.id({ required: true }),
      expectedVersion: t.int({ required: true }),
      reason: t.string({ required: true }),
    }),
  });
  const contentOf = (given: OneOf | null | undefined) => {
    const found = given ? only(given) : null;
    const kind = found && byKind.get(found[0]);
    return found && kind ? { kind, path: `input.record.${found[0]}`, fields: found[1] } : null;
  };
  const broughtBy = (given: OneOf | null | undefined) => {
    const found = given ? only(given) : null;
    const step = found && bySteps.get(found[0]);
    return found && step
      ? { kind: step.kind, step: step.step, path: `input.brings.${found[0]}`, fields: found[1] }
      : null;
  };
  const own = (id: string | number) => idOf('Record', String(id));

  builder.mutationFields((t) => ({
    startRecord: t.field({
      type: Payload,
      errors: mutationErrors,
      description: 'Begins a record; an approval that comes first is asked for at once.',
      args: { input: t.arg({ type: StartRecordInput, required: true }), idempotencyKey: t.arg.string() },
      resolve: async (_root, { input, idempotencyKey }, context) => {
        const content = contentOf(input.record as OneOf);
        if (!content) throw new InvalidInput([{ path: 'input.record', message: 'is empty' }]);
        const { policyId, kind } = content.kind;
        const about = input.about ? (parseGlobalId(String(input.about)) ?? { type: '', id: '' }) : null;
        const { path, fields } = content;
        const started = { policyId, kind, about, path, fields, status: input.status ?? null };
        return { id: await startRecord(context.services, callerOf(context), started, idempotencyKey) };
      },
    }),
    advanceRecord: t.field({
      type: Payload,
      errors: mutationErrors,
      description: 'Takes a step of a record; one that is approved is asked for.',
      args: { input: t.arg({ type: AdvanceRecordInput, required: true }), idempotencyKey: t.arg.string() },
      resolve: async (_root, { input, idempotencyKey }, context) => {
        const { brings, ...rest } = input as typeof input & { readonly brings?: OneOf | null };
        const step = { ...rest, id: own(input.id), brings: broughtBy(brings) };
        return { id: await advanceRecord(context.services, callerOf(context), step, idempotencyKey) };
      },
    }),
    changeRecord: t.field({
      type: Payload,
      errors: mutationErrors,
      description: 'Changes what an open record says; what it said before is kept.',
      args: { input: t.arg({ type: ChangeRecordInput, required: true }), idempotencyKey: t.arg.string() },
      resolve: async (_root, { input, idempotencyKey }, context) => {
        const content = contentOf(input.record as OneOf | null | undefined);
        const change = content && { kind: content.kind.kind, path: content.path, fields: content.fields };
        const { expectedVersion, status } = input;
        const changed = { id: own(input.id), expectedVersion, status: status ?? null, change };
        return { id: await changeRecord(context.services, callerOf(context), changed, idempotencyKey) };
      },
    }),
    cancelRecord: t.field({
      type: Payload,
      errors: mutationErrors,
      description: 'Ends a record that is not gone through with.',
      args: { input: t.arg({ type: CancelRecordInput, required: true }), idempotencyKey: t.arg.string() },
      resolve: async (_root, { input, idempotencyKey }, context) => {
        const { expectedVersion, reason } = input;
        const cancelled = { id: own(input.id), expectedVersion, reason };
        return { id: await cancelRecord(context.services, callerOf(context), cancelled, idempotencyKey) };
      },
    }),
  }));
}
