import {
  addDays,
  addMonths,
  type Because,
  type CareFacts,
  cadence,
  dayEnd,
  dayOf,
  occasionPeriod,
  periodOf,
  type TaskProposal,
} from '../../server/engine/policy/contract.ts';
import { type Parameters, timeZone } from './parameters.ts';

/** What a customer is due today: callbacks, greetings, round visits, the VIP file, post-loan inspections. */
export function care(facts: CareFacts, parameters: Parameters): Because<readonly TaskProposal[]> {
  const departed = facts.customer.stage === 'LAPSED';
  return {
    answer: departed
      ? []
      : [
          ...purchaseCallbacks(facts),
          ...greetings(facts, parameters),
          ...roundVisit(facts, parameters),
          ...vipFile(facts),
          ...postLoan(facts, parameters),
        ],
    because: departed
      ? { en: 'A departed customer is not cared for.', zh: '已流失客户不再安排维护。' }
      : {
          en: 'The maintenance measures and the callback scheme ask for it.',
          zh: '客户关系维护办法及电话回访方案的要求。',
        },
  };
}

/** After a purchase: a week, then within months 4 to 6 and 10 to 12; later only as needed. */
function purchaseCallbacks({ today, customer }: CareFacts): TaskProposal[] {
  return datesIn(customer.profile.purchasedOn).flatMap((bought) =>
    [
      { name: '1w', from: bought, to: addDays(bought, 7), en: 'one week after the purchase', zh: '购买后1周' },
      {
        name: '4-6m',
        from: addMonths(bought, 4),
        to: addMonths(bought, 6),
        en: '4 to 6 months after the purchase',
        zh: '购买后4至6个月',
      },
      {
        name: '10-12m',
        from: addMonths(bought, 10),
        to: addMonths(bought, 12),
        en: '10 to 12 months after the purchase',
        zh: '购买后10至12个月',
      },
    ]
      .filter(({ from, to }) => from <= today && today <= to)
      .map(({ name, from, to, en, zh }) => ({
        key: `callback:${bought}:${name}`,
        title: { en: `Regular callback ${en}`, zh: `${zh}定期回访` },
        origin: 'CALLBACK',
        purpose: name === '1w' ? 'GUIDE' : 'CARE',
        channel: 'PHONE',
        period: { from, to },
        dueAt: dayEnd(to, timeZone),
      })),
  );
}

/** A greeting and a small gift for each statutory holiday, however many days it lasts; each has its own. */
function greetings({ today, holidays, holidaysBefore = [] }: CareFacts, { careLeadDays }: Parameters): TaskProposal[] {
  const occasions = [...holidaysBefore, ...holidays].map(({ on }) => on);
  const horizon = addDays(today, careLeadDays);
  const coming = holidays.filter(({ on }) => today <= on && on <= horizon).sort((a, b) => a.on.localeCompare(b.on));
  const first = coming.filter(({ name }, index) => coming.findIndex((other) => other.name === name) === index);
  return first.flatMap(({ on, name, en }): TaskProposal[] => {
    const key = `holiday:${on}:${name}`;
    const period = occasionPeriod(on, careLeadDays, occasions);
    const due = { origin: 'HOLIDAY', purpose: 'GREETING', period, dueAt: dayEnd(on, timeZone) } as const;
    return [
      {
        ...due,
        key: `${key}:greeting`,
        title: { en: `Holiday greeting: ${en ?? name}`, zh: `节日问候：${name}` },
        channel: 'PHONE',
        metBy: { purposes: ['GREETING'] },
      },
      {
        ...due,
        key: `${key}:gift`,
        title: { en: `Small holiday gift: ${en ?? name}`, zh: `节日小礼品：${name}` },
        channel: 'VISIT',
        metBy: { channels: ['VISIT'], purposes: ['GREETING'] },
      },
    ];
  });
}

/** Round visits reach every customer once a period. */
function roundVisit(facts: CareFacts, { roundVisitMonths }: Parameters): TaskProposal[] {
  return cadence(facts, {
    key: 'round-visit',
    every: roundVisitMonths,
    timeZone,
    by: ['VISIT'],
    title: ({ from, to }) => ({ en: `Round visit, ${from} to ${to}`, zh: `普遍走访（${from} 至 ${to}）` }),
  });
}

/** A branch VIP's file is registered monthly and archived when the year has ended. */
function vipFile({ today, customer, grades = [] }: CareFacts): TaskProposal[] {
  const grade = [customer.grade, ...grades].find((one) => one?.scheme === 'branch');
  if (!grade) return [];
  const [month, year] = [today.slice(0, 7), Number(today.slice(0, 4))];
  const file = { origin: 'REVIEW', purpose: 'OTHER', channel: 'INTERNAL' } as const;
  const register: TaskProposal = {
    ...file,
    duty: 'VIP_FILE_REGISTRATION',
    period: periodOf('MONTH', today),
    key: `vip-file:${month}`,
    title: { en: `Register the VIP file for ${month}`, zh: `登记VIP客户档案（${month}）` },
    dueAt: dayEnd(periodOf('MONTH', today).to, timeZone),
  };
  // Held in the year that ended; January leaves room for a day on which nothing ran.
  if (today.slice(5, 7) !== '01' || dayOf(grade.since, timeZone) >= `${year}-01-01`) return [register];
  const archive: TaskProposal = {
    ...file,
    duty: 'VIP_FILE_ARCHIVE',
    period: { from: `${year - 1}-01-01`, to: `${year - 1}-12-31` },
    key: `vip-file:archive:${year - 1}`,
    title: { en: `Archive the VIP file of ${year - 1}`, zh: `归档 ${year - 1} 年度VIP客户档案` },
    dueAt: dayEnd(`${year}-01-01`, timeZone),
  };
  return [register, archive];
}

/** From the day a loan is paid out: visit, use and periodic monitoring, each with its report. */
function postLoan({ today, customer }: CareFacts, { postLoanMonths }: Parameters): TaskProposal[] {
  return datesIn(customer.profile.loanDisbursedOn)
    .filter((paid) => paid <= today)
    .flatMap((paid) => {
      let round = 1;
      while (addMonths(paid, round * postLoanMonths) < today) round += 1;
      const due = addMonths(paid, round * postLoanMonths);
      return POST_LOAN.map(({ name, title, channel }) => ({
        key: `post-loan:${paid}:${due}:${name}`,
        title,
        origin: 'CADENCE' as const,
        purpose: 'OTHER' as const,
        channel,
        dueAt: dayEnd(due, timeZone),
      }));
    });
}

const POST_LOAN = [
  { name: 'visit', channel: 'VISIT', title: { en: 'Post-loan visit, with report', zh: '贷后走访并提交报告' } },
  {
    name: 'use',
    channel: 'INTERNAL',
    title: { en: 'Monitor the use of the loan, with report', zh: '监控贷款用途并提交报告' },
  },
  {
    name: 'monitoring',
    channel: 'INTERNAL',
    title: { en: 'Periodic post-loan monitoring, with report', zh: '贷后定期监测并提交报告' },
  },
] as const;

/** Each day once: what was bought twice on a day is called back about once. */
function datesIn(value: unknown): string[] {
  return Array.isArray(value) ? [...new Set(value.filter((one) => typeof one === 'string'))] : [];
}
