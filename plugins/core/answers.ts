import {
  afterMinutes,
  type Because,
  type CareFacts,
  cadence,
  type GuardFacts,
  type GuardOffer,
  hours,
  type PromiseFacts,
  type PromiseOffer,
  type ReactFacts,
  type ReactOffer,
  type Role,
  type RouteFacts,
  type RouteOffer,
  refuse,
  type TaskProposal,
  type TicketTypeDeclaration,
} from '../../server/engine/policy/contract.ts';
import { type Parameters, timeZone } from './parameters.ts';

export const ticketTypes = {
  COMPLAINT: { label: { en: 'Complaint', zh: '投诉' } },
  INQUIRY: { label: { en: 'Inquiry', zh: '咨询' } },
  SUGGESTION: { label: { en: 'Suggestion', zh: '建议' } },
  OPINION: { label: { en: 'Opinion', zh: '意见' } },
  REPAIR: { label: { en: 'Repair', zh: '报修' } },
  DISPUTE: { label: { en: 'Dispute', zh: '纠纷' } },
} as const satisfies Readonly<Record<string, TicketTypeDeclaration>>;

/** A level of hotel VIPs: which posts may apply for it, and which approves (S03-hotel-vip-reception). */
interface HotelLevel {
  readonly mayApply: readonly Role[];
  readonly approves: Role;
}

/**
 * The hotel's posts as roles: general manager and chairman EXECUTIVE, resident manager DIRECTOR, PR & marketing manager
 * and department managers SUPERVISOR, front-desk supervisors CUSTOMER_MANAGER.
 */
const HOTEL_LEVELS: Readonly<Record<string, HotelLevel>> = {
  VA: { mayApply: ['EXECUTIVE', 'DIRECTOR', 'SUPERVISOR'], approves: 'EXECUTIVE' },
  VB: { mayApply: ['DIRECTOR', 'SUPERVISOR'], approves: 'EXECUTIVE' },
  VC: { mayApply: ['EXECUTIVE', 'DIRECTOR', 'SUPERVISOR'], approves: 'DIRECTOR' },
  VD: { mayApply: ['EXECUTIVE', 'DIRECTOR', 'SUPERVISOR', 'CUSTOMER_MANAGER'], approves: 'SUPERVISOR' },
};

/** Who applies for VD where ten stays alone give it: management, and not the front desk (S03-hotel-vip-reception). */
const TEN_STAYS: readonly Role[] = ['EXECUTIVE', 'DIRECTOR', 'SUPERVISOR'];

/** Who may apply for a hotel level, by a request or with what an assessment found. */
export function guard({ action, viewer, input }: GuardFacts): Because<GuardOffer> | undefined {
  const applies = action === 'REQUEST_GRADE_EXCEPTION' || action === 'SUBMIT_ASSESSMENT';
  if (!applies || input.scheme !== 'hotel') return undefined;
  const level = HOTEL_LEVELS[String(input.tier)];
  if (!level) return undefined;
  const byTenStays = action === 'SUBMIT_ASSESSMENT' && !input.reasons.includes('FULL_PRICE_LUXURY_STAYS');
  const posts = byTenStays && input.reasons.includes('FULL_PRICE_STAYS') ? TEN_STAYS : level.mayApply;
  if (viewer.roles.some((role) => posts.includes(role))) return undefined;
  return refuse('MAY_NOT_APPLY', {
    en: `${String(input.tier)} is applied for by ${posts.join(', ')}.`,
    zh: `${String(input.tier)} 级须由以下岗位申请：${posts.join('、')}。`,
  });
}

