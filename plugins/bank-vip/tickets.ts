import {
  afterMinutes,
  type Because,
  Decimal,
  type GuardFacts,
  type GuardOffer,
  hours,
  type PromiseFacts,
  type PromiseOffer,
  type ReactFacts,
  type ReactOffer,
  type Reason,
  type TaskProposal,
  type Text,
  type TicketTypeDeclaration,
} from '../../server/engine/policy/contract.ts';
import { type DecidedLimit, mayDecide } from './approvals.ts';
import type { Parameters } from './parameters.ts';
import { recordGuard, recordReact } from './records/rules.ts';

export const ticketTypes = {
  COMPLAINT: { label: { en: 'Complaint', zh: '投诉' } },
  INQUIRY: { label: { en: 'Inquiry', zh: '咨询' } },
  OPINION: { label: { en: 'Opinion', zh: '意见' } },
  SUGGESTION: { label: { en: 'Suggestion', zh: '建议' } },
  DISPUTE: {
    label: { en: 'Dispute', zh: '争议' },
    levels: { 1: { en: 'Mediation', zh: '内部调解' }, 2: { en: 'HR arbitration', zh: '人力资源仲裁' } },
  },
  SERVICE_APPLICATION: { label: { en: 'Service application', zh: '业务申请' } },
} as const satisfies Readonly<Record<string, TicketTypeDeclaration>>;

/** A dispute between departments is settled within a limit; no other limit of tickets is stated. */
export function promise(
  { ticket, customer }: PromiseFacts,
  { disputeDays }: Parameters,
): Because<readonly PromiseOffer<'duty' | 'always'>[]> | undefined {
  if (ticket.type !== 'DISPUTE' || customer.kind !== 'INTERNAL') return undefined;
  return {
    answer: [{ metric: 'RESOLUTION', target: hours(disputeDays * 24), audience: ['SUPERVISOR', 'DIRECTOR'] }],
    because: {
      en: `An internal dispute is settled within ${disputeDays} days: by mediation, then by HR arbitration.`,
      zh: `内部争议在 ${disputeDays} 天内解决：先内部调解，再人力资源仲裁。`,
    },
  };
}

const NO_BUDGET: Reason = {
  code: 'PLAN_WITHOUT_BUDGET',
  text: { en: 'A maintenance plan is submitted with its budget.', zh: '客户关系维护方案须列明费用预算方可提交。' },
};
const NO_ASSIGNEE: Reason = {
  code: 'MEASURE_WITHOUT_ASSIGNEE',
  text: { en: 'Each measure of a maintenance plan names who carries it out.', zh: '维护方案的每项措施须指定责任人。' },
};
const NEEDS_APPROVAL: Reason = {
  code: 'EXPENSE_NEEDS_APPROVAL',
  text: {
    en: 'Above the limit of a specialist an expense of the plan is applied for and approved.',
    zh: '超出专员审批额度的方案费用须申请并经审批。',
  },
};
const NO_PREVENTION: Reason = {
  code: 'NO_PREVENTION_MEASURE',
  text: {
    en: 'A complaint is closed once its cause and what prevents its recurrence are recorded.',
    zh: '投诉须记录原因及防止再次发生的措施后方可关闭。',
  },
};
const NOT_REAL_NAME: Reason = {
  code: 'REAL_NAME_NOT_VERIFIED',
  text: { en: 'A personal VIP card needs a verified real name.', zh: '申请个人VIP卡须通过实名核验。' },
};

const TOO_RISKY: Reason = {
  code: 'PRODUCT_TOO_RISKY',
  text: {
    en: "The product's risk is above the customer's tolerance, or the tolerance was not assessed.",
    zh: '产品风险等级高于客户风险承受能力，或客户风险承受能力未经评估，不得推荐。',
  },
};

/**
 * Plans are complete and spend by authority, complaints are learned from, cards go by real name, advice by tolerance (A-037,
 *
 */
