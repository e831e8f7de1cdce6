import {
  addDays,
  type Because,
  type CareFacts,
  cadence,
  type DayPeriod,
  dayEnd,
  instantAt,
  periodOf,
  type TaskProposal,
} from '../../server/engine/policy/contract.ts';
import { isBusyDay } from './archive.ts';
import { type Parameters, timeZone } from './club.ts';

/** Calendar months in which a tier is contacted at least once (S03-telecom-vip-work). */
const CONTACT_MONTHS: Readonly<Record<string, number>> = { DIAMOND: 1, GOLD: 1, SILVER: 3 };

/** Contents that make a message one of service; the introduction, greetings and offers are others. */
const SERVICE = ['CARE', 'GUIDE'] as const;

/** Ways of greeting, messages among them. */
const GREETED_BY = ['SMS', 'EMAIL', 'WECHAT', 'CHAT', 'PHONE', 'VISIT', 'HALL', 'LETTER'] as const;

/** What a customer is due today: contact by tier, face to face where important, and the hall's messages. */
export function care(facts: CareFacts, parameters: Parameters): Because<readonly TaskProposal[]> {
  const departed = facts.customer.stage === 'LAPSED';
  return {
    answer: departed ? [] : [...contact(facts), ...faceToFace(facts, parameters), ...messages(facts)],
    because: departed
      ? { en: 'A departed customer is cleared from the archive.', zh: '离网客户从档案中清除。' }
      : {
          en: 'Diamond and gold are contacted every month, silver every quarter; the hall keeps in touch by message.',
          zh: '钻、金卡客户每月、银卡客户每季度至少接触一次；营业厅以短信保持联系。',
        },
  };
}

/** One contact a calendar month or quarter; what came before the period does not count. */
function contact(facts: CareFacts): TaskProposal[] {
  const { grade } = facts.customer;
  const months = grade?.scheme === 'club' ? CONTACT_MONTHS[grade.tier] : undefined;
  if (months === undefined) return [];
  return cadence(facts, {
    // A month and a quarter may begin on the same day: a tier that changes between owes the other.
    key: months === 1 ? 'contact' : `contact-${months}-months`,
    every: months,
    timeZone,
    title: ({ to }) => ({ en: `Contact the VIP by ${to}`, zh: `${to} 前接触VIP客户` }),
    warnAt: warning,
  });
}

/** An important VIP is met; calls do not stand in for it. */
function faceToFace(facts: CareFacts, { faceToFaceMonths }: Parameters): TaskProposal[] {
  if (!facts.important || facts.customer.grade?.scheme !== 'club') return [];
  return cadence(facts, {
    key: 'face-to-face',
    every: faceToFaceMonths,
    timeZone,
    by: ['VISIT', 'HALL'],
    title: ({ to }) => ({ en: `Meet the important VIP by ${to}`, zh: `${to} 前与重要VIP客户面对面接触` }),
    warnAt: warning,
  });
}

/** The 25th of the month in which a period ends; the day is ours. */
function warning({ to }: DayPeriod): string {
  return instantAt(`${to.slice(0, 8)}25`, '00:00', timeZone);
}

/** Introduction within a week of storing the number, a service message a month, greetings. */
function messages(facts: CareFacts): TaskProposal[] {
  const { today, customer, createdOn, contacts, messages: sent = [] } = facts;
  if (customer.consent.marketing !== true) return [];
  const tasks: TaskProposal[] = [];
  // A number without a day of entry was stored when its file was opened.
  const enteredOn = customer.profile.enteredOn ?? createdOn;
  if (typeof enteredOn === 'string' && enteredOn <= today && today <= addDays(enteredOn, 7)) {
    const busy = isBusyDay(today)
      ? { en: ' (the hall is busy now, until the 5th)', zh: '（当前至5日为业务高峰期）' }
      : { en: '', zh: '' };
    tasks.push({
      key: 'introduction',
      title: { en: `Introduce the hall by message${busy.en}`, zh: `发送营业厅介绍短信${busy.zh}` },
      origin: 'CADENCE',
      purpose: 'EXPLAIN',
      channel: 'SMS',
      period: { from: enteredOn, to: addDays(enteredOn, 7) },
      metBy: { channels: ['SMS'], purposes: ['EXPLAIN'], late: true },
      dueAt: dayEnd(addDays(enteredOn, 7), timeZone),
    });
  }
  const month = periodOf('MONTH', today);
  const served = [...contacts, ...sent].some(
    ({ on, channel, purpose }) =>
      channel === 'SMS' && (SERVICE as readonly string[]).includes(purpose) && month.from <= on && on <= month.to,
  );
  if (!served) {
    tasks.push({
      key: `service-sms:${month.from}`,
      title: {
        en: 'Send the service message of the month, signed with the hall name',
        zh: '发送本月服务短信，署营业厅名称',
      },
      origin: 'CADENCE',
      purpose: 'CARE',
      channel: 'SMS',
      period: month,
      metBy: { channels: ['SMS'], purposes: [...SERVICE] },
      dueAt: dayEnd(month.to, timeZone),
    });
  }
  return [...tasks, ...greeting(facts)];
}

/** One greeting a holiday, however many days it lasts and by whatever way; who was greeted before it begins is not again. */
function greeting({
  today,
  contacts,
  messages: sent = [],
  holidays,
  holidaySeasonFrom = today,
}: CareFacts): TaskProposal[] {
  const holiday = holidays.find(({ on }) => on === today);
  const greeted = [...contacts, ...sent].some(
    ({ on, purpose }) => purpose === 'GREETING' && holidaySeasonFrom <= on && on <= today,
  );
  if (!holiday || greeted) return [];
  return [
    {
      key: `holiday:${today}:${holiday.name}`,
      title: {
        en: `Holiday greeting signed with the hall name: ${holiday.en ?? holiday.name}`,
        zh: `节日问候短信，署营业厅名称：${holiday.name}`,
      },
      origin: 'HOLIDAY',
      purpose: 'GREETING',
      channel: 'SMS',
      period: { from: today, to: today },
      metBy: { channels: [...GREETED_BY], purposes: ['GREETING'] },
      dueAt: dayEnd(today, timeZone),
    },
  ];
}
