import type { DutyDeclaration } from '../../server/policy/contract.ts';

/** Regular work of the bank: files of branch VIPs, and a thank-you meeting a year. */
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
  THANK_YOU_MEETING: {
    label: { en: 'Thank-you meeting of the year', zh: '年度客户答谢会' },
    every: 'YEAR',
    of: 'BRANCH',
    due: { after: 'END', days: 0 },
    source: 'S02-maintenance-measures',
  },
} as const satisfies Readonly<Record<string, DutyDeclaration>>;
