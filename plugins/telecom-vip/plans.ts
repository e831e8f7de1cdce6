import type { PlansDeclaration } from '../../server/engine/policy/contract.ts';

const objective = { en: 'Keep the VIP and the contact', zh: '维系VIP客户，保持接触' };

/** The yearly service plan by tier: contact every month or every quarter (S03-telecom-vip-work). */
export const plans = {
  templates: {
    MONTHLY_CONTACT: {
      label: { en: 'Diamond and gold: contact each month', zh: '钻、金卡：每月接触' },
      tiers: { club: ['DIAMOND', 'GOLD'] },
      objective,
      months: 12,
      measures: [{ way: 'PHONE', measure: { en: 'Contact of the month', zh: '当月接触' }, everyMonths: 1 }],
    },
    QUARTERLY_CONTACT: {
      label: { en: 'Silver: contact each quarter', zh: '银卡：每季度接触' },
      tiers: { club: ['SILVER'] },
      objective,
      months: 12,
      measures: [{ way: 'PHONE', measure: { en: 'Contact of the quarter', zh: '当季接触' }, everyMonths: 3 }],
    },
  },
} as const satisfies PlansDeclaration;
