import { z } from 'zod';
import type { Action, Role } from '../../../platform/values/enums.ts';
import type { Text } from '../../../platform/values/text.ts';

// A record is about somebody or something, has fields, and goes through steps: a reception, an assessment, a training, an
// agreement price. A policy declares the kind; the platform keeps, promises, lists and counts the records (server/domain/records/).

/** A name by which the policy's documents call somebody; whoever holds it acts with a role of the platform. */
export interface PostDeclaration {
  readonly label: Text;
  readonly role: Role;
  /** Sees the records about people of their branch and those below, as superiors do: what HR is. */
  readonly keepsPeoplesFiles?: true;
}

export const RECORD_SUBJECTS = ['CUSTOMER', 'PERSON', 'BRANCH', 'LINE', 'CONTRACT', 'TICKET', 'RECORD'] as const;
/** What a record is about; a RECORD is about another one, of which it is a part. */
export type RecordSubject = (typeof RECORD_SUBJECTS)[number];

/**
 * Who does something: roles, posts of the policy, and people by what they are to the record: its SUBJECT (the person whom it is
 * about), the STARTER who began it, the SUPERIOR of the person whom it is about.
 */
export type Actors = readonly string[];

/** Words that stand for people by what they are to a record. */
export const RECORD_PEOPLE = ['SUBJECT', 'STARTER', 'SUPERIOR'] as const;

/** A number, or the parameter that has it. */
export type NumberOrParameter = number | string;

/**
 * When a step falls due: at or before an instant or day that a field has, or after the start (`START`), a field, another step, or
 * the one that was taken last (`LAST`).
 * Days end at 23:59:59; WORKING days are those on which the calendar opens. Months are of the calendar.
 */
export type RecordDue = (
  | { readonly at: string }
  | { readonly before: string; readonly days: NumberOrParameter }
  | ({ readonly after: string } & (
      | { readonly days: NumberOrParameter; readonly count?: 'WORKING' }
      | { readonly months: NumberOrParameter }
      | { readonly hours: NumberOrParameter }
    ))
) & {
  /** A calendar that the policy declares, for hours and working days; `always` unless said. */
  readonly calendar?: string;
  /** Per cent of the time at which somebody is warned; 80 unless said. */
  readonly atRisk?: readonly number[];
};

export interface RecordStep {
  readonly code: string;
  readonly label: Text;
  /** Who takes it; whoever may start the record unless said. */
  readonly by?: Actors;
  /** It is decided by the policy's `route` for the kind, with four eyes; it opens by itself when it is next. */
  readonly approval?: true;
  /** What has to be said with it. */
  readonly brings?: z.ZodObject;
  readonly due?: RecordDue;
  /** A task is opened for it, which taking the step completes; else its due instant is told as an alert alone. */
  readonly task?: true;
  /** It may be left out. */
  readonly optional?: true;
  /** The record ends with it, whatever steps follow: another way out. */
  readonly closes?: true;
  /** It leads back to before this step, which is taken again with those behind it; its own code where it may be taken again and again. */
  readonly returnsTo?: string;
  /** What the customer said or signed has to be on record with it. */
  readonly confirmedBy?: 'CUSTOMER';
}

/** A figure that records of a kind give, of a person, a branch or the line in a period. */
export interface RecordFigure {
  readonly label: Text;
  /** When a record counts: by the day on which it was started, or took this step, or ended. */
  readonly when: 'START' | 'END' | (string & {});
  /** Only those whose fields have these values. */
  readonly where?: Readonly<Record<string, string | number | boolean>>;
  /** What is counted: the records, or the sum of this field, or the per cent that was in time. */
  readonly of?: { readonly sum: string } | 'IN_TIME';
  /** Whose it is: of who started it unless said, or of the person whom it is about. */
  readonly person?: 'STARTER' | 'SUBJECT';
}

