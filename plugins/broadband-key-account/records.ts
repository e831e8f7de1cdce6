import { field, type RecordDeclaration, record, step, z } from '../../server/engine/policy/contract.ts';

const result = (en: string, zh: string) => z.object({ result: field.text({ en, zh }) });

/** Provisioning in its steps, and the plans of visits. */
export const records = {
  // The device is checked before the programme is activated; after it come the callback and the result to the leader.
  PROVISIONING_WORK: record({
    label: { en: 'Provisioning at the customer', zh: '大客户开通' },
    source: 'S03-broadband-key-account',
    about: 'CUSTOMER',
    fields: z.object({
      service: field.text({ en: 'Service', zh: '业务' }, 200),
      installer: field.text({ en: 'Installer', zh: '安装人员' }, 200).optional(),
    }),
    steps: [
      step('DEVICE_CHECKED', { en: 'Device checked', zh: '设备检查' }, { brings: result('Result', '检查结果') }),
      step('ACTIVATED', { en: 'Programme activated', zh: '节目开通' }),
      step(
        'ACCOMPANIED',
        { en: 'The manager accompanied the installer', zh: '客户经理陪同安装' },
        { optional: true, brings: result('What was seen', '现场情况') },
      ),
      step('CALLED_BACK', { en: 'Called back', zh: '回访' }, { brings: result('Result', '回访结果') }),
      step('REPORTED', { en: 'Result given to the leader', zh: '结果上报领导' }),
      step('ARCHIVED', { en: 'Archived', zh: '归档' }),
    ],
  }),
  VISIT_PLAN: record({
    label: { en: 'Work plan and visit plan for own customers', zh: '客户工作计划与拜访计划' },
    source: 'S03-broadband-key-account',
    about: 'PERSON',
    startedBy: ['SUBJECT'],
    fields: z.object({
      from: field.day({ en: 'From', zh: '起始日期' }),
      to: field.day({ en: 'To', zh: '截止日期' }),
      strategy: field.text({ en: 'Strategy', zh: '服务策略' }, 4000),
      visits: field.text({ en: 'Visits', zh: '拜访安排' }, 4000),
    }),
  }),
  DEPARTMENT_CONTACT: record({
    label: { en: 'Contact of a department', zh: '部门联系人' },
    source: 'S03-broadband-key-account',
    about: 'LINE',
    fields: z.object({
      department: field.text({ en: 'Department', zh: '部门' }, 200),
      contact: field.text({ en: 'Contact', zh: '联系人' }, 200),
    }),
    statuses: {
      IN_FORCE: { label: { en: 'In force', zh: '有效' } },
      ENDED: { label: { en: 'Ended', zh: '已终止' }, closes: true },
    },
  }),
} as const satisfies Readonly<Record<string, RecordDeclaration>>;
