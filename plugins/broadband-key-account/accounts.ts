import {
  type BenefitDeclaration,
  conditions,
  isOneOf,
  type ParameterDeclaration,
  type ParametersOf,
  type SchemeDeclaration,
  z,
} from '../../server/engine/policy/contract.ts';

const SOURCE = 'S03-broadband-key-account';
const count = z.number().int().positive();
const percent = z.number().gt(0).lt(100);

/** The zone in which its days begin and end. */
export const timeZone = 'Asia/Shanghai';

/** What an operator sets. The limits of complaints and provisioning are stated, the rest of the numbers are ours. */
export const parameters = {
  warnAtPercent: {
    schema: percent,
    source: SOURCE,
    default: 80,
    ours: true,
    description: { en: "Per cent of a complaint's limit at which it is warned of", zh: '投诉时限预警比例（%）' },
  },
  level3WarnAtPercent: {
    schema: percent,
    source: SOURCE,
    default: 60,
    ours: true,
    description: {
      en: "Per cent of a level-3 complaint's limit at which it is warned of",
      zh: '三级投诉时限预警比例（%）',
    },
  },
  atOnceMinutes: {
    schema: count,
    source: SOURCE,
    default: 30,
    ours: true,
    description: {
      en: 'Minutes that "at once" gives where the device is present',
      zh: '已有设备“即时”开通的时限（分钟）',
    },
  },
  callbackHours: {
    schema: count,
    source: 'S02-phone-callback',
    default: 24,
    ours: true,
    description: {
      en: 'Hours within which a customer is called after the solution',
      zh: '问题解决后回访的时限（小时）',
    },
  },
  careLeadDays: {
    schema: count,
    source: SOURCE,
    default: 7,
    ours: true,
    description: {
      en: 'Days before a birthday, anniversary or holiday at which care is planned',
      zh: '生日、纪念日、节日关怀提前天数',
    },
  },
  renewalLookAheadDays: {
    schema: count,
    source: SOURCE,
    default: 14,
    ours: true,
    description: { en: 'Days before expiry at which a renewal is found', zh: '续费筛选提前天数' },
  },
  typicalProblemCallbacks: {
    schema: z.number().int().min(1).max(100),
    source: SOURCE,
    default: 5,
    ours: true,
    description: {
      en: 'Customers chosen at random for a callback when the statistics name a typical problem',
      zh: '统计发现典型问题时随机回访的客户数',
    },
  },
  expiryReminderDays: {
    schema: count,
    source: SOURCE,
    default: 7,
    ours: true,
    description: { en: 'Days before expiry at which the customer is reminded', zh: '产品到期提醒提前天数' },
  },
} as const satisfies Readonly<Record<string, ParameterDeclaration>>;

export type Parameters = ParametersOf<typeof parameters>;

export const benefits = {
  DEDICATED_MANAGER: { label: { en: 'Key-account manager', zh: '大客户经理' } },
  RESPONSE_24X7: { label: { en: 'Response at any hour', zh: '7×24小时响应' } },
  ONSITE_SERVICE: { label: { en: 'On-site service on request', zh: '上门服务' } },
  PRIORITY_HALL: { label: { en: 'Dedicated seats in main halls, priority', zh: '主要营业厅专席、优先办理' } },
  EXPIRY_REMINDER: { label: { en: 'Reminder before a product expires', zh: '产品到期提醒' } },
  FESTIVAL_CARE: { label: { en: 'Care on holidays and anniversaries', zh: '节日、纪念日关怀' } },
  BIRTHDAY_GIFT: {
    label: { en: 'Flowers, cake and card on the birthday', zh: '生日鲜花、蛋糕、贺卡' },
    description: { en: 'For important customers.', zh: '面向重要客户。' },
  },
  EARLY_NEWS: { label: { en: 'Told first of new business', zh: '新业务优先告知' } },
  FREE_TRIAL: { label: { en: 'Free trial of new business', zh: '新业务免费体验' } },
} as const satisfies Readonly<Record<string, BenefitDeclaration>>;

export const ACCOUNT_TYPES = ['SPECIAL_LEADER', 'SPECIAL_PARTNER', 'GROUP'] as const;

/** The levels of key accounts are not stated: the declared type makes the key account, and carries the rule. */
export const schemes = {
  'key-account': {
    label: { en: 'Key account', zh: '大客户' },
    customerKinds: ['INDIVIDUAL', 'INSTITUTION'],
    tiers: {
      KEY_ACCOUNT: {
        label: { en: 'Key account', zh: '大客户' },
        rank: 1,
        benefits: Object.keys(benefits) as (keyof typeof benefits)[],
      },
    },
    rule: conditions([{ tier: 'KEY_ACCOUNT', when: isOneOf('keyAccountType', ACCOUNT_TYPES) }]),
  },
} satisfies Readonly<Record<string, SchemeDeclaration<never, keyof typeof parameters, keyof typeof benefits>>>;

const text = (description: string) => z.string().optional().describe(description);

/** The archive of a key account: background, contact, status, usage. */
const archive = {
  keyAccountType: z
    .enum(ACCOUNT_TYPES)
    .optional()
    .describe('Special user leader or partner, or group (领导类、合作伙伴类、集团客户).'),
  customerLevel: text('Customer level, values open (客户级别).'),
  address: text('Postal address (通信地址).'),
  postcode: text('Postcode (邮编).'),
  fax: text('Fax (传真).'),
  smartCardNo: text('Smart IC card number (智能IC卡号).'),
  deviceNo: text('Device number (设备号).'),
  networkStatus: z
    .enum(['TWO_WAY', 'NOT_TWO_WAY', 'OFF_NETWORK'])
    .optional()
    .describe('Community on our network (双向改造、未改造、网外).'),
  services: z.array(z.string()).optional().describe('Paid services opened (开通的付费业务).'),
  serviceOpenedOn: z.iso.date().optional().describe('Day on which the services were opened (开通日期).'),
  serviceExpiresOn: z.iso.date().optional().describe('Day on which the services expire (到期日期).'),
  anniversary: z.iso.date().optional().describe('Anniversary (纪念日).'),
};

export const profiles = {
  INDIVIDUAL: z.object({
    ...archive,
    sex: z.enum(['FEMALE', 'MALE']).optional().describe('Sex (性别).'),
    employer: text('Employer (工作单位).'),
    department: text('Department (部门).'),
    position: text('Position (职务).'),
    keyRelatives: text('Key relatives (重要亲属).'),
  }),
  INSTITUTION: z.object({
    ...archive,
    contactPerson: text('Contact (联系人).'),
    employeeCount: z.number().int().nonnegative().optional().describe('Employees (员工人数).'),
  }),
};

export const sensitive = [
  'address',
  'postcode',
  'fax',
  'smartCardNo',
  'deviceNo',
  'keyRelatives',
  'contactPerson',
] as const;
