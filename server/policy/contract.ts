/**
 * All that a policy plugin sees of the platform, published as `tierline/policy`.
 *
 * A policy is data (what it declares) and pure functions from facts to decisions (what it answers). It has no database,
 * no network and no clock but the facts. A question that it leaves out, or answers with `undefined`, goes to the standard
 * policy, which answers last and always.
 */
import { Decimal } from 'decimal.js';
import { z } from 'zod';
import type { Builder } from '../../schema/builder.ts';
import type { AlertProposal, Answers, Reason, SelectionProposal, TaskProposal } from './answers.ts';
import type { Channel, ClockMetric, CustomerKind, DayCount, PauseReason, Purpose, Role } from './enums.ts';
import type { Facts } from './facts.ts';
import type { ClockPromise, Target } from './promise.ts';
import type { Text } from './text.ts';
import type { SchemeRule } from './vocabulary.ts';

export type { Builder } from '../../schema/builder.ts';
export type { ActionInputs } from './action-inputs.ts';
export type { AlertProposal, Answers, GradeAnswer, Indicator, Reason, TaskProposal } from './answers.ts';
export { type Cadence, cadence } from './cadence.ts';
export {
  addDays,
  addMonths,
  afterMinutes,
  type DayPeriod,
  dayEnd,
  dayOf,
  instantAt,
  nextAnniversary,
  occasionPeriod,
  type PeriodLength,
  periodOf,
} from './days.ts';
export type {
  Action,
  Channel,
  ClockMetric,
  CustomerKind,
  CustomerStage,
  EventKind,
  Figure,
  Purpose,
  Role,
  TicketStatus,
} from './enums.ts';
export type {
  CareFacts,
  ContactFact,
  CustomerFacts,
  EventFact,
  Facts,
  GradeFact,
  GradeFacts,
  GuardFacts,
  Judgement,
  MeasureFacts,
  MetricFact,
  PromiseFacts,
  ReactFacts,
  RouteFacts,
  TicketFacts,
} from './facts.ts';
export type { GoldenRow } from './golden.ts';
export type { Target } from './promise.ts';
export type { Text } from './text.ts';
export {
  above,
  all,
  annualList,
  any,
  atLeast,
  atMost,
  bands,
  below,
  between,
  conditions,
  consents,
  isOneOf,
  matrix,
  not,
  parameter,
  scorecard,
} from './vocabulary.ts';
export { Decimal, z };

/** The version of this contract; a plugin built for another is refused at start, by name. */
export const CONTRACT_VERSION = 1;

/** A figure that a core system delivers about customers. */
export interface MetricDeclaration {
  readonly label: Text;
  /** What one counts, e.g. `CNY`, `count`, `percent`, `points`. */
  readonly unit: string;
  readonly description?: Text;
}

/** A number or choice that an operator may set. Without a default it is blank: who needs it answers NOT_CONFIGURED. */
export interface ParameterDeclaration {
  readonly schema: z.ZodType;
  readonly description: Text;
  /** The system of `docs/` that asks for it. */
  readonly source: string;
  readonly default?: unknown;
  /** The default is ours; the source documents leave the value blank. */
  readonly ours?: true;
}

export interface BenefitDeclaration {
  readonly label: Text;
  readonly description?: Text;
}

export interface TierDeclaration<B extends string = string> {
  readonly label: Text;
  /** Order within the scheme: a higher rank is the better tier. */
  readonly rank: number;
  readonly benefits?: readonly B[];
  /** The longest that a customer of the tier goes without contact, in days, where the cadence is by days. */
  readonly contactEveryDays?: number;
  /** Given by exception or list alone: no figure reaches it, and the conformance kit does not ask that one does. */
  readonly byRequest?: true;
}

