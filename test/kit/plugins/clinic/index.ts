import {
  addDays,
  all,
  allowed,
  atLeast,
  bands,
  cadence,
  conditions,
  decimalParameter,
  definePolicy,
  hours,
  instantAt,
  minutes,
  parameter,
  refuse,
  z,
} from '../../../../server/engine/policy/contract.ts';

const timeZone = 'Asia/Shanghai';
const source = 'clinic';
const morning = { start: '08:00', end: '12:00' };
const afternoon = { start: '13:30', end: '17:30' };
const DAY = [morning, afternoon];

/** A group of private clinics: three tiers by spend or visits, a desk with a lunch break, emergencies at any hour. */
export default definePolicy({
  id: 'clinic',
  contract: 1,
  version: '1.0.0',
  label: { en: 'Clinics', zh: '诊所' },
  businessLine: true,
  access: 'BRANCH_AND_BELOW',
  timeZone,
  metrics: {
    SPEND: { label: { en: 'Yearly spend', zh: '年消费' }, unit: 'CNY' },
    VISITS: { label: { en: 'Visits', zh: '就诊次数' }, unit: 'count' },
    ATTENDANCE: { label: { en: 'Attendance', zh: '到诊率' }, unit: 'percent' },
  },
  benefits: { OWN_DOCTOR: { label: { en: 'A doctor of their own', zh: '专属医生' } } },
  parameters: {
    goldFrom: {
      schema: decimalParameter({ min: 0 }),
      source,
      default: '20000',
      description: { en: 'Yearly spend of gold, CNY', zh: '金级年消费（元）' },
    },
    answerMinutes: {
      schema: z.number().int().positive(),
      source,
      default: 120,
      description: { en: 'Minutes to answer a complaint', zh: '投诉答复时限（分钟）' },
    },
    freeUpTo: {
      schema: decimalParameter({ min: 0 }),
      source,
      description: { en: 'Spending that a supervisor decides', zh: '主管审批上限' },
    },
  },
  calendars: {
    desk: {
      label: { en: 'Desk', zh: '服务台' },
      timeZone,
      week: { 1: DAY, 2: DAY, 3: DAY, 4: DAY, 5: DAY, 6: [morning] },
      holidays: 'CN',
    },
  },
  profiles: { INDIVIDUAL: z.object({ doctor: z.string().optional(), idCard: z.string().optional() }) },
  sensitive: ['idCard'],
  ticketTypes: {
    COMPLAINT: {
      label: { en: 'Complaint', zh: '投诉' },
      levels: { 1: { en: 'Ordinary', zh: '一般' }, 2: { en: 'Grave', zh: '重大' }, 3: { en: 'Severe', zh: '特大' } },
    },
    EMERGENCY: { label: { en: 'Emergency', zh: '急诊' } },
  },
  schemes: {
    patients: {
      label: { en: 'Patients', zh: '患者等级' },
      customerKinds: ['INDIVIDUAL'],
      tiers: {
        GOLD: { label: { en: 'Gold', zh: '金级' }, rank: 3, benefits: ['OWN_DOCTOR'] },
        SILVER: { label: { en: 'Silver', zh: '银级' }, rank: 2 },
        BASIC: { label: { en: 'Basic', zh: '普通' }, rank: 1 },
      },
      rule: conditions([
        { tier: 'GOLD', when: all(atLeast('SPEND', parameter('goldFrom')), atLeast('ATTENDANCE', 80)) },
        { tier: 'SILVER', when: atLeast('SPEND', 5000) },
        { tier: 'BASIC', when: atLeast('VISITS', 1) },
      ]),
      lifeCycle: { missesBeforeDemotion: { GOLD: 2 } },
      reviewMonths: 12,
    },
    family: {
      label: { en: 'Families', zh: '家庭等级' },
      customerKinds: ['INDIVIDUAL'],
      tiers: { HOUSE: { label: { en: 'House', zh: '家庭' }, rank: 1 } },
      rule: bands('VISITS', [{ tier: 'HOUSE', from: 10 }]),
    },
  },
  answers: {
    promise: ({ ticket, customer }, { answerMinutes }) => {
      if (ticket.type === 'EMERGENCY')
        return {
          answer: [
            { metric: 'FIRST_RESPONSE', target: minutes(5), atRisk: [50, 80], audience: ['SUPERVISOR', 'DIRECTOR'] },
          ],
          because: { en: 'An emergency is answered within 5 minutes.', zh: '急诊 5 分钟内响应。' },
        };
      const limit = customer.grade?.tier === 'GOLD' ? answerMinutes / 2 : answerMinutes;
      return {
        answer: [
          { metric: 'FIRST_RESPONSE', target: minutes(limit), calendar: 'desk' },
          { metric: 'RESOLUTION', target: hours(ticket.level >= 2 ? 8 : 16), calendar: 'desk' },
        ],
        because: {
          en: `Complaints are answered within ${limit} minutes of the desk.`,
          zh: `投诉在服务台 ${limit} 分钟内答复。`,
        },
      };
    },
    guard: ({ action, input, ticket }) => {
      if (action === 'CLOSE_TICKET' && ticket?.type === 'COMPLAINT' && ticket.level >= 3 && !input.rootCause)
        return refuse('NO_CAUSE', {
          en: 'A severe complaint is closed with its cause.',
          zh: '特大投诉须记录原因后关闭。',
        });
      return action === 'CLOSE_TICKET' ? allowed : undefined;
    },
    route: ({ kind, amount }, parameters) => {
      if (kind !== 'SPENDING' || amount === null) return undefined;
      const isSmall = Number(amount) <= Number(parameters.freeUpTo);
      return {
        answer: {
          steps: [{ role: isSmall ? 'SUPERVISOR' : 'DIRECTOR', where: isSmall ? 'SAME_BRANCH' : 'HEAD_OFFICE' }],
        },
        because: { en: 'Spending is decided by its amount.', zh: '按金额审批。' },
      };
    },
    react: ({ event, ticket, now }) => {
      if (event.kind !== 'BREACHED' || ticket?.type !== 'COMPLAINT') return undefined;
      return {
        answer: {
          tasks: [
            {
              key: 'apologise',
              title: { en: 'Apologise by telephone', zh: '电话致歉' },
              origin: 'CALLBACK',
              purpose: 'CARE',
              channel: 'PHONE',
              dueAt: instantAt(addDays(now.slice(0, 10), 1), '12:00', timeZone),
            },
          ],
        },
        because: { en: 'A late complaint is apologised for by noon of the next day.', zh: '逾期投诉次日中午前致歉。' },
      };
    },
    care: (facts) => {
      if (facts.customer.grade?.tier !== 'GOLD') return undefined;
      const title = { en: 'Call the gold patient', zh: '金级患者回访' };
      return {
        answer: cadence(facts, { key: 'call', every: 'MONTH', timeZone, by: ['PHONE'], title: () => title }),
        because: { en: 'Gold patients are called once a month.', zh: '金级患者每月回访一次。' },
      };
    },
  },
});
