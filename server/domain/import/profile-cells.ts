import type { z } from 'zod';
import type { Policy } from '../../engine/policy/contract.ts';
import type { Policies } from '../../engine/policy/policies.ts';
import { type ProfileField, profileFields } from '../../engine/policy/profile-fields.ts';
import type { CustomerKind } from '../../platform/values/enums.ts';
import { dateOf, flagOf } from './reading/cells.ts';
import type { Issues } from './reading/parse.ts';
import type { Row } from './reading/read-rows.ts';
import { type Shift, shiftDate } from './shift.ts';

/** What begins the name of a column that belongs to the profile. */
export const PROFILE = 'profile.';

/** Days that come again each year: they are no one's to move. */
const YEARLY = ['birthday', 'anniversary'];

/** The largest profile that is stored, in characters of JSON (server/domain/customers/profile.ts). */
const MAX_PROFILE = 16_384;

const ISO_DATE = /^\d{4}-\d{2}-\d{2}$/;

type Profile = Record<string, unknown>;

/** A row with what its customer's file holds already. */
interface ProfileRow {
  readonly row: Row;
  readonly kind: CustomerKind;
  readonly stored: Profile | null;
}

/** What a policy asks of one kind of customer; made once, for zod compiles a schema at its first use. */
interface ProfileSchema {
  readonly fields: ReadonlyMap<string, ProfileField>;
  readonly schema: z.ZodObject;
}

/** Reads the profile columns of rows by the policies' schemas. */
export class ProfileReader {
  readonly #shift: Shift;
  readonly #schemas = new Map<string, ProfileSchema | null>();

  constructor(shift: Shift) {
    this.#shift = shift;
  }

  /**
   * The profiles after the rows: a column that the file has sets its field or, empty, removes it; the others stay. Several
   * values of one field are set apart by semicolons.
   *
   * @returns what was stored, where the file has no profile column that says anything
   */
  async read(
    policies: Policies,
    policy: Policy,
    rows: readonly ProfileRow[],
    issues: Issues,
  ): Promise<ReadonlyMap<Row, Profile | null>> {
    const profiles = new Map<Row, Profile | null>(rows.map(({ row, stored }) => [row, stored]));
    const asked = rows.flatMap(({ row, kind, stored }) => {
      const values = this.#filled(row, policy, kind, stored, issues);
      return values ? [{ row, kind, values }] : [];
    });
    const readings = asked.flatMap(({ row, kind, values }) => {
      const isEmpty = Object.keys(values).length === 0;
      if (isEmpty && profiles.get(row)) profiles.set(row, {});
      return isEmpty ? [] : [{ row, reading: { of: 'PROFILE' as const, kind, values, complete: false } }];
    });
    const read = await policies.readMany(
      policy.id,
      readings.map(({ reading }) => reading),
    );
    for (const [index, { row }] of readings.entries()) {
      const one = read[index];
      if (!one || one instanceof Error) issues.add(row, null, one?.message ?? 'the policy gave no answer');
      else if (one.issues.length === 0) profiles.set(row, one.value);
      else
        for (const { path, message } of one.issues)
          issues.add(row, path[0] === undefined ? null : `${PROFILE}${path[0]}`, message);
    }
    return profiles;
  }

  /** What the row makes of a profile, before the policy's schema has seen it; null where there is nothing to be read. */
  #filled(row: Row, policy: Policy, kind: CustomerKind, stored: Profile | null, issues: Issues): Profile | null {
    const given = Object.entries(row.cells).filter(([column]) => column.startsWith(PROFILE));
    if (given.length === 0) return null;
    const known = this.#schemaOf(policy, kind);
    const profile: Profile = { ...stored };
    for (const [column, text] of given) {
      const name = column.slice(PROFILE.length);
      const field = known?.fields.get(name);
      if (text === null) delete profile[name];
      else if (!field) issues.add(row, column, `is no field of ${policy.id} for ${kind} customers`);
      else profile[name] = this.#valueOf(field, text, known?.schema.shape[name]);
    }
    if (issues.has(row) || !known) return null;
    if (JSON.stringify(profile).length > MAX_PROFILE)
      issues.add(row, null, `has a profile longer than ${MAX_PROFILE} characters`);
    return profile;
  }

  #schemaOf(policy: Policy, kind: CustomerKind): ProfileSchema | null {
    const key = `${policy.id} ${kind}`;
    const known = this.#schemas.get(key);
    if (known !== undefined) return known;
    const declared = policy.profiles?.[kind];
    const made = declared
      ? { schema: declared, fields: new Map(profileFields(declared).map((field) => [field.name, field])) }
      : null;
    this.#schemas.set(key, made);
    return made;
  }

  /** A date in another form than the schema takes is read as one, if that is what the schema takes. */
  #valueOf(field: ProfileField, text: string, schema: z.ZodType | undefined): unknown {
    const parts = text.split(/[;；|、]/).map((part) => part.trim());
    const read = (as: (part: string) => string) =>
      field.list ? parts.filter(Boolean).map((part) => this.#single(field, as(part))) : this.#single(field, as(text));
    const plain = read((part) => part);
    if (field.type !== 'String' || !schema || schema.safeParse(plain).success) return plain;
    const dated = read((part) => dateOf(part)?.toISOString().slice(0, 10) ?? part);
    return schema.safeParse(dated).success ? dated : plain;
  }

  /** A text that is not of the field's type stays one, so that the schema refuses it. */
  #single({ type, name }: ProfileField, text: string): unknown {
    switch (type) {
      case 'Int':
      case 'Float':
        return /^[+-]?\d+(\.\d+)?$/.test(text) ? Number(text) : text;
      case 'Boolean':
        return flagOf(text) ?? text;
      case 'JSON':
        return jsonOf(text);
      case 'String': {
        if (!ISO_DATE.test(text) || YEARLY.includes(name)) return text;
        const date = dateOf(text);
        return date
          ? shiftDate(date, { days: this.#shift.days ?? 0 })
              .toISOString()
              .slice(0, 10)
          : text;
      }
    }
  }
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
