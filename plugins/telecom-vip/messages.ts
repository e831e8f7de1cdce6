import type { ActionInputs, CustomerFacts, MessageDeclaration, Reason } from '../../server/engine/policy/contract.ts';
import type { Parameters } from './club.ts';

/** What the hall sends (S04-hall-customer-manager). The archive counts service messages. */
export const messages = {
  INTRODUCTION: { label: { en: 'Hall introduction', zh: '营业厅介绍' }, purposes: ['EXPLAIN'] },
  SERVICE: {
    label: { en: 'Service message', zh: '服务短信' },
    purposes: ['CARE', 'GUIDE'],
    counter: 'serviceSmsCount',
  },
  GREETING: { label: { en: 'Holiday greeting', zh: '节日问候' }, purposes: ['GREETING'] },
  MARKETING: { label: { en: 'Marketing message', zh: '营销短信' }, purposes: ['PUBLICISE', 'SUGGEST'] },
} as const satisfies Readonly<Record<string, MessageDeclaration>>;

/** The most service messages of a calendar month: once or twice is stated. */
const SERVICE_A_MONTH = 2;

const DECLINED: Reason = {
  code: 'DECLINED_MESSAGES',
  text: {
    en: 'The customer declined to be kept in the archive: no messages are sent.',
    zh: '客户不愿意的，应予剔除，不得发送短信。',
  },
};
const NOT_AGREED: Reason = {
  code: 'NO_MARKETING_CONSENT',
  text: {
    en: 'Marketing messages go only to customers who were told of them and agreed.',
    zh: '营销短信只能发送给已告知并同意接收的客户。',
  },
};
const TOO_MANY: Reason = {
  code: 'MESSAGE_QUOTA',
  text: {
    en: 'One or two service messages are sent a month, and two were sent.',
    zh: '服务短信每月1至2次，本月已发送2次。',
  },
};
const GREETED: Reason = {
  code: 'GREETING_QUOTA',
  text: {
    en: 'The customer was greeted for this holiday: greetings are limited in number.',
    zh: '该节日已问候客户，节日问候应控制频次。',
  },
};
const UNSIGNED: Reason = {
  code: 'MESSAGE_UNSIGNED',
  text: {
    en: 'Messages are signed with the full name of the hall.',
    zh: '短信须署营业厅完整、正确的名称。',
  },
};

/**
 * What stands against a message, or a greeting beyond those of the holiday.
 *
 * @param agreed whether the customer agreed to marketing
 */
export function messageRefusals(
  { customer, input }: { customer: CustomerFacts | null; input: ActionInputs['SEND_MESSAGE' | 'RECORD_INTERACTION'] },
  agreed: boolean,
  { greetingsPerHoliday }: Parameters,
): Reason[] {
  const { consent } = customer ?? {};
  const sells = (messages.MARKETING.purposes as readonly unknown[]).includes(input.purpose);
  return [
    ...(consent?.vipService === false && consent.marketing === false ? [DECLINED] : []),
    ...(sells && !agreed ? [NOT_AGREED] : []),
    ...(input.kind === 'SERVICE' && Number(input.sentThisMonth) >= SERVICE_A_MONTH ? [TOO_MANY] : []),
    ...(input.kind === 'GREETING' && Number(input.sentThisHoliday ?? 0) >= greetingsPerHoliday ? [GREETED] : []),
    ...(input.signed === false ? [UNSIGNED] : []),
  ];
}
