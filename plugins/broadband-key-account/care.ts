import {
  addDays,
  type Because,
  type CareFacts,
  cadence,
  dayEnd,
  nextAnniversary,
  periodOf,
  type TaskProposal,
} from '../../server/policy/contract.ts';
import { type Parameters, timeZone } from './accounts.ts';

/** Days before expiry by which the approval of a renewal has started (S03-broadband-key-account). */
const RENEWAL_STARTS_DAYS = 7;

/** What a key account is due today: review, renewal, reminder, birthday, holidays, service on site. */
export function care(facts: CareFacts, parameters: Parameters): Because<readonly TaskProposal[]> | undefined {
  const { stage, profile } = facts.customer;
  if (stage === 'LAPSED' || typeof profile.keyAccountType !== 'string') return undefined;
  return {
    answer: [
      ...weeklyReview(facts),
      ...renewal(facts, parameters),
      ...birthday(facts, parameters),
      ...anniversary(facts, parameters),
      ...holidays(facts, parameters),
      ...groupService(facts),
    ],
    because: { en: 'The key-account service standard asks for it.', zh: '大客户服务管理业务规范的要求。' },
  };
}

/** Situation and needs are reviewed every week; unreviewed by the end of Sunday it is missing. */
function weeklyReview({ today }: CareFacts): TaskProposal[] {
  const { from, to } = periodOf('WEEK', today);
  const title = { en: `Review situation and needs, week of ${from}`, zh: `每周分析客户情况与需求（${from} 起）` };
  return [
    {
      key: `review:${from}`,
      title,
      origin: 'REVIEW',
      purpose: 'OTHER',
      channel: 'INTERNAL',
      duty: 'WEEKLY_REVIEW',
      period: { from, to },
      dueAt: dayEnd(to, timeZone),
    },
  ];
}

/** Approval of a renewal starts a week ahead; the customer hears before anything lapses. */
function renewal(
  { today, customer }: CareFacts,
  { renewalLookAheadDays, expiryReminderDays }: Parameters,
): TaskProposal[] {
  const expires = customer.profile.serviceExpiresOn;
  if (typeof expires !== 'string' || expires < today) return [];
  const tasks: TaskProposal[] = [];
  // The scan is weekly, on Mondays; what it could not see any more in time is found on the day on which it has to start.
  const starts = addDays(expires, -RENEWAL_STARTS_DAYS);
  if (addDays(expires, -renewalLookAheadDays) <= periodOf('WEEK', today).from || starts <= today) {
    tasks.push({
      key: `renewal:${expires}`,
      title: { en: `Start the approval of the renewal; expiry ${expires}`, zh: `启动续费审批（${expires} 到期）` },
      origin: 'RENEWAL',
      purpose: 'RENEWAL',
      channel: 'INTERNAL',
      approval: 'RENEWAL',
      dueAt: dayEnd(starts, timeZone),
    });
  }
  if (addDays(expires, -expiryReminderDays) <= today) {
    tasks.push({
      key: `expiry:${expires}`,
      title: { en: `Tell the customer of the expiry on ${expires}`, zh: `提醒客户产品将于 ${expires} 到期` },
      origin: 'RENEWAL',
      purpose: 'RENEWAL',
      channel: 'PHONE',
      metBy: { purposes: ['RENEWAL'] },
      period: { from: addDays(expires, -expiryReminderDays), to: addDays(expires, -1) },
      dueAt: dayEnd(addDays(expires, -1), timeZone),
    });
  }
  return tasks;
}

/** An important customer's birthday: flowers, cake and card delivered, and a message. */
function birthday({ today, birthday: born, important }: CareFacts, { careLeadDays }: Parameters): TaskProposal[] {
  if (!important || born === null) return [];
  const on = nextAnniversary(born, today);
  if (addDays(on, -careLeadDays) > today) return [];
  return BIRTHDAY.map(({ name, title, channel }) => ({
    key: `birthday:${on}:${name}`,
    title,
    origin: 'BIRTHDAY' as const,
    purpose: 'GREETING' as const,
    channel,
    dueAt: dayEnd(on, timeZone),
  }));
}

const BIRTHDAY = [
  { name: 'flowers', channel: 'VISIT', title: { en: 'Deliver birthday flowers', zh: '送生日鲜花' } },
  { name: 'cake', channel: 'VISIT', title: { en: 'Deliver the birthday cake', zh: '送生日蛋糕' } },
  { name: 'card', channel: 'VISIT', title: { en: 'Deliver the birthday card', zh: '送生日贺卡' } },
  { name: 'sms', channel: 'SMS', title: { en: 'Send the birthday message', zh: '发送生日祝福短信' } },
] as const;

function anniversary({ today, customer }: CareFacts, { careLeadDays }: Parameters): TaskProposal[] {
  const since = customer.profile.anniversary;
  if (typeof since !== 'string') return [];
  const on = nextAnniversary(since, today);
  if (addDays(on, -careLeadDays) > today) return [];
  const title = { en: 'Anniversary care: visit, call or message', zh: '纪念日关怀：走访、电话或短信' };
  return [
    {
      key: `anniversary:${on}`,
      title,
      origin: 'HOLIDAY',
      purpose: 'GREETING',
      channel: 'PHONE',
      period: { from: addDays(on, -careLeadDays), to: on },
      metBy: { purposes: ['GREETING'] },
      dueAt: dayEnd(on, timeZone),
    },
  ];
}

/** One care task a holiday, however many days it lasts. */
function holidays({ today, holidays: known }: CareFacts, { careLeadDays }: Parameters): TaskProposal[] {
  const horizon = addDays(today, careLeadDays);
  const coming = known.filter(({ on }) => today <= on && on <= horizon).sort((a, b) => a.on.localeCompare(b.on));
  return coming
    .filter(({ name }, index) => coming.findIndex((other) => other.name === name) === index)
    .map(({ on, name, en }) => ({
      key: `holiday:${on.slice(0, 4)}:${name}`,
      title: { en: `Holiday care: ${en ?? name}`, zh: `节日关怀：${name}` },
      origin: 'HOLIDAY',
      purpose: 'GREETING',
      channel: 'PHONE',
      period: { from: addDays(on, -careLeadDays), to: on },
      metBy: { purposes: ['GREETING'] },
      dueAt: dayEnd(on, timeZone),
    }));
}

/** A group customer is served on site once a month: boxes, cards and payments on its behalf. */
function groupService(facts: CareFacts): TaskProposal[] {
  if (facts.customer.profile.keyAccountType !== 'GROUP') return [];
  return cadence(facts, {
    key: 'on-site',
    every: 'MONTH',
    timeZone,
    by: ['VISIT'],
    title: () => ({
      en: 'On-site service: set-top boxes, smart cards, payments',
      zh: '上门服务：代办机顶盒、智能卡、缴费',
    }),
  });
}