/** How a grade follows the assessments of a scheme; left out: at once, in both directions. */
export interface LifeCycle {
  /** When a better tier comes into force: at once, or on the first day of the next month. */
  readonly promotion?: 'NOW' | 'NEXT_MONTH';
  /**
   * Reviews in a row below the bar, the last one included, after which a customer is demoted to the tier then reached; until
   * then the grade is under watch. By tier where tiers differ; 1 unless said.
   */
  readonly missesBeforeDemotion?: number | Readonly<Record<string, number>>;
  /** Months for which a grade holds without a new assessment. */
  readonly validMonths?: number;
}

export interface SchemeDeclaration<M extends string = string, P extends string = string, B extends string = string> {
  readonly label: Text;
  readonly customerKinds: readonly CustomerKind[];
  readonly tiers: Readonly<Record<string, TierDeclaration<B>>>;
  /** The metrics that an assessment shows, beside those that the rule names. */
  readonly metrics?: readonly M[];
  readonly rule: SchemeRule<string, M, P>;
  /** A grade comes into force only with the customer's consent to VIP service. */
  readonly needsConsent?: boolean;
  /** Months after which a grade is reviewed. */
  readonly reviewMonths?: number;
  readonly lifeCycle?: LifeCycle;
  /**
   * Metrics of which more never gives a lower tier, which the conformance kit then proves. It proves it anyhow of metrics
   * that the rule asks for with `bands`, `atLeast` and `above` alone.
   */
  readonly monotone?: readonly M[];
}

export interface TicketTypeDeclaration {
  readonly label: Text;
  /** Levels of gravity, where the type has them. */
  readonly levels?: Readonly<Record<number, Text>>;
  /** Cases that the promise distinguishes. */
  readonly cases?: Readonly<Record<string, Text>>;
}

/** Opening hours of one weekday: local half-open intervals, `end` not after `start` runs into the next day. */
export interface Hours {
  readonly start: string;
  readonly end: string;
}

export interface CalendarDeclaration {
  readonly label: Text;
  /** IANA name, e.g. `Asia/Shanghai`. */
  readonly timeZone: string;
  /** Hours by ISO weekday, 1 is Monday; a day left out is closed. */
  readonly week: Readonly<Partial<Record<1 | 2 | 3 | 4 | 5 | 6 | 7, readonly Hours[]>>>;
  /** `CN`: statutory Chinese holidays close, make-up working days open. */
  readonly holidays: 'CN' | 'NONE';
}

/**
 * Regular work that is owed once a period: a weekly plan of each manager, a yearly meeting of each branch, a monthly
 * registration of each file. The platform opens a task per period and holder when the period begins, or when it is over
 * where the duty falls due after its end; recording the duty, or completing the task, fulfils it; unfulfilled it is overdue
 * from its due instant on, with an alert, and listed as missing (server/duties/).
 */
export interface DutyDeclaration {
  readonly label: Text;
  readonly every: 'WEEK' | 'MONTH' | 'QUARTER' | 'YEAR';
  /**
   * Who owes it: `BRANCH` each branch that keeps customers of the line, `MANAGER` each person who has customers,
   * `LINE` the line's head office, `CUSTOMER` each customer for whom the `care` answer proposes a task with this `duty`.
   */
  readonly of: 'LINE' | 'BRANCH' | 'MANAGER' | 'CUSTOMER';
  /**
   * So many days after the first (`BEGIN`) or last (`END`) day of the period, at a local time of day or, left out, at the
   * day's end. Monday noon of the week is `{ after: 'BEGIN', days: 0, time: '12:00' }`; by the 5th of the month after it is
   * `{ after: 'END', days: 5 }`.
   */
  readonly due: { readonly after: 'BEGIN' | 'END'; readonly days: number; readonly time?: string };
  /** What has to be recorded with it; a record that does not fit is refused, field by field. */
  readonly record?: z.ZodObject;
  /**
   * What does it, and nothing else: a meeting of this kind in the period, at the place that owes it and with all who must
   * attend; or the month's report of this kind.
   */
  readonly doneBy?: { readonly meeting: string } | { readonly report: string };
  /** The system of `docs/` that asks for it. */
  readonly source: string;
  /** The due day is ours; the source leaves it blank. */
  readonly ours?: true;
}

