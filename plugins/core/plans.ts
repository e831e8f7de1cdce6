import type { PlansDeclaration } from '../../server/engine/policy/contract.ts';

const label = (en: string, zh: string) => ({ label: { en, zh } });

/** Kinds of plans, and their parts. */
export const plans = {
  kinds: {
    // Time, goal and measures are confirmed with the customer before anything begins (S04-cm-service-standard, A-193).
    SERVICE: { ...label('Service plan, confirmed with the customer', '服务计划（经客户确认）'), beginsConfirmed: true },
    DEVELOPMENT: label('Development plan of a customer', '客户开发方案'),
    RELATIONSHIP: label('Relationship plan: offline visits, exclusive events', '关系维护方案（线下拜访、专属活动）'),
  },
  parts: {
    PRODUCT_INTRODUCTION: label('Product introduction', '产品介绍'),
    PRICE_OFFER: label('Price offer', '报价'),
    VALUE_ADDED_SERVICE: label('Value-added service', '增值服务'),
  },
} as const satisfies PlansDeclaration;
