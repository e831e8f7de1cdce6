import { z } from '../../server/engine/policy/contract.ts';

const text = (description: string) => z.string().optional().describe(description);

/** What the company systems keep of every outside customer. */
const common = {
  address: text('Address (地址).'),
  contactPerson: text('Contact (联系人).'),
  vipCategory: z
    .enum(['CUSTOMER', 'EMPLOYEE', 'PARTNER'])
    .optional()
    .describe('VIP category (VIP类别：客户、员工、合作伙伴).'),
  registration: z
    .enum(['RECOGNISED', 'REGISTERED'])
    .optional()
    .describe('Key-account registration: recognised by the company, then form filed (大客户认定、登记).'),
  purchaseHistory: text('Purchase history (购买历史).'),
  businessNeeds: text('Business needs (业务需求).'),
  preferences: text('Preferences (偏好).'),
  financialPosition: text('Financial position (财务状况).'),
  riskTolerance: z.number().int().min(1).max(5).optional().describe('Risk tolerance, 1 to 5 (风险承受能力).'),
  riskPreference: text('Risk preference (风险偏好).'),
};

export const profiles = {
  INDIVIDUAL: z.object({
    ...common,
    subkind: z
      .enum(['NATURAL_PERSON', 'INDIVIDUAL_BUSINESS'])
      .optional()
      .describe('Natural person or individually-owned business (自然人、个体工商户).'),
    employer: text('Employer (工作单位).'),
    position: text('Position (职务).'),
  }),
  INSTITUTION: z.object({
    ...common,
    subkind: z
      .enum(['ENTERPRISE', 'PUBLIC_INSTITUTION', 'SOCIAL_ORGANISATION'])
      .optional()
      .describe('Enterprise, public institution or social organisation (企业、事业单位、社会团体).'),
    enterpriseSize: text('Enterprise size (企业规模).'),
    mainBusiness: text('Main business (主营业务).'),
  }),
  INTERNAL: z.object({
    providerDepartment: text('Department that serves (服务部门).'),
    customerDepartment: text('Department that is served (内部客户部门).'),
    recognisedOn: z.iso.date().optional().describe('Day of recognition (认定日期).'),
    internalClass: text('Class (分类).'),
    cooperation: z
      .array(z.enum(['INFORMATION_SHARING', 'BUSINESS_ASSISTANCE', 'COORDINATION', 'RESOURCE_INTEGRATION']))
      .optional()
      .describe('Ways of working together (信息共享、业务协助、沟通协调、资源整合).'),
  }),
};

export const sensitive = ['address', 'contactPerson', 'financialPosition', 'purchaseHistory'] as const;