/** Messages to customers of one kind: what is sent for these purposes, counted by the calendar month. */
export interface MessageDeclaration {
  readonly label: Text;
  readonly purposes: readonly Purpose[];
  /** The profile's field that counts those sent, so that each file shows it. */
  readonly counter?: string;
}

/** A stretch of the calendar at whose end figures are judged. */
export type PeriodKind = 'MONTH' | 'QUARTER' | 'YEAR';

/** How the line's figures and its people's are judged. */
export interface PerformanceDeclaration<P extends string = string> {
  /** Periods at whose end `measure` is asked and a missed target raises an alert; each month unless said. */
  readonly periods?: readonly PeriodKind[];
  /** The tiers of the figure CHURN_TOP_TIERS, by scheme; left out there is no such figure. */
  readonly topTiers?: Readonly<Record<string, readonly string[]>>;
  /** The parameter with the resolution rate, per cent, that a person's month has to reach; left out no month is on target. */
  readonly monthlyTarget?: P;
  /** Months in a row on target after which the bonus of the quarter is due; left out there is none. */
  readonly bonusMonths?: number;
}

/** A node of a plan's way: who leads it, and until when. */
export interface MilestoneDeclaration {
  readonly label: Text;
  readonly leadRole: Role;
  /** The end of a day: so many days after the approval, halfway through the plan by time, or the plan's last. */
  readonly due: { readonly after: 'APPROVAL'; readonly days: number } | { readonly at: 'HALF' | 'END' };
}

export interface PlanKindDeclaration {
  readonly label: Text;
  /** In the order in which they come; each becomes a task of the approved plan. */
  readonly milestones?: Readonly<Record<string, MilestoneDeclaration>>;
  /** Whether it is closed only after the customer said to be satisfied. */
  readonly needsConfirmation?: boolean;
}

/** What a plan for customers of some tiers usually holds; whoever drafts one begins with it. */
export interface PlanTemplateDeclaration {
  readonly label: Text;
  /** Tiers by scheme. */
  readonly tiers: Readonly<Record<string, readonly string[]>>;
  readonly objective: Text;
  /** Calendar months of the plan. */
  readonly months: number;
  /** Each is due at the end of every so many months of the plan. */
  readonly measures: readonly { readonly way: Channel; readonly measure: Text; readonly everyMonths: number }[];
}

export interface PlansDeclaration {
  readonly templates?: Readonly<Record<string, PlanTemplateDeclaration>>;
  /** Kinds of plan beside MAINTENANCE, which every policy has and which may be declared to say more. */
  readonly kinds?: Readonly<Record<string, PlanKindDeclaration>>;
  /** Parts of a plan by which its route differs. */
  readonly parts?: Readonly<Record<string, { readonly label: Text }>>;
}

/** Something that people apply for and others approve. */
export interface ApplicationDeclaration {
  readonly label: Text;
  /** Whether it concerns a customer or the line itself. */
  readonly about: 'CUSTOMER' | 'LINE';
  /** Whether it is about an amount of money. */
  readonly amount?: 'REQUIRED';
  /** What an application says beside its reason; no personal data. */
  readonly fields: z.ZodObject;
}

export interface ApprovalsDeclaration<P extends string = string> {
  /** The parameter with the days within which a customer's requests of a kind add up; the calendar year where it is blank. */
  readonly cumulationDays?: P;
}

export interface MeetingKindDeclaration {
  readonly label: Text;
  /** Roles without which a meeting of the kind is not as it should be. */
  readonly mustAttend?: readonly Role[];
}

