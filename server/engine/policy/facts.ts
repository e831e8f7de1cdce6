import type {
  Channel,
  CustomerKind,
  CustomerStage,
  EventKind,
  Figure,
  GradeState,
  PROMISE_CAUSES,
  Purpose,
  Role,
  TicketStatus,
} from '../../platform/values/enums.ts';
import type { ActionWithInput, RecordFact } from './action-inputs.ts';

/**
 * The facts that the platform gives to a policy. They are JSON-safe, for they cross to the thread in which policies run:
 * instants are RFC 3339 in UTC, dates YYYY-MM-DD in the policy's zone, numbers exact decimal strings.
 */

/**
 * The words that a policy declares, by which its facts are typed: schemes, tiers (of all schemes), fields of profiles, ticket types,
 * their cases, kinds of messages. What is not declared is any text.
 *
 * The facts below take them one by one, for then the compiler's messages about them name words and not this.
 */
export interface Words {
  readonly scheme: string;
  readonly tier: string;
  readonly field: string;
  readonly ticketType: string;
  readonly ticketCase: string;
  readonly message: string;
}

export interface GradeFact<Scheme extends string = string, Tier extends string = string> {
  readonly scheme: Scheme;
  readonly tier: Tier;
  readonly rank: number;
  readonly since: string;
  readonly state: GradeState;
  readonly misses: number;
}

/** What every question may know of a customer; no name, number or address is among it. */
export interface CustomerFacts<
  Scheme extends string = string,
  Tier extends string = string,
  Field extends string = string,
> {
  readonly kind: CustomerKind;
  readonly stage: CustomerStage;
  /** For `grade` the one of the scheme; else the best in force, which of several schemes is the one of the highest rank. */
  readonly grade: GradeFact<Scheme, Tier> | null;
  readonly consent: { readonly vipService: boolean | null; readonly marketing: boolean | null };
  /** The policy's own profile fields, without those that it declares sensitive. */
  readonly profile: { readonly [F in Field]?: unknown };
}

export interface MetricFact {
  readonly value: string;
  readonly asOf: string;
}

export interface Judgement {
  readonly indicator: string;
  readonly score: string;
  readonly basis: string;
}

export interface GradeFacts<
  M extends string = string,
  Scheme extends string = string,
  Tier extends string = string,
  Field extends string = string,
> {
  readonly now: string;
  readonly today: string;
  readonly scheme: Scheme;
  readonly customer: CustomerFacts<Scheme, Tier, Field>;
  readonly metrics: Readonly<Partial<Record<M, MetricFact>>>;
  readonly judgements: readonly Judgement[];
  readonly history: readonly GradeFact<Scheme, Tier>[];
  /** The tier that this year's list names for the customer, where the scheme has a list. */
  readonly listed: { readonly year: number; readonly tier: Tier } | null;
}

export interface TicketFacts<Type extends string = string, Case extends string = string> {
  readonly type: Type;
  readonly level: number;
  readonly case: Case | null;
  readonly channel: Channel;
  readonly openedAt: string;
  readonly appointmentAt: string | null;
}

export interface PromiseFacts<
  Type extends string = string,
  Case extends string = string,
  Scheme extends string = string,
  Tier extends string = string,
  Field extends string = string,
> {
  readonly now: string;
  readonly cause: (typeof PROMISE_CAUSES)[number];
  readonly ticket: TicketFacts<Type, Case>;
  readonly customer: CustomerFacts<Scheme, Tier, Field>;
}

interface GuardedFacts<
  Type extends string = string,
  Case extends string = string,
  Scheme extends string = string,
  Tier extends string = string,
  Field extends string = string,
> {
  readonly now: string;
  /** `posts` are those of the policy that the viewer holds. */
  readonly viewer: { readonly roles: readonly Role[]; readonly posts?: readonly string[] };
  readonly customer: CustomerFacts<Scheme, Tier, Field> | null;
  /** Of the kinds that are `heardBy` the action: those about the customer or ticket, the latest first; at most 50. */
  readonly records?: readonly RecordFact[];
  readonly ticket:
    | (TicketFacts<Type, Case> & {
        readonly status: TicketStatus;
        readonly calledBack: boolean;
        readonly assigned: boolean;
      })
    | null;
}

/** Which input comes with which action, ActionInputs says: once the action is known, so is its input. */
export type GuardFacts<
  Type extends string = string,
  Case extends string = string,
  Scheme extends string = string,
  Tier extends string = string,
  Field extends string = string,
  Message extends string = string,
> = GuardedFacts<Type, Case, Scheme, Tier, Field> & ActionWithInput<Scheme, Tier, Message>;

/**
 * What happened, and what belongs to its kind:
 *
 * - `OPENED`: whether the customer can be called (`reachable`)
 * - `AT_RISK`, `BREACHED`: the clock's `metric` and `cycle`, the ticket's `level`
 * - `GRADE_GIVEN`: `scheme` and `tier`
 * - `INTERACTION`: `channel`, `purpose`, whether something was left open (`openQuestion`), `satisfaction` where it was said
 * - `DUTY_RECORDED`: the `duty` and the fields of its record, of texts only whether they are there
 * - `RECORD_STARTED`, `RECORD_ADVANCED`, `RECORD_CHANGED`, `RECORD_ENDED`: the `record`'s kind, the `step`, how it ended (`state`),
 *   and the `fields` and what the step `brought` as policies may know them
 * - `METRIC_RECORDED`: the `metric`, its `value`, and the last values `before` it, the latest first
 */
