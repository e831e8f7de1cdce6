import { z } from 'zod';
import {
  ALERT_SEVERITIES,
  ASSESSMENT_RESULTS,
  CHANNELS,
  CLOCK_METRICS,
  CLOCK_STARTS,
  CUSTOMER_STAGES,
  DAY_COUNTS,
  PAUSE_REASONS,
  PURPOSES,
  RAISED_ALERTS,
  ROLES,
  SELECTION_METHODS,
  STEP_PLACES,
  TASK_ORIGINS,
} from '../../platform/values/enums.ts';

/**
 * The answers of policies, as zod schemas: what leaves a plugin is checked against them, in the plugin's thread and once
 * more outside it. Objects are strict, so that a misspelt key of an answer is found and not ignored.
 */

const text = z.strictObject({ en: z.string().min(1).max(2000), zh: z.string().min(1).max(2000) });
const decimal = z.string().regex(/^-?\d{1,24}(\.\d{1,12})?$/, 'is not an exact decimal');
const date = z.iso.date();
const code = z.string().regex(/^[A-Z][A-Z0-9_]{0,63}$/, 'is not an upper-case code');
const role = z.enum(ROLES);

export const reasonSchema = z.strictObject({ code, text });
/** Why: a stable code and a sentence in both languages. */
export interface Reason extends z.infer<typeof reasonSchema> {}

export const indicatorSchema = z.strictObject({
  key: z.string().min(1),
  label: text,
  value: decimal.nullish(),
  asOf: date.nullish(),
  weight: decimal.nullish(),
  score: decimal.nullish(),
  weightedScore: decimal.nullish(),
  basis: text,
  met: z.boolean().nullish(),
});
export interface Indicator extends z.infer<typeof indicatorSchema> {}

export const gradeAnswer = z.strictObject({
  /** The tier's code; null when the customer reaches none. */
  tier: z.string().nullable(),
  eligible: z.boolean(),
  total: decimal.nullish(),
  result: z.enum(ASSESSMENT_RESULTS).nullish(),
  indicators: z.array(indicatorSchema).max(100),
  reasons: z.array(reasonSchema).max(100),
  /** Metrics or judgements without which no decision is possible. */
  missing: z.array(z.string()).max(100),
  nextTier: z
    .strictObject({
      tier: z.string(),
      gaps: z.array(z.strictObject({ metric: z.string(), current: decimal.nullable(), needed: decimal })).max(100),
    })
    .nullish(),
});
export interface GradeAnswer extends z.infer<typeof gradeAnswer> {}

const target = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('DURATION'), minutes: z.number().min(0).max(5_256_000) }),
  z.strictObject({
    kind: z.literal('END_OF_DAY'),
    days: z.number().int().min(0).max(3660),
    count: z.enum(DAY_COUNTS),
  }),
]);

export const promiseAnswer = z
  .array(
    z.strictObject({
      metric: z.enum(CLOCK_METRICS),
      label: text,
      target,
      from: z.enum(CLOCK_STARTS),
      calendar: z.string().min(1),
      atRisk: z.array(z.number().gt(0).lt(100)).max(10),
      pauses: z.array(z.enum(PAUSE_REASONS)).max(PAUSE_REASONS.length),
      audience: z.array(role).max(9),
      because: text,
    }),
  )
  .max(10);

export const guardAnswer = z.strictObject({ refusals: z.array(reasonSchema).max(20) });
export interface GuardAnswer extends z.infer<typeof guardAnswer> {}

