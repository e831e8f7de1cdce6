import type { z } from 'zod';
import type { Channel, CustomerKind, Purpose, Role } from '../../../platform/values/enums.ts';
import type { Text } from '../../../platform/values/text.ts';
import type { SchemeRule } from '../vocabulary.ts';

/** A figure that a core system delivers about customers. */
export interface MetricDeclaration {
  readonly label: Text;
  /** What one counts, e.g. `CNY`, `count`, `percent`, `points`. */
  readonly unit: string;
  readonly description?: Text;
  /** `react` is told of each new figure (METRIC_RECORDED), with those before it. */
  readonly watched?: true;
  /** A parameter in days: a figure that is older is missing where a grade is decided. Blank, a figure is good at any age. */
  readonly staleAfter?: string;
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
export interface LifeCycle<Tier extends string = string> {
  /** When a better tier comes into force: at once, or on the first day of the next month. */
  readonly promotion?: 'NOW' | 'NEXT_MONTH';
  /**
   * Reviews in a row below the bar, the last one included, after which a customer is demoted to the tier then reached; until
   * then the grade is under watch. By tier where tiers differ; 1 unless said.
   */
  readonly missesBeforeDemotion?: number | { readonly [T in Tier]?: number };
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
  /**
   * The field of the profile, yes or no, that says that the customer's real name was verified: without a yes in it no grade of the
   * scheme is given. What nobody has recorded is not verified.
   */
  readonly needsRealName?: string;
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
 * from its due instant on, with an alert, and listed as missing (server/domain/duties/).
 */
export interface DutyDeclaration {
  readonly label: Text;
  /** DAY: each working day of the line, which is Monday to Friday unless holidays say otherwise. */
  readonly every: 'DAY' | 'WEEK' | 'MONTH' | 'QUARTER' | 'YEAR';
  /**
   * Who owes it: `BRANCH` each branch that keeps customers of the line, `MANAGER` each person who has customers,
   * `PERSON` each person of the line with one of `roles`, `LINE` the line's head office, `CUSTOMER` each customer for whom the `care` answer proposes a task with this `duty`.
   */
  readonly of: 'LINE' | 'BRANCH' | 'MANAGER' | 'PERSON' | 'CUSTOMER';
  /** Of whom it is owed where it is each PERSON's: the roles and posts; all who work in the line unless said. */
  readonly holders?: readonly string[];
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
   * attend; the month's report of this kind; or the annual list of this scheme for the year after the period.
   */
  readonly doneBy?:
    | { readonly meeting: string }
    | { readonly report: string }
    | { readonly annualList: string }
    /**
     * A record of this kind that ends: about the person, the customer, the place that owes it. The period is that of the day in
     * the field `on`; where none is named, the one that is owed and not done, else the one in which it ends.
     */
    | { readonly record: string; readonly on?: string };
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
  /** Parameters: what each person is to reach in a month, by figure, e.g. `VISITED_CUSTOMERS` or one that records declare. */
  readonly monthlyFigures?: Readonly<Record<string, P>>;
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
  /** Nothing of it is done before the customer confirmed it. */
  readonly beginsConfirmed?: boolean;
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