export interface MeetingsDeclaration<P extends string = string> {
  readonly kinds: Readonly<Record<string, MeetingKindDeclaration>>;
  /** The parameter with the hours within which minutes are due; blank, or left out: no limit. */
  readonly minutesHours?: P;
  /** Hours within which a resolution has an owner. */
  readonly ownerHours?: number;
}

/** A report of each month. */
export interface ReportDeclaration {
  readonly label: Text;
  /** One of the whole line, from head office, or one of each branch. */
  readonly per: 'LINE' | 'BRANCH';
  /** It is due by the end of this day of the next month; left out, it is due without being late. */
  readonly dueDay?: number;
  /** Figures without which it is not filed. */
  readonly needs?: readonly string[];
}

/** Who sees a customer's file: its own branch, that branch and those above it in the tree, or all of the line. */
export type AccessScope = 'OWN_BRANCH' | 'BRANCH_AND_BELOW' | 'CENTRAL';

/** A decision with its reason, in both languages: a customer will ask. */
export interface Because<A> {
  readonly answer: A;
  readonly because: Text;
}

/** A promise as a plugin writes it; what it leaves out has the field's usual meaning. */
export type PromiseOffer = Pick<ClockPromise, 'metric' | 'target'> & Partial<Omit<ClockPromise, 'metric' | 'target'>>;

export interface GuardOffer {
  readonly refusals: readonly Reason[];
}
export interface ReactOffer {
  readonly tasks?: readonly TaskProposal[];
  readonly alerts?: readonly AlertProposal[];
  /** Customers to be called back; only of a duty that was recorded, at the branch that recorded it. */
  readonly selections?: readonly SelectionProposal[];
}
export type RouteOffer = Pick<Answers['route'], 'steps'> & Partial<Omit<Answers['route'], 'steps'>>;

interface Offers {
  grade: Answers['grade'];
  promise: readonly PromiseOffer[];
  guard: GuardOffer;
  react: ReactOffer;
  route: RouteOffer;
  care: readonly TaskProposal[];
  measure: Answers['measure'];
}

/**
 * The parameters of a policy as its answers read them. Reading a blank one ends the answer: the decision is
 * NOT_CONFIGURED and names it. `'limit' in parameters` asks without reading.
 */
export type ParametersOf<P extends Readonly<Record<string, ParameterDeclaration>>> = {
  readonly [K in keyof P]: z.infer<P[K]['schema']>;
};

/** One function a question: synchronous, ended after 200 ms, its answer at most 64 KiB. `undefined` leaves it to the standard policy. */
export type AnswerFunctions<M extends string, P extends Readonly<Record<string, ParameterDeclaration>>> = {
  readonly [Q in keyof Offers]?: (facts: Facts<M>[Q], parameters: ParametersOf<P>) => Because<Offers[Q]> | undefined;
};

export interface PolicyDeclaration<
  M extends Readonly<Record<string, MetricDeclaration>> = Readonly<Record<string, MetricDeclaration>>,
  P extends Readonly<Record<string, ParameterDeclaration>> = Readonly<Record<string, ParameterDeclaration>>,
  B extends Readonly<Record<string, BenefitDeclaration>> = Readonly<Record<string, BenefitDeclaration>>,