export const taskProposal = z.strictObject({
  /** Stable within its subject, so that a rerun creates none twice. */
  key: z.string().min(1).max(200),
  title: text,
  origin: z.enum(TASK_ORIGINS),
  purpose: z.enum(PURPOSES),
  channel: z.enum(CHANNELS).nullish(),
  dueAt: z.iso.datetime({ offset: true }),
  /** Warned of from this instant on, where it is not done. */
  warnAt: z.iso.datetime({ offset: true }).nullish(),
  /** The days within which it is to be done, both included: the callback's window, the month of a contact. */
  period: z.strictObject({ from: date, to: date }).nullish(),
  /**
   * Contact that does it by itself, whoever records it: within the period and, where they are named, by one of the
   * channels and for one of the purposes. Left out, somebody has to complete it.
   */
  metBy: z
    .strictObject({
      channels: z.array(z.enum(CHANNELS)).max(20).nullish(),
      purposes: z.array(z.enum(PURPOSES)).max(20).nullish(),
      /** After the period it does it too, late: what was owed is made up for. A greeting is not. */
      late: z.boolean().nullish(),
    })
    .nullish(),
  /** The declared duty of a customer that it fulfils; it needs the duty's `period`. */
  duty: code.nullish(),
  /** An approval of this kind is opened with it, in the name of who is to do it, or of who stands in where nobody is. */
  approval: code.nullish(),
});
/** Contact that does a task by itself. */
export type MetBy = NonNullable<z.infer<typeof taskProposal>['metBy']>;
export interface TaskProposal extends z.infer<typeof taskProposal> {}

export const alertProposal = z.strictObject({
  key: z.string().min(1).max(200),
  kind: z.enum(RAISED_ALERTS),
  severity: z.enum(ALERT_SEVERITIES),
  message: text,
  audience: z.array(role).max(9),
});
export interface AlertProposal extends z.infer<typeof alertProposal> {}

/** Customers of the place where something happened, chosen by a method, are called back. */
export const selectionProposal = z.strictObject({
  key: z.string().min(1).max(100),
  method: z.enum(SELECTION_METHODS),
  count: z.number().int().min(1).max(100),
  title: text,
  dueAt: z.iso.datetime({ offset: true }),
});
export interface SelectionProposal extends z.infer<typeof selectionProposal> {}

/** Another record about the same subject that begins. */
export const recordProposal = z.strictObject({
  kind: code,
  fields: z.record(z.string(), z.unknown()),
});
export interface RecordProposal extends z.infer<typeof recordProposal> {}

export const reactAnswer = z.strictObject({
  tasks: z.array(taskProposal).max(50),
  alerts: z.array(alertProposal).max(20),
  selections: z.array(selectionProposal).max(5),
  /** The customer's stage from now on: a signed contract makes FORMAL. */
  stage: z.enum(CUSTOMER_STAGES).nullish(),
  /** Only of a record's event: records about the same that begin. */
  records: z.array(recordProposal).max(5).nullish(),
});
export interface ReactAnswer extends z.infer<typeof reactAnswer> {}

export const routeAnswer = z.strictObject({
  steps: z
    .array(
      z.strictObject({
        role,
        where: z.enum(STEP_PLACES),
        /** How long the step may take, and at which per cent of it someone is warned; left out, as long as it takes. */
        within: z
          .strictObject({
            target,
            calendar: z.string().min(1).optional(),
            atRisk: z.array(z.number().gt(0).lt(100)).max(10).optional(),
          })
          .optional(),
      }),
    )
    .min(1)
    .max(10),
  /** Each step by another person, none of them the requester. */
  fourEyes: z.boolean(),
  /** May not be decided together with others. */
  oneByOne: z.boolean(),
  /** Days within which an action that was taken at once has to be ratified; null when it may not be taken at once. */
  ratifyWithinDays: z.number().int().positive().max(3660).nullable(),
});
export interface RouteAnswer extends z.infer<typeof routeAnswer> {}

export const careAnswer = z.array(taskProposal).max(100);
export type CareAnswer = z.infer<typeof careAnswer>;

export const measureAnswer = z
  .array(
    z.strictObject({
      key: z.string().min(1),
      label: text,
      target: decimal,
      actual: decimal.nullable(),
      unit: z.string(),
      met: z.boolean().nullable(),
    }),
  )
  .max(100);
export type MeasureAnswer = z.infer<typeof measureAnswer>;

/** The schema of each question's answer. */
export const ANSWERS = {
  grade: gradeAnswer,
  promise: promiseAnswer,
  guard: guardAnswer,
  react: reactAnswer,
  route: routeAnswer,
  care: careAnswer,
  measure: measureAnswer,
} as const;

export interface Answers {
  grade: GradeAnswer;
  promise: z.infer<typeof promiseAnswer>;
  guard: GuardAnswer;
  react: ReactAnswer;
  route: RouteAnswer;
  care: CareAnswer;
  measure: MeasureAnswer;
}
