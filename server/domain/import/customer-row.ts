import { z } from 'zod';
import type { CustomerKind, CustomerStage } from '../../../prisma/generated/client/enums.ts';
import { choice, date, flag, needed, optional } from './reading/cells.ts';

export const CUSTOMER_COLUMNS = {
  policyId: { also: ['业务线'] },
  number: { also: ['客户编号'], needed: true },
  kind: { also: ['客户类型'], needed: true },
  stage: { also: ['客户阶段', '客户类别'] },
  name: { also: ['客户名称', '客户姓名'], needed: true },
  phone: { also: ['手机', '手机号码', '联系电话'] },
  email: { also: ['电子邮箱', '邮箱'] },
  idNumber: { also: ['证件号码', '身份证号'] },
  birthday: { also: ['生日', '出生日期'] },
  branchCode: { also: ['机构编号', '网点编号'], needed: true },
  managerNumber: { also: ['客户经理工号', '客户经理编号'] },
  consentVip: { also: ['同意VIP服务'] },
  consentMarketing: { also: ['同意营销'] },
  scheme: { also: ['评级方案'] },
  tier: { also: ['客户等级', '等级'] },
  gradeSince: { also: ['评级日期'] },
} as const;

const KINDS: Readonly<Record<string, CustomerKind>> = {
  个人: 'INDIVIDUAL',
  机构: 'INSTITUTION',
  单位: 'INSTITUTION',
  企业: 'INSTITUTION',
  内部: 'INTERNAL',
};
const STAGES: Readonly<Record<string, CustomerStage>> = {
  潜在: 'POTENTIAL',
  正式: 'FORMAL',
  重点: 'KEY',
  特殊: 'SPECIAL',
  流失: 'LAPSED',
};

/** The cells of a customer's row. What the customer's own rules check (server/domain/customers/rules.ts) is text here. */
export const customerRow = z.object({
  policyId: optional(64),
  number: needed(64),
  kind: choice(['INDIVIDUAL', 'INSTITUTION', 'INTERNAL'], KINDS),
  stage: choice(['POTENTIAL', 'FORMAL', 'KEY', 'SPECIAL', 'LAPSED'], STAGES).nullish(),
  name: needed(200),
  phone: optional(40),
  email: optional(254),
  idNumber: optional(64),
  birthday: date,
  branchCode: needed(64),
  managerNumber: optional(64),
  consentVip: flag,
  consentMarketing: flag,
  scheme: optional(64),
  tier: optional(64),
  gradeSince: date,
});

export type CustomerCells = z.output<typeof customerRow>;
