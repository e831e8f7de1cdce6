import { type CustomerKind, Decimal, type Text, z } from '../../server/engine/policy/contract.ts';

/** The codes of the business hall's customer archive (S04-hall-customer-manager). */

export const BRANDS = {
  1: { en: 'GoTone', zh: '全球通' },
  2: { en: 'M-Zone', zh: '动感地带' },
  3: { en: 'Easyown', zh: '神州行' },
} as const satisfies Readonly<Record<number, Text>>;

export const PHONE_HABITS = {
  1: { en: 'often off', zh: '经常关机' },
  2: { en: 'same number often', zh: '经常拨打同一号码' },
  3: { en: 'SMS/MMS often', zh: '经常使用短信彩信' },
  4: { en: 'mobile web often', zh: '经常手机上网' },
} as const satisfies Readonly<Record<number, Text>>;

export const PREFERENCES = {
  1: { en: 'business', zh: '商务' },
  2: { en: 'life information', zh: '生活资讯' },
  3: { en: 'games, entertainment', zh: '游戏娱乐' },
  4: { en: 'music', zh: '音乐' },
} as const satisfies Readonly<Record<number, Text>>;

/** The spend code of a monthly amount in yuan: 30, 80, 120 and 200 begin a bracket; below 30 there is none. */
export function spendCode(amount: number | string): number | null {
  return codeOf(amount, [30, 80, 120, 200]);
}

/** The age code of full years: below 18, from 18, 25 and 35 on. */
export function ageCode(age: number): number | null {
  return codeOf(age, [0, 18, 25, 35]);
}

/** The position, from 1, of the last bracket that begins at or below the value. */
function codeOf(value: number | string, begins: readonly number[]): number | null {
  const reached = begins.filter((begin) => new Decimal(value).gte(begin)).length;
  return reached === 0 ? null : reached;
}

/** The hall is busy from the 25th to the 5th of the month after, both included. */
export const BUSY_DAYS = { from: 25, to: 5 } as const;

export function isBusyDay(day: string): boolean {
  const date = Number(day.slice(8));
  return date >= BUSY_DAYS.from || date <= BUSY_DAYS.to;
}

const text = (description: string) => z.string().optional().describe(description);

/** A code of the archive, with what each number means. */
const code = (name: string, labels: Readonly<Record<number, Text>>) =>
  z
    .number()
    .int()
    .refine((value) => value in labels, `is none of ${Object.keys(labels).join(', ')}`)
    .describe(
      `${name}: ${Object.entries(labels)
        .map(([key, { en, zh }]) => `${key} ${en} ${zh}`)
        .join(', ')}.`,
    );

const SPEND_TEXTS = {
  1: { en: '30 to 80', zh: '30-80元' },
  2: { en: '80 to 120', zh: '80-120元' },
  3: { en: '120 to 200', zh: '120-200元' },
  4: { en: 'from 200', zh: '200元以上' },
};
const AGE_TEXTS = {
  1: { en: 'below 18', zh: '18岁以下' },
  2: { en: '18 to 25', zh: '18-25岁' },
  3: { en: '25 to 35', zh: '25-35岁' },
  4: { en: 'from 35', zh: '35岁以上' },
};

const habit = code('Phone habits, several (通信习惯，可多选)', PHONE_HABITS);

const archive = z
  .object({
    district: text('District (区域).'),
    hall: text('Business hall, full and correct name (营业厅).'),
    brand: code('Brand (品牌)', BRANDS).optional(),
    monthlySpend: z.number().nonnegative().optional().describe('Monthly spend, yuan (月消费).'),
    spendCode: code('Spend code (消费代码)', SPEND_TEXTS).optional(),
    age: z.number().int().nonnegative().optional().describe('Age in full years (年龄).'),
    ageCode: code('Age code (年龄代码)', AGE_TEXTS).optional(),
    sex: z.enum(['FEMALE', 'MALE']).optional().describe('Sex (性别).'),
    phoneHabits: z
      .array(habit)
      .optional()
      .describe(habit.description ?? ''),
    preference: code('Preference (喜好)', PREFERENCES).optional(),
    otherNote: text('Other habits or preferences (其他).'),
    serviceSmsCount: z.number().int().nonnegative().optional().describe('Service messages sent so far (服务短信次数).'),
    marketingRecommendations: text('Marketing recommendations (营销推荐).'),
    enteredOn: z.iso.date().optional().describe('Day on which the number was stored (入档时间).'),
    address: text('Address (地址).'),
  })
  .superRefine((file, context) => {
    const codes = [
      ['spendCode', file.spendCode, file.monthlySpend === undefined ? undefined : spendCode(file.monthlySpend)],
      ['ageCode', file.ageCode, file.age === undefined ? undefined : ageCode(file.age)],
    ] as const;
    for (const [path, given, derived] of codes) {
      if (given === undefined || derived === undefined || given === derived) continue;
      context.addIssue({
        code: 'custom',
        path: [path],
        message: `is ${given}, the figure beside it has ${derived ?? 'no code'}`,
      });
    }
  });

export const profiles = {
  INDIVIDUAL: archive,
  INSTITUTION: z.object({
    address: text('Address (地址).'),
    contactPerson: text('Contact (联系人).'),
    industry: text('Industry (行业).'),
    enteredOn: z.iso.date().optional().describe('Day on which the number was stored (入档时间).'),
  }),
};

/** The codes that follow from the figures beside them, so that the archive's codes are never out of step. */
export function completeProfile(kind: CustomerKind, file: Readonly<Record<string, unknown>>): Record<string, unknown> {
  if (kind !== 'INDIVIDUAL') return {};
  const codes: Record<string, number | null> = {};
  if (typeof file.monthlySpend === 'number') codes.spendCode = spendCode(file.monthlySpend);
  if (typeof file.age === 'number') codes.ageCode = ageCode(file.age);
  return codes;
}

export const sensitive = ['address', 'contactPerson'] as const;
