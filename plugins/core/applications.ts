import { type ApplicationDeclaration, z } from '../../server/engine/policy/contract.ts';

const text = (description: string) => z.string().trim().min(1, 'is empty').max(2000).describe(description);

/** What needs an approval before it is done: changes of the rules, replacements of equipment. */
export const applications = {
  AUTHORITY_CHANGE: {
    label: { en: 'Change of the rules', zh: '制度变更' },
    about: 'LINE',
    fields: z.object({ rule: text('The rule (制度条款).'), change: text('The change (变更内容).') }),
  },
  EQUIPMENT: {
    label: { en: 'Replacement of equipment', zh: '设备更换' },
    about: 'LINE',
    fields: z.object({ equipment: text('The equipment (设备).'), shop: text('Where it stands (门店).').optional() }),
  },
} as const satisfies Readonly<Record<string, ApplicationDeclaration>>;
