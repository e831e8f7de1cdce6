import type { InputFieldMap } from '@pothos/core';
import type { z } from 'zod';
import { type FormField, formFields } from '../server/engine/policy/records/form-fields.ts';
import type { Builder } from './base/builder.ts';

const SCALARS = {
  TEXT: 'String',
  YES_NO: 'Boolean',
  WHOLE: 'Int',
  NUMBER: 'Float',
  DECIMAL: 'Decimal',
  DATE: 'Date',
  INSTANT: 'DateTime',
  JSON: 'JSON',
} as const;

type Choice = ReturnType<Builder['enumType']>;

/** Whether the words of a choice can be those of an enumeration; others are texts. */
function isEnumerable({ options }: FormField): boolean {
  return options.every(({ value }) => /^[A-Z][A-Z0-9_]*$/.test(value));
}

/** The fields of a zod schema as GraphQL has them, with an enumeration for each choice: made once, for what is read and written. */
export class TypedFields {
  readonly fields: readonly FormField[];
  readonly #choices = new Map<string, Choice>();

  /** @param typeName begins the names of the enumerations: `CoreReception` and `level` give `CoreReceptionLevel` */
  constructor(builder: Builder, typeName: string, schema: z.ZodObject) {
    this.fields = formFields(schema);
    for (const field of this.fields) {
      if (field.type !== 'CHOICE' || !isEnumerable(field)) continue;
      const name = typeName + field.path.charAt(0).toUpperCase() + field.path.slice(1);
      const values = Object.fromEntries(
        field.options.map(({ value, label }) => [value, label ? { description: `${label.en} · ${label.zh}` } : {}]),
      );
      this.#choices.set(field.path, builder.enumType(name, { values }));
    }
  }

  typeOf({ path, type }: FormField): Choice | (typeof SCALARS)[keyof typeof SCALARS] {
    return this.#choices.get(path) ?? SCALARS[type === 'CHOICE' ? 'TEXT' : type];
  }

  /** An input of these fields. None is required by its type: what is missing is told as InvalidInput, with the field's name. */
  input(builder: Builder, name: string, description: string) {
    return builder.inputType(name, {
      description,
      fields: (t) =>
        Object.fromEntries(
          this.fields.map((field): [string, InputFieldMap[string]] => {
            const type = this.typeOf(field);
            const about = describe(field);
            return [
              field.path,
              field.list ? t.field({ type: [type], description: about }) : t.field({ type, description: about }),
            ];
          }),
        ),
    });
  }
}

/** What is said of a field: its labels, and whether it has to be given. */
export function describe({ label, description, required }: FormField): string {
  const named = label ? `${label.en} · ${label.zh}` : description;
  return [named, required ? null : 'optional'].filter((part) => part !== null).join('; ') || 'A field.';
}

/** A stored value as a field of its type is read: days and instants are dates. */
export function shownValue({ type }: FormField, value: unknown): unknown {
  if (value === null || value === undefined) return null;
  if (type === 'DATE') return new Date(`${String(value)}T00:00:00Z`);
  return type === 'INSTANT' ? new Date(String(value)) : value;
}
