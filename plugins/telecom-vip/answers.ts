import {
  type Answers,
  type Because,
  Decimal,
  type Facts,
  type GuardFacts,
  type GuardOffer,
  hours,
  type PromiseFacts,
  type PromiseOffer,
  refuse,
  type TicketTypeDeclaration,
} from '../../server/engine/policy/contract.ts';
import type { Parameters } from './club.ts';
import { messageRefusals } from './messages.ts';

export const ticketTypes = {
  COMPLAINT: { label: { en: 'Complaint', zh: '投诉' } },
  INQUIRY: { label: { en: 'Inquiry', zh: '咨询' } },
  SERVICE_REQUEST: { label: { en: 'Service request', zh: '业务办理' } },
  WORK_ORDER: { label: { en: '10086 complaint work order', zh: '10086投诉工单' } },
} as const satisfies Readonly<Record<string, TicketTypeDeclaration>>;

/** A 10086 work order is a complaint that reached the hotline instead of the hall. */
const COMPLAINTS: readonly string[] = ['COMPLAINT', 'WORK_ORDER'];

/** Complaints are answered promptly, at any hour: the customer manager's phone is on all day. */
export function promise(
  { ticket }: PromiseFacts,
  { complaintHours }: Parameters,
): Because<readonly PromiseOffer<'duty' | 'always'>[]> | undefined {
  if (!COMPLAINTS.includes(ticket.type)) return undefined;
  return {
    answer: [{ metric: 'FIRST_RESPONSE', target: hours(complaintHours), calendar: 'always' }],
    because: {
      en: `A complaint is answered within ${complaintHours} hours, day and night.`,
      zh: `投诉须在 ${complaintHours} 小时内答复，全天24小时计时。`,
    },
  };
}

/** Who declines is not kept, nobody is sold to unasked, complaints stay in the process. */
export function guard(
  { action, customer, ticket, input }: GuardFacts,
  parameters: Parameters,
): Because<GuardOffer> | undefined {
  if (action === 'CREATE_CUSTOMER' && customer?.consent.vipService === false && customer.consent.marketing === false) {
    return refuse('CUSTOMER_DECLINED', {
      en: 'A customer who declines is not entered in the archive.',
      zh: '客户不愿意的，应予剔除，不得建档。',
    });
  }
  if (action === 'SEND_MESSAGE' || (action === 'RECORD_INTERACTION' && input.channel === 'SMS')) {
    const unasked = customer?.consent.marketing !== true;
    const refusals = messageRefusals({ customer, input }, !unasked, parameters);
    const [first] = refusals;
    return first && { answer: { refusals }, because: first.text };
  }
  if (action === 'ACTIVATE_SERVICE' && input.consentRecorded !== true) {
    return refuse('NO_SERVICE_CONSENT', {
      en: "A service is switched on only with the customer's recorded consent.",
      zh: '未经客户同意并记录，不得开通业务。',
    });
  }
  const complaint = ticket !== null && COMPLAINTS.includes(ticket.type);
  if (action === 'CLOSE_TICKET' && complaint && (ticket.status !== 'RESOLVED' || !ticket.assigned)) {
    return refuse('OUTSIDE_PROCESS', {
      en: "Complaints are never handled outside the company's process: assigned, resolved, then closed.",
      zh: '不得在公司流程之外处理投诉：须先派单、解决，再关闭。',
    });
  }
  return undefined;
}

/** Stated by S03-telecom-vip-work, strictly below: yearly churn of all VIPs, and of diamond and gold. */
const CHURN = '3.5';
const CHURN_TOP_TIERS = '2';

/** Churn of the period, and satisfaction against the period before: any rise is a rise. */
export function measure({ figures, before }: Facts['measure']): Because<Answers['measure']> {
  const churn = (key: 'CHURN' | 'CHURN_TOP_TIERS', target: string, en: string, zh: string) => {
    const actual = figures[key] ?? null;
    return {
      key,
      label: { en, zh },
      target,
      actual,
      unit: 'percent',
      met: actual === null ? null : new Decimal(actual).lt(target),
    };
  };
  const satisfaction = figures.SATISFACTION ?? null;
  return {
    answer: [
      churn('CHURN', CHURN, 'Churn of all VIPs, below', 'VIP客户累计离网率（低于）'),
      churn('CHURN_TOP_TIERS', CHURN_TOP_TIERS, 'Churn of diamond and gold, below', '钻金卡客户离网率（低于）'),
      // Without a figure of the period before there is nothing to be better than.
      ...(before.SATISFACTION === undefined
        ? []
        : [
            {
              key: 'SATISFACTION',
              label: { en: 'VIP satisfaction, above the period before', zh: 'VIP客户满意度（高于上期）' },
              target: before.SATISFACTION,
              actual: satisfaction,
              unit: 'percent',
              met: satisfaction === null ? null : new Decimal(satisfaction).gt(before.SATISFACTION),
            },
          ]),
    ],
    because: {
      en: 'Churn below 3.5 % of all VIPs and below 2 % of diamond and gold; satisfaction above the period before.',
      zh: 'VIP客户离网率低于3.5%，钻金卡客户低于2%；满意度较上期提升。',
    },
  };
}
