import type { Action, Channel, CustomerStage, Purpose, Role, TASK_ORIGINS } from '../../platform/values/enums.ts';

/** A message as the guard hears of it. */
interface MessageInput<Message extends string> {
  /** As the policy declares it under `messages`; null where it is of no such kind. */
  readonly kind: Message | null;
  /** Whether it ends with the name that signs it; null where nobody knows the name. */
  readonly signed: boolean | null;
  /** Messages of the kind in the calendar month, without this one. */
  readonly sentThisMonth: number;
  /** Messages of the kind since the last statutory holiday that is over, without this one. */
  readonly sentThisHoliday: number;
}

/** Contact as the guard hears of it. */
interface ContactInput {
  readonly signedByCustomer: boolean | null;
  /** It is about a ticket, or a need was said. */
  readonly aboutProblem: boolean;
}

/**
 * How a customer's applications for services stand: one is APPROVED, else OPEN where one is being decided or was turned down, NONE where
 * nobody applied.
 */
export type ApplicationStanding = (typeof APPLICATION_STANDINGS)[number];
export const APPLICATION_STANDINGS = ['APPROVED', 'OPEN', 'NONE'] as const;

/** An authority limit that was decided in writing; `upTo` is inclusive, null without limit. */
interface LimitInput {
  readonly kind: string;
  readonly role: Role;
  readonly upTo: string | null;
}

/**
 * A record as a policy may know it: of texts, and of what is sensitive, only whether they are there; days, instants, numbers and
 * choices are themselves.
 */
export interface RecordFact {
  readonly kind: string;
  readonly state: 'OPEN' | 'PENDING_APPROVAL' | 'RETURNED' | 'CLOSED' | 'REJECTED' | 'CANCELLED';
  readonly status: string | null;
  /** The steps that were taken, in their order. */
  readonly steps: readonly string[];
  readonly startedOn: string;
  /** It is a part of the record that is acted on. */
  readonly isPart: boolean;
  readonly fields: Readonly<Record<string, unknown>>;
}

/** What is done to a record, and what there was before. */
interface RecordInput {
  readonly kind: string;
  readonly fields: Readonly<Record<string, unknown>>;
  /** Other records about the same subject, the latest first; at most 50. */
  readonly earlier: readonly RecordFact[];
}

/**
 * What each action brings to `guard`: the mutation's input as far as a rule may need it, without personal data. Of texts there
 * is most often only whether they are there. Amounts are exact decimals.
 */
export interface ActionInputs<
  Scheme extends string = string,
  Tier extends string = string,
  Message extends string = string,
> {
  /**
   * What the customer agreed to, null where nobody said so; and whether somebody else than who opens the file, or than the manager
   * whom it names, manages a customer of the line with the same telephone or identity number.
   */
  CREATE_CUSTOMER: {
    readonly consent: { readonly vipService: boolean; readonly marketing: boolean } | null;
    readonly managedByAnother?: boolean;
  };
  /** The new stage; null where it stays. */
  UPDATE_CUSTOMER: { readonly stage: CustomerStage | null; readonly managedByAnother?: boolean };
  ASSESS_CUSTOMER: { readonly scheme: Scheme };
  /** The tier that is applied for, null for none, and the codes of the reasons that give it. */
  SUBMIT_ASSESSMENT: { readonly scheme: Scheme; readonly tier: Tier | null; readonly reasons: readonly string[] };
  REQUEST_GRADE_EXCEPTION: { readonly scheme: Scheme; readonly tier: Tier };
  /** What is said of a message is said of short messages alone. */
  RECORD_INTERACTION: { readonly channel: Channel; readonly purpose: Purpose } & Partial<
    ContactInput & MessageInput<Message>
  >;
  DRAFT_PLAN: { readonly budget: string };
  SUBMIT_PLAN: { readonly budget: string; readonly measures: readonly { readonly assigned: boolean }[] };
  COMPLETE_PLAN: Readonly<Record<never, never>>;
  /**
   * `cumulated` is what was spent and asked for in all, of the plan or of its customer in the policy's window, this included;
   * the limits are of the same currency.
   */
  SPEND_BUDGET: {
    readonly amount: string;
    readonly cumulated: string;
    readonly currency: string;
    readonly limits: readonly LimitInput[];
  };
  SUBMIT_APPLICATION: { readonly kind: string; readonly amount: string | null; readonly currency: string | null };
  /** The channel of the contact that is recorded with it, if one is. */
  COMPLETE_TASK: { readonly origin: (typeof TASK_ORIGINS)[number]; readonly channel: Channel | null } & ContactInput;
  OPEN_TICKET: { readonly application?: ApplicationStanding };
  ESCALATE_TICKET: { readonly level: number };
  RESOLVE_TICKET: { readonly rootCause: boolean };
  CLOSE_TICKET: {
    readonly customerConfirmed: boolean;
    readonly rootCause: boolean;
    readonly resolution: boolean;
    /** Which parts of an installation are on record. */
    readonly installation: Readonly<
      Partial<Record<'result' | 'customerReaction' | 'installerAssessment' | 'installer', boolean>>
    >;
  };
  REOPEN_TICKET: Readonly<Record<never, never>>;
  DECIDE_APPROVAL: {
    readonly kind: string;
    readonly decision: 'APPROVE' | 'RETURN' | 'REJECT';
    /** In which role it is decided, which may be somebody else's by delegation. */
    readonly role: Role;
  };
  /** 1 is the least. */
  ADVISE_PRODUCT: { readonly riskLevel: number };
  /** Whether the customer's consent to the service is on record, and what became of the customer's applications. */
  ACTIVATE_SERVICE: { readonly consentRecorded: boolean; readonly application: ApplicationStanding };
  SEND_MESSAGE: { readonly channel: Channel; readonly purpose: Purpose } & MessageInput<Message>;
  /** Of the record's texts only whether they are there. */
  RECORD_DUTY: {
    readonly duty: string;
    readonly period: { readonly from: string; readonly to: string };
    readonly record: Readonly<Record<string, unknown>>;
  };
  START_RECORD: RecordInput;
  /** The steps that were taken before, and what this one brings. */
  ADVANCE_RECORD: RecordInput & {
    readonly step: string;
    readonly steps: readonly string[];
    readonly brought: Readonly<Record<string, unknown>>;
    /** What the steps before brought, by their codes. */
    readonly said: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  };
  /** `before` are the fields as they were. */
  CHANGE_RECORD: RecordInput & {
    readonly before: Readonly<Record<string, unknown>>;
    readonly status: string | null;
  };
}

/** An action with what it brings. */
export type ActionWithInput<
  Scheme extends string = string,
  Tier extends string = string,
  Message extends string = string,
> = { [A in Action]: { readonly action: A; readonly input: ActionInputs<Scheme, Tier, Message>[A] } }[Action];