export interface RecordDeclaration {
  readonly label: Text;
  /** The system of `docs/` that asks for it. */
  readonly source: string;
  /** A number in it is ours; the source leaves it blank. */
  readonly ours?: true;
  readonly about: RecordSubject;
  /** The kind of record that it is a part of, where it is about a RECORD. */
  readonly partOf?: string;
  readonly fields: z.ZodObject;
  /** Fields that leave masked for all but who started it and its subject, and are told to no policy. */
  readonly sensitive?: readonly string[];
  /** Fills in what follows from the fields, before they are stored: whether a sale counts. Pure. */
  readonly complete?: (fields: Readonly<Record<string, unknown>>) => Readonly<Record<string, unknown>>;
  /** Who starts and changes it; FRONT roles unless said. */
  readonly startedBy?: Actors;
  /**
   * Who of those that see what it is about sees it; all of them unless said. Records about people are seen by the SUBJECT, by
   * superiors, and by who keeps people's files.
   */
  readonly seenBy?: Actors;
  /** In the order in which they come. A kind without steps is a ledger: it is kept current and changed. */
  readonly steps?: readonly RecordStep[];
  /** How the thing stands, of a ledger; the first one unless said at the start. */
  readonly statuses?: Readonly<Record<string, { readonly label: Text; readonly closes?: true }>>;
  /** Fields that stay once an approval was given; all of them unless said. */
  readonly approvedFields?: readonly string[];
  /** Only one of the kind is open about the same subject. */
  readonly single?: true;
  /** Actions about its customer or ticket whose guard is told of these records. */
  readonly heardBy?: readonly Action[];
  readonly figures?: Readonly<Record<string, RecordFigure>>;
}

/** Declares a kind of record. */
export function record<const D extends RecordDeclaration>(declaration: D): D {
  return declaration;
}

/** Declares a step of a record. */
export function step<const C extends string>(code: C, label: Text, rest: Omit<RecordStep, 'code' | 'label'> = {}) {
  return { code, label, ...rest } as const;
}

/** Fields of records, with what forms are drawn by. */
export const field = {
  /** A text that is not empty. */
  text: (label: Text, max = 2000) =>
    z.string().trim().min(1, 'is empty').max(max, `is longer than ${max} characters`).meta({ label }),
  choice: <const V extends readonly [string, ...string[]]>(
    label: Text,
    values: V,
    options?: Readonly<Record<V[number], Text>>,
  ) => z.enum(values).meta({ label, ...(options && { options }) }),
  choices: <const V extends readonly [string, ...string[]]>(
    label: Text,
    values: V,
    options?: Readonly<Record<V[number], Text>>,
  ) =>
    z
      .array(z.enum(values).meta(options ? { options } : {}))
      .min(1, 'is empty')
      .max(50)
      .meta({ label }),
  texts: (label: Text) =>
    z.array(z.string().trim().min(1, 'is empty').max(200)).min(1, 'is empty').max(50).meta({ label }),
  /** A day, YYYY-MM-DD. */
  day: (label: Text) => z.iso.date('is no day such as 2026-03-02').meta({ label, scalar: 'Date' }),
  /** An instant, RFC 3339. */
  instant: (label: Text) =>
    z.iso.datetime({ offset: true, error: 'is no instant' }).meta({ label, scalar: 'DateTime' }),
  yes: (label: Text) => z.boolean().meta({ label }),
  whole: (label: Text, { min = 0, max = 1_000_000_000 }: { min?: number; max?: number } = {}) =>
    z.int().min(min, `is below ${min}`).max(max, `is above ${max}`).meta({ label, min, max }),
  /** An exact decimal. */
  decimal: (label: Text, { min = 0 }: { min?: number } = {}) =>
    z
      .string()
      .regex(/^-?\d{1,18}(\.\d{1,6})?$/, 'is no exact decimal')
      .refine((value) => Number(value) >= min, `is below ${min}`)
      .meta({ label, scalar: 'Decimal', min }),
  /** A score of a dimension, 0 to 100. */
  score: (label: Text) => z.int().min(0, 'is below 0').max(100, 'is above 100').meta({ label, min: 0, max: 100 }),
};