export interface EventFact<Scheme extends string = string, Tier extends string = string> {
  readonly kind: EventKind;
  readonly reachable?: boolean;
  /** Of a clock, or of a figure. */
  readonly metric?: string;
  readonly value?: string;
  readonly before?: readonly string[];
  /** 1 is the first; each reopening begins another. */
  readonly cycle?: number;
  readonly level?: number;
  readonly scheme?: Scheme;
  readonly tier?: Tier;
  readonly channel?: Channel;
  readonly purpose?: Purpose;
  readonly openQuestion?: boolean;
  /** 1 to 5. */
  readonly satisfaction?: number;
  readonly duty?: string;
  readonly record?: string;
  readonly step?: string;
  readonly state?: string;
  readonly fields?: Readonly<Record<string, unknown>>;
  readonly brought?: Readonly<Record<string, unknown>>;
  readonly [detail: string]: unknown;
}

export interface ReactFacts<
  Type extends string = string,
  Case extends string = string,
  Scheme extends string = string,
  Tier extends string = string,
  Field extends string = string,
> {
  readonly now: string;
  readonly event: EventFact<Scheme, Tier>;
  readonly customer: CustomerFacts<Scheme, Tier, Field> | null;
  readonly ticket: (TicketFacts<Type, Case> & { readonly status: TicketStatus }) | null;
}

export interface RouteFacts<
  Scheme extends string = string,
  Tier extends string = string,
  Field extends string = string,
> {
  readonly now: string;
  readonly kind: string;
  readonly amount: string | null;
  /** What was approved, is pending or was spent for the same customer and plan in the policy's window, this request included. */
  readonly cumulated: string | null;
  /**
   * Of the amounts and of the limits, ISO 4217; null without an amount. There are no rates: the amounts of parameters are
   * CNY, and say nothing about another currency.
   */
  readonly currency?: string | null;
  readonly requester: { readonly roles: readonly Role[]; readonly atHeadOffice: boolean };
  readonly customer: CustomerFacts<Scheme, Tier, Field> | null;
  /**
   * What is asked: of an application its fields, of a PLAN its `kind` and `parts`, of an ASSESSMENT or GRADE_EXCEPTION the
   * `scheme` and `tier`, of an ASSESSMENT that a grading run makes `byRun: true` beside; else empty.
   */
  readonly request: Readonly<Record<string, unknown>>;
  /** The authority limits in force for the kind, as they were decided in writing; `upTo` is inclusive, null without limit. */
  readonly limits?: readonly { readonly role: Role; readonly upTo: string | null }[];
}

/** Contact with a customer, or a message, on a day (YYYY-MM-DD) of the policy's zone. */
export interface ContactFact {
  readonly on: string;
  readonly channel: Channel;
  readonly purpose: Purpose;
}

/** A statutory holiday by its first day; the name is Chinese. */
export interface HolidayFact {
  readonly on: string;
  readonly name: string;
  readonly en?: string;
}

export interface CareFacts<
  Scheme extends string = string,
  Tier extends string = string,
  Field extends string = string,
> {
  /** The day of the run, or a day on which none ran, made up for. */
  readonly today: string;
  /** With the best grade in force. */
  readonly customer: CustomerFacts<Scheme, Tier, Field>;
  /** All grades in force, best first: a customer may hold tiers of several schemes. */
  readonly grades?: readonly GradeFact<Scheme, Tier>[];
  /** The day on which the file was opened. */
  readonly createdOn?: string;
  /** The day on which the file was changed last. */
  readonly updatedOn?: string;
  readonly birthday: string | null;
  /** A key or special customer. */
  readonly important: boolean;
  /** Contact of the last 400 days, in either direction, by anybody. Records of our own (INTERNAL) are none. */
  readonly contacts: readonly ContactFact[];
  /** Messages that were sent out in that time; they are not among the contacts. */
  readonly messages?: readonly ContactFact[];
  /** Statutory holidays of the next 31 days by their first day, however many days they last; the name is Chinese. */
  readonly holidays: readonly HolidayFact[];
  /** Those that began within the 31 days before: a greeting of one of them is not for the next. */
  readonly holidaysBefore?: readonly HolidayFact[];
  /** The day after the last statutory holiday that is over: a greeting from then on is for the one that is or comes next. */
  readonly holidaySeasonFrom?: string;
}

export interface MeasureFacts {
  readonly period: { readonly from: string; readonly to: string };
  /** Of the period and of the one before it, by key; absent where there is nothing to count. */
  readonly figures: Readonly<Partial<Record<Figure, string>>>;
  readonly before: Readonly<Partial<Record<Figure, string>>>;
  /** What the policy's kinds of records count in the period, by the figures that they declare. */
  readonly records?: Readonly<Record<string, string>>;
}

export interface Facts<M extends string = string, W extends Words = Words> {
  grade: GradeFacts<M, W['scheme'], W['tier'], W['field']>;
  promise: PromiseFacts<W['ticketType'], W['ticketCase'], W['scheme'], W['tier'], W['field']>;
  guard: GuardFacts<W['ticketType'], W['ticketCase'], W['scheme'], W['tier'], W['field'], W['message']>;
  react: ReactFacts<W['ticketType'], W['ticketCase'], W['scheme'], W['tier'], W['field']>;
  route: RouteFacts<W['scheme'], W['tier'], W['field']>;
  care: CareFacts<W['scheme'], W['tier'], W['field']>;
  measure: MeasureFacts;
}

/** The questions that the platform asks (design: policies decide, the platform acts). */
export type Question = keyof Facts;
export const QUESTIONS: readonly Question[] = ['grade', 'promise', 'guard', 'react', 'route', 'care', 'measure'];