> {
  /** Kebab-case, unique among the plugins, e.g. `bank-vip`. */
  readonly id: string;
  readonly contract: number;
  /** The plugin's own version; decisions keep `id@version+hash of the parameters`. */
  readonly version: string;
  readonly label: Text;
  /** Whether customers can belong to it; the standard policy only answers last. */
  readonly businessLine?: boolean;
  readonly parameters?: P;
  /** Relations between parameters that must hold; the answer names what is contradictory. */
  readonly checkParameters?: (
    parameters: Partial<ParametersOf<P>>,
  ) => readonly { readonly path: string; readonly message: Text }[];
  readonly metrics?: M;
  readonly benefits?: B;
  readonly schemes?: Readonly<Record<string, SchemeDeclaration<keyof M & string, keyof P & string, keyof B & string>>>;
  readonly ticketTypes?: Readonly<Record<string, TicketTypeDeclaration>>;
  readonly calendars?: Readonly<Record<string, CalendarDeclaration>>;
  /** Regular work by code, e.g. `WEEKLY_PLAN`. */
  readonly duties?: Readonly<Record<string, DutyDeclaration>>;
  /** The parameter that says how many contacts a manager can make on a working day; the standard policy's where it is left out. While it is blank nobody is told of overload. */
  readonly workload?: string;
  /** Kinds of messages by code, e.g. `SERVICE`; the guard of SEND_MESSAGE and RECORD_INTERACTION hears the kind and its count. */
  readonly messages?: Readonly<Record<string, MessageDeclaration>>;
  /** The profile's field with the name by which messages are signed; the branch's name where it is empty. */
  readonly signature?: string;
  /** Days of the month between which a hall is busy, both included; `from` may lie behind `to`, across the month's end. */
  readonly busyDays?: { readonly from: number; readonly to: number };
  /** Customers who departed leave the active archive when the next month begins. */
  readonly clearsDeparted?: boolean;
  /** The policy's own fields per kind of customer. */
  readonly profiles?: Readonly<Partial<Record<CustomerKind, z.ZodObject>>>;
  /** Fills in what follows from other fields of a profile, before it is stored. Pure. */
  readonly completeProfile?: (
    kind: CustomerKind,
    profile: Readonly<Record<string, unknown>>,
  ) => Readonly<Record<string, unknown>>;
  /** Names of profile fields that leave masked. */
  readonly sensitive?: readonly string[];
  /** How a telephone number is masked: `139****1234`, or `139*** *****`. */
  readonly phoneMask?: 'MIDDLE' | 'PREFIX';
  /** IANA zone in which its days begin, `Asia/Shanghai` unless said. */
  readonly timeZone?: string;
  readonly access: AccessScope;
  /** Nobody sees the line's customers who has not signed the confidentiality agreement. */
  readonly needsConfidentialityAgreement?: boolean;
  /**
   * Archived contracts: who opens them without asking, and for how many hours an approved request holds. Left out: the
   * director, and 24 hours.
   */
  readonly archive?: { readonly opensArchived: readonly Role[]; readonly requestHours: number };
  /** Internal audit draws a sample of the line's service records each quarter. */
  readonly samplesServiceRecords?: boolean;
  /** Minutes after which an acknowledgement of an alert expires, on the given calendar; left out: it does not. */
  readonly acknowledgement?: { readonly minutes: number; readonly calendar: string };
  readonly performance?: PerformanceDeclaration<keyof P & string>;
  readonly plans?: PlansDeclaration;
  /** What people may apply for, by kind; `route` says who decides. */
  readonly applications?: Readonly<Record<string, ApplicationDeclaration>>;
  readonly approvals?: ApprovalsDeclaration<keyof P & string>;
  readonly meetings?: MeetingsDeclaration<keyof P & string>;
  /** The parameter with the days after which an internal dispute goes on to mediation. */
  readonly disputes?: { readonly days: keyof P & string };
  /** Reports of each month, by kind. */
  readonly reports?: Readonly<Record<string, ReportDeclaration>>;
  /** The topics that a survey of the line covers; one that lacks some is incomplete. */
  readonly surveyTopics?: Readonly<Record<string, { readonly label: Text }>>;
  readonly answers?: AnswerFunctions<keyof M & string, P>;
  /**
   * Adds fields or queries to the GraphQL schema with the Pothos builder, beyond what the declarations give. A name that
   * another plugin or the platform has is an error at start that says who.
   */
  readonly extend?: (builder: Builder) => void;
}

/** A policy as the platform holds it. */
export type Policy = PolicyDeclaration;

/** The rules of schemes may give the tiers of their own scheme alone. */
type RulesOf<S extends Readonly<Record<string, { readonly tiers: object }>>> = {
  readonly [K in keyof S]: { readonly rule: SchemeRule<keyof S[K]['tiers'] & string> };
};