export function guard(facts: GuardFacts, parameters: Parameters): Because<GuardOffer> | undefined {
  const recorded = recordGuard(facts);
  if (recorded) return recorded;
  const { action, customer, ticket, input } = facts;
  const refusals: Reason[] = [];
  if (action === 'SUBMIT_PLAN') {
    const measures = Array.isArray(input.measures) ? (input.measures as { assigned?: boolean }[]) : [];
    if (new Decimal(String(input.budget ?? 0)).lte(0)) refusals.push(NO_BUDGET);
    if (measures.some(({ assigned }) => assigned !== true)) refusals.push(NO_ASSIGNEE);
  }
  // What a plan has spent in all says who decides about the next expense, however it is split.
  if (action === 'SPEND_BUDGET') {
    const limits = ((input.limits ?? []) as (DecidedLimit & { kind: string })[]).filter(
      ({ kind }) => kind === 'EXPENSE',
    );
    const currency = typeof input.currency === 'string' ? input.currency : null;
    const total = { amount: new Decimal(String(input.cumulated ?? 0)), currency };
    if (!mayDecide('CUSTOMER_MANAGER', total, limits, parameters)) refusals.push(NEEDS_APPROVAL);
  }
  if (action === 'CLOSE_TICKET' && ticket?.type === 'COMPLAINT' && input.rootCause !== true)
    refusals.push(NO_PREVENTION);
  if (
    action === 'REQUEST_GRADE_EXCEPTION' &&
    input.scheme === 'personal' &&
    customer?.profile.realNameVerified !== true
  ) {
    refusals.push(NOT_REAL_NAME);
  }
  if (action === 'ADVISE_PRODUCT') {
    const tolerance = customer?.profile.riskTolerance;
    if (typeof tolerance !== 'number' || Number(input.riskLevel) > tolerance) refusals.push(TOO_RISKY);
  }
  const [first] = refusals;
  return first && { answer: { refusals }, because: first.text };
}

const WRITTEN: readonly string[] = ['EMAIL', 'LETTER'];

/** What a customer hears by telephone: the special callbacks of the callback scheme. */
export function react(facts: ReactFacts, parameters: Parameters): Because<ReactOffer> | undefined {
  const noticed = recordReact(facts, parameters);
  if (noticed) return noticed;
  const { atOnceMinutes, callbackHours } = parameters;
  const { event, ticket, now } = facts;
  const atOnce = afterMinutes(now, atOnceMinutes);
  const later = afterMinutes(now, callbackHours * 60);
  if (event.kind === 'GRADE_GIVEN' && event.scheme === 'personal') {
    const title: Text = { en: 'Electronic banking: order and issue the VIP card', zh: '电子银行部：订制并发放VIP卡' };
    const issue = {
      key: `card:${String(event.tier)}`,
      title,
      origin: 'MANUAL',
      purpose: 'OTHER',
      channel: 'INTERNAL',
      dueAt: later,
    } as const;
    return { answer: { tasks: [issue] }, because: title };
  }
  // A customer whom no telephone number reaches is not called back.
  if (ticket && event.reachable !== false) {
    const { type, channel } = ticket;
    if (event.kind === 'OPENED' && type === 'COMPLAINT' && WRITTEN.includes(channel)) {
      return call({ key: 'callback:written-complaint', purpose: 'EXPLAIN', dueAt: atOnce }, TITLES.confirm);
    }
    if (event.kind === 'OPENED' && type === 'OPINION') {
      return call({ key: 'callback:opinion', purpose: 'CARE', dueAt: atOnce }, TITLES.thank);
    }
    if (event.kind === 'RESOLVED')
      return call({ key: `callback:resolved:${now}`, purpose: 'FOLLOW_UP', dueAt: later }, TITLES.resolved);
    if (event.kind === 'BREACHED') {
      const key = `callback:overdue:${event.metric ?? 'CLOCK'}:${String(event.cycle ?? 1)}`;
      return call({ key, purpose: 'MEDIATE', dueAt: atOnce }, TITLES.overdue);
    }
  }
  if (event.openQuestion === true)
    return call({ key: `callback:answer:${now}`, purpose: 'EXPLAIN', dueAt: later }, TITLES.answer);
  return undefined;
}

const TITLES = {
  confirm: { en: 'Call the customer back to confirm the written complaint', zh: '电话回访客户，确认书面投诉的问题' },
  thank: {
    en: 'Call the customer back: the opinion was received, with thanks',
    zh: '电话回访客户，确认收到意见并致谢',
  },
  resolved: { en: 'Call the customer back after the solution', zh: '问题解决后电话回访客户' },
  overdue: { en: 'Call the customer back: the handling exceeded its limit', zh: '处理超过时限，电话回访客户了解情况' },
  answer: { en: 'Call the customer with the answer that was left open', zh: '就未当场答复的问题电话答复客户' },
} as const satisfies Readonly<Record<string, Text>>;

function call(task: Pick<TaskProposal, 'key' | 'purpose' | 'dueAt'>, title: Text): Because<ReactOffer> {
  return {
    answer: { tasks: [{ ...task, title, origin: 'CALLBACK', channel: 'PHONE' }] },
    because: { en: 'The telephone callback scheme asks for a call.', zh: '客户电话回访方案要求回访。' },
  };
}
