/**
 * All that a policy plugin sees of the platform, published as `tierline/policy`.
 *
 * A policy is data (what it declares) and pure functions from facts to decisions (what it answers). It has no database,
 * no network and no clock but the facts. A question that it leaves out, or answers with `undefined`, goes to the standard
 * policy, which answers last and always.
 */
import { Decimal } from 'decimal.js';
import { z } from 'zod';
import type { AccessScope } from '../../platform/values/access-scope.ts';
import type { CustomerKind, Role } from '../../platform/values/enums.ts';
import type { Text } from '../../platform/values/text.ts';
import type {
  ApplicationDeclaration,
  ApprovalsDeclaration,
  BenefitDeclaration,
  CalendarDeclaration,
  DutyDeclaration,
  MeetingsDeclaration,
  MessageDeclaration,
  MetricDeclaration,
  ParameterDeclaration,
  PerformanceDeclaration,
  PlansDeclaration,
  ReportDeclaration,
  SchemeDeclaration,
  TicketTypeDeclaration,
} from './contract/declarations.ts';
import type { DeclaredPost, Named, SchemesOf, TiersByScheme, WordsOf } from './contract/declared-words.ts';
import type { AlertsDeclaration } from './contract/ladders.ts';
import type { AnswerFunctions, Because, GuardOffer, ParametersOf } from './contract/offers.ts';
import type { PostDeclaration, RecordDeclaration } from './contract/records.ts';

export type { AccessScope } from '../../platform/values/access-scope.ts';
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
} from '../../platform/values/enums.ts';
export type { Text } from '../../platform/values/text.ts';
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
} from './calendar-days.ts';
export { completePromise } from './contract/complete-promise.ts';
export { decimalParameter } from './contract/decimal-parameter.ts';
export type {
  ApplicationDeclaration,
  ApprovalsDeclaration,
  BenefitDeclaration,
  CalendarDeclaration,
  DutyDeclaration,
  Hours,
  LifeCycle,
  MeetingKindDeclaration,
  MeetingsDeclaration,
  MessageDeclaration,
  MetricDeclaration,
  MilestoneDeclaration,
  ParameterDeclaration,
  PerformanceDeclaration,
  PeriodKind,
  PlanKindDeclaration,
  PlansDeclaration,
  PlanTemplateDeclaration,
  ReportDeclaration,
  SchemeDeclaration,
  TicketTypeDeclaration,
  TierDeclaration,
} from './contract/declarations.ts';
export type { AlertsDeclaration, RungDeclaration, RungPlace } from './contract/ladders.ts';
export type {
  AnswerFunctions,
  Because,
  GuardOffer,
  ParametersOf,
  PromiseOffer,
  ReactOffer,
  RouteOffer,
} from './contract/offers.ts';
export {
  field,
  type PostDeclaration,
  type RecordDeclaration,
  type RecordDue,
  type RecordFigure,
  type RecordStep,
  record,
  step,
} from './contract/records.ts';
export { endOfDay, hours, minutes, sameDay } from './contract/targets.ts';
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
  /** Parameters: how many days before or after its ticket an appointment may lie; the standard policy's where left out. */
  readonly appointments?: { readonly pastDays: string; readonly aheadDays: string };
  /** The parameter with the days by which a ticket may have been received before it is written down; as above. */
  readonly received?: { readonly pastDays: string };
  /** Kinds of messages by code, e.g. `SERVICE`; the guard of SEND_MESSAGE and RECORD_INTERACTION hears the kind and its count. */
  readonly messages?: Readonly<Record<string, MessageDeclaration>>;
  /** The profile's field with the name by which messages are signed; the branch's name where it is empty. */
  readonly signature?: string;
  /** The parameter with the days after which a file that nobody changed is stale; left out: none is. */
  readonly staleAfter?: keyof P & string;
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
  /** Who is told of an alert that nobody acknowledges, rung by rung. */
  readonly alerts?: AlertsDeclaration;
  readonly performance?: PerformanceDeclaration<keyof P & string>;
  readonly plans?: PlansDeclaration;
  /** Posts that the documents name, by code, e.g. `HR`. */
  readonly posts?: Readonly<Record<string, PostDeclaration>>;
  /** What is kept about customers, people, places and other things, by kind, e.g. `RECEPTION`. */
  readonly records?: Readonly<Record<string, RecordDeclaration>>;
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
}

/** A policy as the platform holds it. */
export type Policy = PolicyDeclaration;

type Loose =
  | 'schemes'
  | 'ticketTypes'
  | 'calendars'
  | 'messages'
  | 'profiles'
  | 'sensitive'
  | 'acknowledgement'
  | 'alerts'
  | 'posts'
  | 'answers';

/**
 * Declares a policy. Facts, parameters, metric keys, tiers, benefits, ticket types, cases, calendars, kinds of messages and fields are
 * typed from the declarations alone.
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
  const S extends TiersByScheme<keyof B & string> = Record<never, never>,
  const T extends Readonly<Record<string, TicketTypeDeclaration>> = Record<never, never>,
  const C extends Readonly<Record<string, CalendarDeclaration>> = Record<never, never>,
  const G extends Readonly<Record<string, MessageDeclaration>> = Record<never, never>,
  const F extends Readonly<Partial<Record<CustomerKind, z.ZodObject>>> = Record<never, never>,
  const O extends Readonly<Record<string, PostDeclaration>> = Record<never, never>,
>(
  declaration: Omit<PolicyDeclaration<M, P, B>, Loose> & {
    readonly schemes?: SchemesOf<S, keyof M & string, keyof P & string, keyof B & string>;
    readonly ticketTypes?: T;
    readonly calendars?: C;
    readonly messages?: G;
    readonly profiles?: F;
    readonly sensitive?: readonly WordsOf<S, T, F, G>['field'][];
    readonly acknowledgement?: { readonly minutes: number; readonly calendar: Named<C> | 'always' };
    readonly posts?: O;
    readonly alerts?: AlertsDeclaration<Named<C>, DeclaredPost<O>>;
    readonly answers?: AnswerFunctions<keyof M & string, P, WordsOf<S, T, F, G>, Named<C>>;
  },
): Policy {
  return declaration as unknown as Policy;
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
