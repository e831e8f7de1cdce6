import type { DutyDeclaration } from '../../server/engine/policy/contract.ts';

/** The department's own meetings, which head office owes, by the period's end: the Friday of the weekly one may be a holiday. */
const MEETING = {
  of: 'LINE',
  due: { after: 'END', days: 0 },
  source: 'S01-bank-relationship-dept',
} as const;

/** Regular work of the bank: files of branch VIPs, a thank-you meeting a year, and the meetings of the department. */
export const duties = {
  VIP_FILE_REGISTRATION: {
    label: { en: 'Register the VIP file', zh: '登记VIP客户档案' },
    every: 'MONTH',
    of: 'CUSTOMER',
    due: { after: 'END', days: 0 },
    source: 'S03-bank-branch-vip',
  },
  VIP_FILE_ARCHIVE: {
    label: { en: 'Archive the VIP file of the year', zh: '年度归档VIP客户档案' },
    every: 'YEAR',
    of: 'CUSTOMER',
    due: { after: 'END', days: 1 },
    source: 'S03-bank-branch-vip',
  },
  CORPORATE_LIST: {
    label: { en: 'Set the corporate VIP list of the next year', zh: '确定下一年度对公VIP客户名单' },
    every: 'YEAR',
    of: 'LINE',
    due: { after: 'END', days: 0 },
    doneBy: { annualList: 'corporate' },
    source: 'S03-bank-corporate-vip',
    ours: true,
  },
  THANK_YOU_MEETING: {
    label: { en: 'Thank-you meeting of the year', zh: '年度客户答谢会' },
    every: 'YEAR',
    of: 'BRANCH',
    due: { after: 'END', days: 0 },
    source: 'S02-maintenance-measures',
  },
  DEPARTMENT_MEETING: {
    ...MEETING,
    label: { en: 'Department meeting of the week, Friday afternoon', zh: '部门周例会（周五下午）' },
    every: 'WEEK',
    doneBy: { meeting: 'DEPARTMENT' },
  },
  CROSS_DEPARTMENT_MEETING: {
    ...MEETING,
    label: { en: 'Cross-department meeting of the week', zh: '跨部门周会' },
    every: 'WEEK',
    doneBy: { meeting: 'CROSS_DEPARTMENT' },
  },
  ALL_HANDS_MEETING: {
    ...MEETING,
    label: { en: 'All-hands meeting of the month', zh: '月度全员大会' },
    every: 'MONTH',
    doneBy: { meeting: 'ALL_HANDS' },
  },
  RISK_MEETING: {
    ...MEETING,
    label: { en: 'Risk meeting of the month', zh: '月度风险会议' },
    every: 'MONTH',
    doneBy: { meeting: 'RISK' },
  },
  STRATEGY_MEETING: {
    ...MEETING,
    label: { en: 'Strategy meeting of the quarter', zh: '季度战略会议' },
    every: 'QUARTER',
    doneBy: { meeting: 'STRATEGY' },
  },
} as const satisfies Readonly<Record<string, DutyDeclaration>>;
