import type { PolicyRecord } from '../prisma/generated/client/client.ts';
import { WITH_STEPS } from '../server/domain/records/record-facts.ts';
import { maySeeRecord } from '../server/domain/records/seen-by.ts';
import type { Policy, RecordDeclaration } from '../server/engine/policy/contract.ts';
import { camel, recordTypeName } from '../server/engine/policy/records/names.ts';
import { fromJson } from '../server/platform/values/json.ts';
import type { Builder } from './base/builder.ts';
import type { Protected, Shared } from './base/shared.ts';
import { type RecordTypes, readsAll } from './record.ts';
import { describe, shownValue, TypedFields } from './record-fields.ts';

/** A kind of record, with the fields of its types. */
export interface TypedKind {
  readonly policyId: string;
  readonly kind: string;
  readonly declared: RecordDeclaration;
  readonly typeName: string;
  readonly fields: TypedFields;
  /** What steps bring, by the step's code. */
  readonly brings: ReadonlyMap<string, TypedFields>;
}

/** All kinds that policies declare, with the enumerations of their fields. */
export function typedKinds(builder: Builder, policies: readonly Policy[]): TypedKind[] {
  return policies.flatMap(({ id: policyId, records = {} }) =>
    Object.entries(records).map(([kind, declared]) => {
      const typeName = recordTypeName(policyId, kind);
      const brings = (declared.steps ?? []).flatMap(({ code, brings: schema }) =>
        schema ? [[code, new TypedFields(builder, broughtName(policyId, kind, code), schema)] as const] : [],
      );
      const fields = new TypedFields(builder, typeName, declared.fields);
      return { policyId, kind, declared, typeName, fields, brings: new Map(brings) };
    }),
  );
}

/** `CoreReceptionNotified`. */
export function broughtName(policyId: string, kind: string, step: string): string {
  return recordTypeName(policyId, `${kind}_${step}`);
}

/** A type for each kind, with its fields and what its steps brought. */
export function addRecordKinds(
  builder: Builder,
  shared: Shared,
  RecordRef: RecordTypes['RecordRef'],
  kinds: readonly TypedKind[],
): void {
  for (const kind of kinds) addKind(builder, shared, RecordRef, kind);
}

function addKind(builder: Builder, shared: Shared, RecordRef: RecordTypes['RecordRef'], kind: TypedKind): void {
  const { typeName, declared, fields } = kind;
  const type = builder.prismaObject('PolicyRecord', {
    variant: typeName,
    description: `${declared.label.en} · ${declared.label.zh} (${declared.source}).`,
    interfaces: [builder.nodeInterfaceRef(), RecordRef],
    authScopes: (row, { actor, services }) =>
      actor !== null && maySeeRecord(services.policies, actor, row) ? { signedIn: true } : false,
    runScopesOnType: true,
    fields: (t) =>
      Object.fromEntries(
        fields.fields.map((field) => {
          const options = { nullable: true as const, description: describe(field) };
          const shown = (row: PolicyRecord) =>
            shownValue(field, fromJson<Record<string, unknown>>(row.fields)[field.path]);
          if (declared.sensitive?.includes(field.path))
            return [
              field.path,
              t.field({
                ...options,
                type: shared.ProtectedText,
                resolve: (row, _args, context): Protected | null => {
                  const value = shown(row);
                  if (value === null) return null;
                  return readsAll(context, row)
                    ? { text: textOf(value), withheld: false }
                    : { text: null, withheld: true };
                },
              }),
            ];
          const fieldType = fields.typeOf(field);
          return [
            field.path,
            field.list
              ? t.field({ ...options, type: [fieldType], resolve: (row) => shown(row) as unknown[] | null })
              : t.field({ ...options, type: fieldType, resolve: shown }),
          ];
        }),
      ),
  });
  for (const [code, brought] of kind.brings) {
    const Brought = addBrought(builder, broughtName(kind.policyId, kind.kind, code), brought);
    builder.prismaObjectField(type, camel(code), (t) =>
      t.field({
        type: Brought,
        nullable: true,
        description: `What ${code} brought, the last time that it was taken.`,
        select: { steps: WITH_STEPS.steps },
        resolve: ({ steps }) => {
          const taken = steps.findLast((step) => step.code === code);
          return taken?.brought ? fromJson<Record<string, unknown>>(taken.brought) : null;
        },
      }),
    );
  }
}

function textOf(value: unknown): string {
  if (value instanceof Date) return value.toISOString();
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function addBrought(builder: Builder, name: string, brought: TypedFields) {
  return builder.objectRef<Record<string, unknown>>(name).implement({
    fields: (t) =>
      Object.fromEntries(
        brought.fields.map((field) => {
          const options = { nullable: true as const, description: describe(field) };
          const type = brought.typeOf(field);
          const shown = (values: Record<string, unknown>) => shownValue(field, values[field.path]);
          return [
            field.path,
            field.list
              ? t.field({ ...options, type: [type], resolve: (values) => shown(values) as unknown[] | null })
              : t.field({ ...options, type, resolve: shown }),
          ];
        }),
      ),
  });
}
