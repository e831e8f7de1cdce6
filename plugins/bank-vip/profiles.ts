import { z } from '../../server/engine/policy/contract.ts';

const text = (description: string) => z.string().optional().describe(description);
const flag = (description: string) => z.boolean().optional().describe(description);
const amount = (description: string) => z.number().nonnegative().optional().describe(description);
const days = (description: string) => z.array(z.iso.date()).optional().describe(description);

/** What the status record (客户状况记录表) asks of every customer. */
const status = {
  address: text('Address (地址).'),
  contactPerson: text('Contact (联系人).'),
  otherBankRelationship: text('Relationship with other banks (与他行关系).'),
  otherBankDeposits: amount('Deposits with other banks, CNY (他行存款).'),
  otherBankLoans: amount('Loans from other banks, CNY (他行贷款).'),
  otherBankProducts: text('Other products of other banks (他行其他产品).'),
  communicationWay: text('Way of communication (沟通方式).'),
  communicationFrequency: text('Frequency of communication (沟通频率).'),
  developmentPotential: text('Development potential (发展潜力).'),
  satisfaction: text('Satisfaction (满意度).'),
  creditRating: text('Credit rating (信用等级).'),
  riskTolerance: z.number().int().min(1).max(5).optional().describe('Risk tolerance, 1 to 5 (风险承受能力).'),
  riskPreference: text('Risk preference (风险偏好).'),
  financialPosition: text('Financial position (财务状况).'),
  purchasedOn: days('Days of purchases, from which regular callbacks run (购买日期).'),
  loanDisbursedOn: days('Days on which loans that still run were paid out (贷款发放日).'),
};

export const profiles = {
  INDIVIDUAL: z.object({
    ...status,
    sex: z.enum(['FEMALE', 'MALE']).optional().describe('Sex (性别).'),
    employer: text('Employer (工作单位).'),
    department: text('Department (部门).'),
    position: text('Position (职务).'),
    keyRelatives: text('Key relatives (重要亲属).'),
    preferences: text('Events, instruments and way of service that the customer chooses (服务偏好).'),
    realNameVerified: flag('The real name was verified (实名核验).'),
    executiveOfCorporateCustomer: flag('Executive of a quality corporate customer (优质企业高管).'),
    publicFigure: flag('Public figure, enterprise head or customer with potential (公众人物、企业负责人、潜力客户).'),
  }),
  INSTITUTION: z.object({
    ...status,
    legalRepresentative: text('Legal representative (法定代表人).'),
    generalManager: text('General manager (总经理).'),
    mainBusiness: text('Main business (主营业务).'),
    employeeCount: z.number().int().nonnegative().optional().describe('Employees (员工人数).'),
    businessStatus: text('Business status (经营状况).'),
    operatingStatus: text('Operating status (运营状况).'),
    internationalBusiness: flag('Its service plan has an international business part (国际业务).'),
  }),
};

/** People, places and what other banks hold leave masked. */
export const sensitive = [
  'address',
  'contactPerson',
  'otherBankDeposits',
  'otherBankLoans',
  'financialPosition',
  'keyRelatives',
  'legalRepresentative',
  'generalManager',
] as const;
