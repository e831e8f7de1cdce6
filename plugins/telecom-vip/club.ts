import {
  type BenefitDeclaration,
  bands,
  Decimal,
  decimalParameter,
  type MetricDeclaration,
  type ParameterDeclaration,
  type ParametersOf,
  parameter,
  type SchemeDeclaration,
  type Text,
  z,
} from '../../server/engine/policy/contract.ts';

const amount = decimalParameter({ min: 0 });
const count = z.number().int().positive();
const period = z.union([z.literal(1), z.literal(2), z.literal(3), z.literal(4), z.literal(6), z.literal(12)]);

/** The zone in which its days begin and end. */
export const timeZone = 'Asia/Shanghai';

/** What an operator sets. How customers come to the tiers is not stated, so the club's thresholds are blank. */
export const parameters = {
  silverFrom: {
    schema: amount,
    source: 'S03-telecom-vip-club',
    description: { en: 'Monthly spend from which a customer is silver, CNY', zh: '银卡所需月消费（元）' },
  },
  goldFrom: {
    schema: amount,
    source: 'S03-telecom-vip-club',
    description: { en: 'Monthly spend from which a customer is gold, CNY', zh: '金卡所需月消费（元）' },
  },
  diamondFrom: {
    schema: amount,
    source: 'S03-telecom-vip-club',
    description: { en: 'Monthly spend from which a customer is diamond, CNY', zh: '钻卡所需月消费（元）' },
  },
  complaintHours: {
    schema: count,
    source: 'S04-telecom-cm',
    default: 24,
    ours: true,
    description: { en: 'Hours within which a complaint is answered', zh: '投诉答复时限（小时）' },
  },
  greetingsPerHoliday: {
    schema: count,
    source: 'S04-hall-customer-manager',
    default: 1,
    ours: true,
    description: { en: 'Greetings of a customer for one holiday, at most', zh: '每个节日问候次数上限' },
  },
  faceToFaceMonths: {
    schema: period,
    source: 'S03-telecom-vip-work',
    default: 3,
    ours: true,
    description: {
      en: 'Months of the calendar period in which an important VIP is met face to face',
      zh: '重要VIP客户面对面接触周期（月）',
    },
  },
} as const satisfies Readonly<Record<string, ParameterDeclaration>>;

export type Parameters = ParametersOf<typeof parameters>;

const ASCENDING = [
  ['silverFrom', 'goldFrom'],
  ['goldFrom', 'diamondFrom'],
  ['silverFrom', 'diamondFrom'],
] as const;

/** What is contradictory among the thresholds that are set. */
export function checkParameters(given: Partial<Parameters>): { path: string; message: Text }[] {
  return ASCENDING.flatMap(([low, high]) => {
    const [lower, upper] = [given[low], given[high]];
    if (lower === undefined || upper === undefined || new Decimal(lower).lt(upper)) return [];
    return [{ path: low, message: { en: `is not below ${high}`, zh: `应低于 ${high}` } }];
  });
}

export const metrics = {
  MONTHLY_SPEND: { label: { en: 'Monthly spend', zh: '月消费' }, unit: 'CNY' },
} as const satisfies Readonly<Record<string, MetricDeclaration>>;

export const benefits = {
  PRIORITY_HALL: {
    label: { en: 'Priority handling', zh: '优先办理' },
    description: {
      en: 'In the VIP room, at the VIP counter and in the club hall, with the physical or electronic VIP card or the dedicated SIM card.',
      zh: '凭VIP实体卡、电子卡或专属SIM卡，在贵宾室、VIP专席、俱乐部会所优先办理。',
    },
  },
  PRIORITY_HOTLINE: {
    label: { en: '10086 hotline, dedicated seats', zh: '10086热线专属坐席' },
    description: {
      en: '24 hours, priority access, professional staff, standard phrases.',
      zh: '24小时专属坐席，优先接入，专业人员，规范用语。',
    },
  },
  SKIP_IVR: {
    label: { en: 'Hotline without IVR', zh: '免IVR直接接入' },
    description: {
      en: 'Identified automatically, no voice notice, the whole IVR skipped, greeted by tier and addressed by name.',
      zh: '自动识别，无语音提示，跳过全部IVR流程，使用对应级别欢迎语并尊称客户姓名。',
    },
  },
} as const satisfies Readonly<Record<string, BenefitDeclaration>>;

type Scheme = SchemeDeclaration<keyof typeof metrics, keyof typeof parameters, keyof typeof benefits>;

/** Contact goes by calendar months and quarters (`care`); the days say how long that can be. */
export const schemes = {
  club: {
    label: { en: 'VIP club', zh: '全球通VIP俱乐部' },
    customerKinds: ['INDIVIDUAL'],
    tiers: {
      DIAMOND: {
        label: { en: 'Diamond', zh: '钻卡' },
        rank: 3,
        benefits: ['PRIORITY_HALL', 'PRIORITY_HOTLINE', 'SKIP_IVR'],
        contactEveryDays: 30,
      },
      GOLD: {
        label: { en: 'Gold', zh: '金卡' },
        rank: 2,
        benefits: ['PRIORITY_HALL', 'PRIORITY_HOTLINE', 'SKIP_IVR'],
        contactEveryDays: 30,
      },
      // Whether silver skips the IVR is lost in the source: not granted.
      SILVER: {
        label: { en: 'Silver', zh: '银卡' },
        rank: 1,
        benefits: ['PRIORITY_HALL', 'PRIORITY_HOTLINE'],
        contactEveryDays: 90,
      },
    },
    metrics: ['MONTHLY_SPEND'],
    rule: bands('MONTHLY_SPEND', [
      { tier: 'DIAMOND', from: parameter('diamondFrom') },
      { tier: 'GOLD', from: parameter('goldFrom') },
      { tier: 'SILVER', from: parameter('silverFrom') },
    ]),
  },
} satisfies Readonly<Record<string, Scheme>>;
