import {
  type AlertProposal,
  addDays,
  afterMinutes,
  type Because,
  type CareFacts,
  cadence,
  dayEnd,
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
import { HOTEL_LEVELS, mayApplyFor } from './hotel.ts';
import { type Parameters, timeZone } from './parameters.ts';
import { recordGuard, recordReact, recordRoute } from './records/rules.ts';

export const ticketTypes = {
  COMPLAINT: { label: { en: 'Complaint', zh: '投诉' } },
  INQUIRY: { label: { en: 'Inquiry', zh: '咨询' } },
  SUGGESTION: { label: { en: 'Suggestion', zh: '建议' } },
  OPINION: { label: { en: 'Opinion', zh: '意见' } },
  REPAIR: { label: { en: 'Repair', zh: '报修' } },
  DISPUTE: { label: { en: 'Dispute', zh: '纠纷' } },
} as const satisfies Readonly<Record<string, TicketTypeDeclaration>>;

/** Who applies for VD where ten stays alone give it: management, and not the front desk (S03-hotel-vip-reception). */
const TEN_STAYS: readonly Role[] = ['EXECUTIVE', 'DIRECTOR', 'SUPERVISOR'];

/** Schemes whose tiers make a VIP. */
const VIP_SCHEMES: readonly string[] = ['hotel', 'premium'];

/** A VIP is a customer's, an employee or a partner: one of no category is refused (S03-vip-general, A-171). */
const NO_CATEGORY = refuse('NO_VIP_CATEGORY', {
  en: 'A VIP has a category: customer, employee or partner.',
  zh: 'VIP 须注明类别：客户、员工或合作伙伴。',
});

/** What records ask for, then who may apply for a hotel level. */
export function guard(facts: GuardFacts): Because<GuardOffer> | undefined {
  return recordGuard(facts) ?? hotelGuard(facts);
}

/** Who may apply for a hotel level, by a request or with what an assessment found. */
function hotelGuard({ action, viewer, input, customer }: GuardFacts): Because<GuardOffer> | undefined {
  const applies = action === 'REQUEST_GRADE_EXCEPTION' || action === 'SUBMIT_ASSESSMENT';
  if (!applies) return undefined;
  const isVip = VIP_SCHEMES.includes(input.scheme);
  const category = isVip && customer && customer.profile.vipCategory == null ? NO_CATEGORY : undefined;
  if (input.scheme !== 'hotel') return category;
  const level = HOTEL_LEVELS[String(input.tier)];
  if (!level) return category;
  const byTenStays = action === 'SUBMIT_ASSESSMENT' && !input.reasons.includes('FULL_PRICE_LUXURY_STAYS');
  const posts = byTenStays && input.reasons.includes('FULL_PRICE_STAYS') ? TEN_STAYS : level.mayApply;
  return mayApplyFor(String(input.tier), viewer.roles, posts) ?? category;
}

/** Who approves hotel levels and receptions, changes of rules and replacements of equipment. */
export function route(facts: RouteFacts): Because<RouteOffer> | undefined {
  const { kind, request } = facts;
  const hotel =
    kind === 'RECEPTION' || (request.scheme === 'hotel' && (kind === 'GRADE_EXCEPTION' || kind === 'ASSESSMENT'));
  const name = String(request.level ?? request.tier);
  const level = hotel ? HOTEL_LEVELS[name] : undefined;
  if (level) {
    return {
      answer: { steps: [{ role: level.approves, where: 'LINE' }] },
      because: {
        en: `${name} is approved by ${level.approves}.`,
        zh: `${name} 级由 ${level.approves} 审批。`,
      },
    };
  }
  if (kind === 'AUTHORITY_CHANGE' || kind === 'RULE_CHANGE') {
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
  return recordRoute(facts);
}

/**
 * Service is given in working hours, and outside them a message is left, which is answered then (S00-generic-service, A-179). The
 * complaint of a VIP is handled at once: it is left to the next, whose clocks run at any hour.
 */
export function promise(
  { ticket, customer }: PromiseFacts,
  { answerHours, solutionHours }: Parameters,
): Because<readonly PromiseOffer<'office' | 'always'>[]> | undefined {
  // The hotline of premium customers answers all day, 365 days a year (S03-premium-customer, A-172).
  if (customer.grade?.scheme === 'premium')
    return {
      answer: [
        { metric: 'FIRST_RESPONSE', target: hours(answerHours), calendar: 'always' },
        { metric: 'RESOLUTION', target: hours(solutionHours), calendar: 'always' },
      ],
      because: {
        en: `Premium customers are answered at any hour, 365 days a year, within ${answerHours} hours.`,
        zh: `高端客户热线全年 365 天全天候，${answerHours} 小时内答复。`,
      },
    };
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
    const plan = followUp('corrective-plan', afterMinutes(now, correctivePlanHours * 60), title);
    const message = { en: 'A VIP complained; it is handled at once.', zh: 'VIP客户投诉，须立即处理。' };
    const audience: Role[] = ['SUPERVISOR', 'DIRECTOR', 'EXECUTIVE'];
    const alert: AlertProposal = { key: 'leaders', kind: 'ATTENTION', severity: 'CRITICAL', message, audience };
    return { ...plan, answer: { ...plan.answer, alerts: [alert] } };
  }
  if (typeof event.satisfaction === 'number' && event.satisfaction <= DISSATISFIED) {
    const title = { en: 'Adjust the strategy for the dissatisfied customer', zh: '针对客户不满意调整服务策略' };
    return followUp(`adjust-strategy:${now}`, afterMinutes(now, adjustmentDays * 24 * 60), title);
  }
  return recordReact(facts);
}

function followUp(key: string, dueAt: string, title: TaskProposal['title']): Because<ReactOffer> {
  return {
    answer: { tasks: [{ key, title, origin: 'RESOLUTION', purpose: 'FOLLOW_UP', channel: 'INTERNAL', dueAt }] },
    because: title,
  };
}

/** Visits of high-value customers, and archives that are stale; what else is due is left to the next. */
export function care(facts: CareFacts, parameters: Parameters): Because<readonly TaskProposal[]> | undefined {
  const visits = highValueVisits(facts, parameters);
  const update = staleArchive(facts, parameters);
  const answer = [...(visits?.answer ?? []), ...update];
  // What else is due is left to the next, but where something of this line is due too.
  if (answer.length === 0) return undefined;
  return {
    answer,
    because: visits?.because ?? { en: 'The file was not changed for too long.', zh: '客户档案长期未更新。' },
  };
}

/** An archive that nobody touched for so many days is updated (S04-company-cm-daily, A-205). */
function staleArchive({ today, updatedOn }: CareFacts, { staleArchiveDays }: Parameters): TaskProposal[] {
  if (updatedOn === undefined || addDays(updatedOn, staleArchiveDays) > today) return [];
  return [
    {
      key: `stale:${updatedOn}`,
      title: {
        en: `Update the archive: it was not touched since ${updatedOn}`,
        zh: `更新客户档案：自 ${updatedOn} 起未更新`,
      },
      origin: 'REVIEW',
      purpose: 'OTHER',
      channel: 'INTERNAL',
      dueAt: dayEnd(addDays(updatedOn, staleArchiveDays), timeZone),
    },
  ];
}

/** A high-value customer is visited once a period. */
function highValueVisits(
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
