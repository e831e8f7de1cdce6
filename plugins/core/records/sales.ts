import { field, type RecordDeclaration, record, step, z } from '../../../server/engine/policy/contract.ts';

/** Whether a sale counts for the manager, by how the customer came (S04-hotel-sales-cm, A-188). */
export function counts(fields: Readonly<Record<string, unknown>>): boolean {
  const { isContracted, isDug, bookedBy, reservedAt, arrivedAt } = fields;
  // Units, persons and groups under contract are outside, whoever dug them.
  if (isContracted === true) return false;
  if (isDug === true) return true;
  if (bookedBy !== 'MANAGER_AT_DESK' || typeof reservedAt !== 'string') return false;
  return typeof arrivedAt !== 'string' || Date.parse(reservedAt) < Date.parse(arrivedAt);
}

/** What managers sell: whose it is, and at which price. */
export const sales = {
  SALE: record({
    label: { en: 'Sale of a customer manager', zh: '客户经理业绩' },
    source: 'S04-hotel-sales-cm',
    about: 'CUSTOMER',
    fields: z.object({
      amount: field.decimal({ en: 'Spending, CNY', zh: '消费金额（元）' }),
      department: field.text({ en: 'Department', zh: '消费部门' }, 200),
      bookedBy: field.choice({ en: 'How the customer came', zh: '来源' }, ['MANAGER_AT_DESK', 'CUSTOMER', 'ON_SITE'], {
        MANAGER_AT_DESK: {
          en: 'Reserved by the manager in person with the marketing desk',
          zh: '客户经理亲自在营销台预订',
        },
        CUSTOMER: { en: 'Booked by the customer', zh: '客户自行预订' },
        ON_SITE: { en: 'Was on site already', zh: '客户已到店' },
      }),
      reservedAt: field.instant({ en: 'Reserved', zh: '预订时间' }).optional(),
      arrivedAt: field.instant({ en: 'Arrived', zh: '到店时间' }).optional(),
      isContracted: field.yes({ en: 'Under contract already', zh: '已签约单位、个人或旅行团' }),
      isDug: field.yes({ en: 'A potential customer dug by the manager', zh: '客户经理挖掘的潜在客户' }),
      counts: field.yes({ en: 'Counts for the manager', zh: '计入客户经理业绩' }).optional(),
    }),
    complete: (fields) => ({ ...fields, counts: counts(fields) }),
    figures: {
      SALES: {
        label: { en: 'Sales that count, CNY', zh: '计入业绩的销售额（元）' },
        when: 'START',
        where: { counts: true },
        of: { sum: 'amount' },
      },
    },
  }),
  // None for individuals; a unit is investigated, then the department manager approves before signing.
  AGREEMENT_PRICE: record({
    label: { en: 'Agreement price', zh: '协议价' },
    source: 'S04-hotel-sales-cm',
    about: 'CUSTOMER',
    single: true,
    fields: z.object({
      price: field.text({ en: 'The price asked for', zh: '申请的协议价' }),
      reason: field.text({ en: 'Reason', zh: '理由' }),
    }),
    steps: [
      step(
        'INVESTIGATED',
        { en: 'Unit investigated by the manager', zh: '客户经理调查单位' },
        {
          brings: z.object({ findings: field.text({ en: 'Findings', zh: '调查结果' }) }),
        },
      ),
      step('APPROVED', { en: 'Approved by the department manager', zh: '部门经理审批' }, { approval: true }),
      step('SIGNED', { en: 'Agreement signed', zh: '签订协议' }),
    ],
  }),
} as const satisfies Readonly<Record<string, RecordDeclaration>>;