/**
 * Declares a policy. Facts, parameters, metric keys, tiers and benefits are typed from the declarations alone.
 *
 * @example
 * export default definePolicy({
 *   id: 'elevators', contract: 1, version: '1.0.0', label: { en: 'Elevators', zh: '电梯' }, access: 'CENTRAL',
 *   answers: { promise: ({ ticket }) => ticket.case === 'entrapment' ? because(...) : undefined },
 * });
 */
export function definePolicy<
  const M extends Readonly<Record<string, MetricDeclaration>> = Record<never, never>,
  const P extends Readonly<Record<string, ParameterDeclaration>> = Record<never, never>,
  const B extends Readonly<Record<string, BenefitDeclaration>> = Record<never, never>,
  const S extends NonNullable<PolicyDeclaration<M, P, B>['schemes']> = Record<never, never>,
>(declaration: Omit<PolicyDeclaration<M, P, B>, 'schemes'> & { readonly schemes?: S & RulesOf<S> }): Policy {
  return declaration as unknown as Policy;
}

/** An exact decimal as a parameter: given as a JSON number or a decimal string, read as a string. */
export function decimalParameter(options: { min?: number } = {}) {
  return z
    .union([z.number(), z.string().regex(/^-?\d{1,18}(\.\d{1,6})?$/, 'is not an exact decimal')])
    .transform((value) => new Decimal(value).toFixed())
    .refine((value) => options.min === undefined || new Decimal(value).gte(options.min), `is below ${options.min}`);
}

/** So many minutes of open time. */
export function minutes(count: number): Target {
  return { kind: 'DURATION', minutes: count };
}

/** So many hours of open time. */
export function hours(count: number): Target {
  return minutes(count * 60);
}

/** 23:59:59 local time of the day on which the clock starts. */
export function sameDay(): Target {
  return { kind: 'END_OF_DAY', days: 0, count: 'CALENDAR' };
}

/** 23:59:59 local time of the `days`th day after the one on which the clock starts. */
export function endOfDay(days: number, count: DayCount = 'CALENDAR'): Target {
  return { kind: 'END_OF_DAY', days, count };
}

/** Nothing against it. */
export const allowed: Because<GuardOffer> = {
  answer: { refusals: [] },
  because: { en: 'Nothing speaks against it.', zh: '无不允许的理由。' },
};

/** A refusal with its code and reason. */
export function refuse(code: string, text: Text): Because<GuardOffer> {
  return { answer: { refusals: [{ code, text }] }, because: text };
}

const METRIC_LABELS: Readonly<Record<ClockMetric, Text>> = {
  FIRST_RESPONSE: { en: 'First response', zh: '首次响应' },
  RESOLUTION: { en: 'Resolution', zh: '解决' },
  NEXT_UPDATE: { en: 'Next update', zh: '下次进展通报' },
  FULFILMENT: { en: 'Fulfilment', zh: '开通完成' },
  CALLBACK: { en: 'Callback', zh: '回访' },
};

/** The promise with every field said: what the plugin left out has the field's usual meaning. */
export function completePromise(offer: PromiseOffer, because: Text): ClockPromise {
  const mayPause: readonly PauseReason[] = offer.metric === 'FIRST_RESPONSE' ? [] : ['WAITING_ON_CUSTOMER'];
  const audience: readonly Role[] = ['CUSTOMER_MANAGER', 'SUPERVISOR'];
  return {
    metric: offer.metric,
    label: offer.label ?? METRIC_LABELS[offer.metric],
    target: offer.target,
    from: offer.from ?? 'RECEIPT',
    calendar: offer.calendar ?? 'always',
    atRisk: offer.atRisk ?? [80],
    pauses: offer.pauses ?? mayPause,
    audience: offer.audience ?? audience,
    because: offer.because ?? because,
  };
}