/** Who approves hotel levels and receptions, changes of rules and replacements of equipment. */
export function route({ kind, request }: RouteFacts): Because<RouteOffer> | undefined {
  const hotel =
    kind === 'RECEPTION' || (request.scheme === 'hotel' && (kind === 'GRADE_EXCEPTION' || kind === 'ASSESSMENT'));
  const level = hotel ? HOTEL_LEVELS[String(request.tier)] : undefined;
  if (level) {
    return {
      answer: { steps: [{ role: level.approves, where: 'LINE' }] },
      because: {
        en: `${String(request.tier)} is approved by ${level.approves}.`,
        zh: `${String(request.tier)} 级由 ${level.approves} 审批。`,
      },
    };
  }
  if (kind === 'AUTHORITY_CHANGE') {
    return {
      answer: { steps: [{ role: 'EXECUTIVE', where: 'LINE' }] },
      because: { en: 'A change of the rules needs the approval of the board.', zh: '制度变更须经董事会批准。' },
    };
  }
  if (kind === 'EQUIPMENT') {
    return {
      answer: { steps: [{ role: 'SUPERVISOR', where: 'LINE' }] },
      because: {
        en: 'A replacement of equipment is reported beforehand and approved.',
        zh: '设备更换须事先上报并经批准。',
      },
    };
  }
  return undefined;
}

/**
 * Service is given in working hours, and outside them a message is left, which is answered then (S00-generic-service, A-179). The
 * complaint of a VIP is handled at once: it is left to the next, whose clocks run at any hour.
 */
export function promise(
  { ticket, customer }: PromiseFacts,
  { answerHours, solutionHours }: Parameters,
): Because<readonly PromiseOffer<'office'>[]> | undefined {
  if (ticket.type === 'COMPLAINT' && customer.grade) return undefined;
  return {
    answer: [
      { metric: 'FIRST_RESPONSE', target: hours(answerHours), calendar: 'office' },
      { metric: 'RESOLUTION', target: hours(solutionHours), calendar: 'office' },
    ],
    because: {
      en: `Answered within ${answerHours} and solved within ${solutionHours} office hours.`,
      zh: `${answerHours} 个工作小时内答复，${solutionHours} 个工作小时内解决。`,
    },
  };
}

/** At or below this score of 5 a customer is dissatisfied: below 3 is low, which is ours. */
const DISSATISFIED = 2;

/** A VIP's complaint gets a corrective plan, a dissatisfied customer another strategy. */
export function react(
  facts: ReactFacts,
  { correctivePlanHours, adjustmentDays }: Parameters,
): Because<ReactOffer> | undefined {
  const { event, customer, ticket, now } = facts;
  if (event.kind === 'OPENED' && ticket?.type === 'COMPLAINT' && customer?.grade) {
    const title = {
      en: 'Handle the VIP complaint at once, inform the leaders, draw up the corrective plan',
      zh: '立即处理VIP投诉，上报领导并制定整改方案',
    };
    return followUp('corrective-plan', afterMinutes(now, correctivePlanHours * 60), title);
  }
  if (typeof event.satisfaction === 'number' && event.satisfaction <= DISSATISFIED) {
    const title = { en: 'Adjust the strategy for the dissatisfied customer', zh: '针对客户不满意调整服务策略' };
    return followUp(`adjust-strategy:${now}`, afterMinutes(now, adjustmentDays * 24 * 60), title);
  }
  return undefined;
}

function followUp(key: string, dueAt: string, title: TaskProposal['title']): Because<ReactOffer> {
  return {
    answer: { tasks: [{ key, title, origin: 'RESOLUTION', purpose: 'FOLLOW_UP', channel: 'INTERNAL', dueAt }] },
    because: title,
  };
}

/** A high-value customer is visited once a period; what else is due is left to the next. */
export function care(
  facts: CareFacts,
  { highValueVisitMonths }: Parameters,
): Because<readonly TaskProposal[]> | undefined {
  const { grade } = facts.customer;
  if (grade?.scheme !== 'value-band' || grade.tier !== 'HIGH') return undefined;
  const answer = cadence(facts, {
    key: 'visit',
    every: highValueVisitMonths,
    timeZone,
    by: ['VISIT'],
    title: ({ to }) => ({ en: `Visit the high-value customer by ${to}`, zh: `${to} 前拜访高价值客户` }),
  });
  if (answer.length === 0) return undefined;
  return { answer, because: { en: 'High-value customers are visited periodically.', zh: '高价值客户定期拜访。' } };
}
