import { allowed, Decimal, definePolicy, hours, refuse, z } from '../../server/engine/policy/contract.ts';

const hoursParameter = z.number().positive().max(8760);

/**
 * The standard policy: it answers last and always, so that every question has an answer whatever the business lines
 * leave out. Its promises are modest, its route is one superior, and it changes nobody's grade.
 */
export default definePolicy({
  id: 'standard',
  contract: 1,
  version: '1.0.0',
  label: { en: 'Standard', zh: '标准' },
  access: 'OWN_BRANCH',
  parameters: {
    firstResponseHours: {
      schema: hoursParameter,
      description: {
        en: 'Hours until the first response, at any time of day.',
        zh: '首次响应时限（小时，全天计时）。',
      },
      source: 'S03-vip-general',
      default: 24,
      ours: true,
    },
    resolutionHours: {
      schema: hoursParameter,
      description: { en: 'Hours until the resolution, at any time of day.', zh: '解决时限（小时，全天计时）。' },
      source: 'S03-vip-general',
      default: 72,
      ours: true,
    },
    appointmentPastDays: {
      schema: z.number().int().nonnegative().max(3660),
      description: {
        en: 'Days before a ticket is opened from which an appointment is refused as a slip of the pen.',
        zh: '预约时间最多可早于工单受理的天数，超出视为误填。',
      },
      source: 'S03-broadband-key-account',
      default: 7,
      ours: true,
    },
    receivedPastDays: {
      schema: z.number().int().nonnegative().max(3660),
      description: {
        en: 'Days by which a ticket may have been received before it is written down; more is refused as a slip of the pen.',
        zh: '工单的受理时间最多可早于登记时间的天数，超出视为误填。',
      },
      source: 'S03-broadband-key-account',
      default: 7,
      ours: true,
    },
    appointmentAheadDays: {
      schema: z.number().int().positive().max(3660),
      description: {
        en: 'Days after a ticket is opened beyond which an appointment is refused as a slip of the pen.',
        zh: '预约时间最多可晚于工单受理的天数，超出视为误填。',
      },
      source: 'S03-broadband-key-account',
      default: 1096,
      ours: true,
    },
    contactsPerDay: {
      schema: z.number().int().positive(),
      description: {
        en: 'Contacts that a manager can make on a working day; more due than that is told of.',
        zh: '客户经理每个工作日可完成的接触次数，超出时预警。',
      },
      source: 'S03-telecom-vip-work',
    },
    satisfactionTarget: {
      schema: z.number().min(0).max(100),
      description: {
        en: 'Per cent of the answers that are 4 or 5 of 5.',
        zh: '满意度目标（5 分制中 4 分及以上答卷占比，%）。',
      },
      source: 'S01-bank-relationship-dept',
      default: 90,
    },
  },
  checkParameters: ({ firstResponseHours, resolutionHours }) => {
    if (firstResponseHours === undefined || resolutionHours === undefined || firstResponseHours <= resolutionHours)
      return [];
    return [{ path: 'firstResponseHours', message: { en: 'is longer than resolutionHours', zh: '长于解决时限' } }];
  },
  workload: 'contactsPerDay',
  received: { pastDays: 'receivedPastDays' },
  appointments: { pastDays: 'appointmentPastDays', aheadDays: 'appointmentAheadDays' },
  answers: {
    // No rule of this kind is asked for: whoever has a grade keeps it, and nobody is given one.
    grade: ({ scheme, customer }) => {
      const tier = customer.grade?.scheme === scheme ? customer.grade.tier : null;
      const text = {
        en: 'No rule grades this customer; the grade stays as it is.',
        zh: '没有适用的定级规则；等级保持不变。',
      };
      return {
        answer: { tier, eligible: tier !== null, indicators: [], reasons: [{ code: 'NO_RULE', text }], missing: [] },
        because: text,
      };
    },
    promise: (_facts, { firstResponseHours, resolutionHours }) => ({
      answer: [
        { metric: 'FIRST_RESPONSE', target: hours(firstResponseHours) },
        { metric: 'RESOLUTION', target: hours(resolutionHours) },
      ],
      because: {
        en: `Every ticket is answered within ${firstResponseHours} hours and resolved within ${resolutionHours}.`,
        zh: `所有工单 ${firstResponseHours} 小时内首次响应，${resolutionHours} 小时内解决。`,
      },
    }),
    // Who did not agree to marketing is told of no offers, in whatever line; service goes on.
    guard: ({ action, customer, input }) =>
      action === 'SEND_MESSAGE' && input.purpose === 'PUBLICISE' && customer?.consent.marketing !== true
        ? refuse('NO_MARKETING_CONSENT', {
            en: 'The customer did not agree to hear of offers.',
            zh: '客户未同意接收营销信息。',
          })
        : allowed,
    react: () => ({ answer: {}, because: { en: 'Nothing follows.', zh: '无后续动作。' } }),
    route: () => ({
      answer: { steps: [{ role: 'SUPERVISOR', where: 'SAME_BRANCH' }], fourEyes: true },
      because: {
        en: 'A supervisor of the branch decides; who asks does not.',
        zh: '由本机构主管审批，申请人不得自批。',
      },
    }),
    care: () => ({ answer: [], because: { en: 'No care is planned.', zh: '未安排关怀任务。' } }),
    measure: ({ figures }, { satisfactionTarget }) => {
      const actual = figures.SATISFACTION;
      const because = {
        en: `Satisfaction is to reach ${satisfactionTarget} %.`,
        zh: `满意度目标为 ${satisfactionTarget}%。`,
      };
      if (actual === undefined) return { answer: [], because };
      const target = new Decimal(satisfactionTarget);
      const label = { en: 'Customer satisfaction', zh: '客户满意度' };
      const met = new Decimal(actual).gte(target);
      return {
        answer: [{ key: 'SATISFACTION', label, target: target.toFixed(), actual, unit: 'percent', met }],
        because,
      };
    },
  },
});
