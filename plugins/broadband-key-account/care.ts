import {
  addDays,
  type Because,
  type CareFacts,
  cadence,
  dayEnd,
  nextAnniversary,
  occasionPeriod,
  periodOf,
  type TaskProposal,
} from '../../server/engine/policy/contract.ts';
import { type Parameters, timeZone } from './accounts.ts';

/** Days before expiry by which the approval of a renewal has started (S03-broadband-key-account). */
const RENEWAL_STARTS_DAYS = 7;

/** Ways of reaching a customer, messages that were sent among them: care is by visit, telephone, SMS or e-mail. */
const REACHED_BY = ['VISIT', 'PHONE', 'SMS', 'EMAIL', 'WECHAT', 'CHAT', 'HALL', 'HOTLINE', 'LETTER', 'WEB'] as const;

/** What a key account is due today: review, renewal, reminder, birthday, holidays, service on site. */
export function care(facts: CareFacts, parameters: Parameters): Because<readonly TaskProposal[]> | undefined {
  const { stage, profile } = facts.customer;
  if (stage === 'LAPSED' || typeof profile.keyAccountType !== 'string') return undefined;
  const occasions = occasionsOf(facts, parameters);
  return {
    answer: [
      ...weeklyReview(facts),
      ...renewal(facts, parameters),
      ...birthday(facts, parameters),
      ...anniversary(facts, parameters, occasions),
      ...holidays(facts, parameters, occasions),
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
  { today, customer, contacts, messages = [] }: CareFacts,
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
  // Told once since the renewal came into sight is told; contact before may have been about another expiry.
  const sight = {
    from: addDays(expires, -Math.max(renewalLookAheadDays, expiryReminderDays)),
    to: addDays(expires, -1),
  };
  const told = [...contacts, ...messages].some(
    ({ on, purpose }) => purpose === 'RENEWAL' && sight.from <= on && on <= sight.to,
  );
  if (!told && addDays(expires, -expiryReminderDays) <= today) {
    tasks.push({
      key: `expiry:${expires}`,
      title: { en: `Tell the customer of the expiry on ${expires}`, zh: `提醒客户产品将于 ${expires} 到期` },
      origin: 'RENEWAL',
      purpose: 'RENEWAL',
      channel: 'PHONE',
      metBy: { channels: [...REACHED_BY], purposes: ['RENEWAL'] },
      period: sight,
      dueAt: dayEnd(sight.to, timeZone),
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

/** The days of a customer's occasions, those just past too: a greeting is for the one that comes next. */
function occasionsOf(
  { today, customer, birthday: born, important, holidays: known, holidaysBefore = [] }: CareFacts,
  { careLeadDays }: Parameters,
): string[] {
  const returning = [customer.profile.anniversary, important ? born : null].filter((date) => typeof date === 'string');
  const since = addDays(today, -careLeadDays);
  return [
    ...[...holidaysBefore, ...known].map(({ on }) => on),
    ...returning.flatMap((date) => [nextAnniversary(date, since), nextAnniversary(date, today)]),
  ];
}

function anniversary(
  { today, customer }: CareFacts,
  { careLeadDays }: Parameters,
  occasions: readonly string[],
): TaskProposal[] {
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
      period: occasionPeriod(on, careLeadDays, occasions),
      metBy: { channels: [...REACHED_BY], purposes: ['GREETING'] },
      dueAt: dayEnd(on, timeZone),
    },
  ];
}

/** One care task a holiday, however many days it lasts. */
function holidays(
  { today, holidays: known }: CareFacts,
  { careLeadDays }: Parameters,
  occasions: readonly string[],
): TaskProposal[] {
  const horizon = addDays(today, careLeadDays);
  const coming = known.filter(({ on }) => today <= on && on <= horizon).sort((a, b) => a.on.localeCompare(b.on));
  return coming
    .filter(({ name }, index) => coming.findIndex((other) => other.name === name) === index)
    .map(({ on, name, en }) => ({
      key: `holiday:${on}:${name}`,
      title: { en: `Holiday care: ${en ?? name}`, zh: `节日关怀：${name}` },
      origin: 'HOLIDAY',
      purpose: 'GREETING',
      channel: 'PHONE',
      period: occasionPeriod(on, careLeadDays, occasions),
      metBy: { channels: [...REACHED_BY], purposes: ['GREETING'] },
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
