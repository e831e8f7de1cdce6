import type { InstalledPolicy } from '../../engine/policy/policies.ts';
import { own } from '../../platform/values/own.ts';
import type { Text } from '../../platform/values/text.ts';

/** Whether a customer may use a benefit, and why. */
export interface BenefitDecision {
  readonly allowed: boolean;
  readonly because: Text;
}

/** A tier of a grade in force. */
interface HeldTier {
  readonly schemeId: string;
  readonly tierCode: string;
}

/** The codes of the benefits that a customer's grades in force give, each once. */
export function benefitsOf(policy: InstalledPolicy | undefined, grades: readonly HeldTier[]): string[] {
  const given = grades.flatMap(
    ({ schemeId, tierCode }) => policy?.declaration.schemes?.[schemeId]?.tiers[tierCode]?.benefits ?? [],
  );
  return [...new Set(given)];
}

/** Whether one of the grades in force gives the benefit. A code that the policy does not know is not given to anybody. */
export function mayUse(
  policy: InstalledPolicy | undefined,
  grades: readonly HeldTier[],
  code: string,
  isDeparted = false,
): BenefitDecision {
  const benefit = own(policy?.declaration.benefits, code);
  if (!policy || !benefit) {
    return { allowed: false, because: { en: `There is no benefit ${code}.`, zh: `没有 ${code} 这项权益。` } };
  }
  if (isDeparted) {
    return { allowed: false, because: { en: 'The customer has departed.', zh: '客户已流失。' } };
  }
  const by = grades.find((grade) => benefitsOf(policy, [grade]).includes(code));
  if (!by) {
    return {
      allowed: false,
      because: {
        en: `${benefit.label.en} comes with none of the customer's grades.`,
        zh: `客户现有等级不含“${benefit.label.zh}”。`,
      },
    };
  }
  const tier = policy.declaration.schemes?.[by.schemeId]?.tiers[by.tierCode];
  return {
    allowed: true,
    because: {
      en: `${benefit.label.en} comes with the tier ${tier?.label.en ?? by.tierCode}.`,
      zh: `“${tier?.label.zh ?? by.tierCode}”享有“${benefit.label.zh}”。`,
    },
  };
}
