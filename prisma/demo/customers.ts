import type { Cells } from './cells.ts';
import { birthday, company, idNumber, landline, mobile, personName } from './people.ts';
import type { Random } from './random.ts';
import { POSITIONS, STREETS } from './words.ts';

const PER_LINE = 220;
const MONTHS = 13;

/** The day on which the files are as if exported (README.md). */
const ANCHOR = Date.parse('2026-11-01');
const DAY = 86_400_000;

/** A day so many days before the export. */
export function daysBefore(days: number): string {
  return new Date(ANCHOR - days * DAY).toISOString().slice(0, 10);
}

/** Last days of months, the earliest first, the last of them the day before the export. */
const MONTH_ENDS = Array.from({ length: MONTHS }, (_, index) =>
  new Date(Date.UTC(2026, 10 - (MONTHS - 1 - index), 0)).toISOString().slice(0, 10),
);

function placeOf(prefix: string, index: number): { branchCode: string; managerNumber: string } {
  const branchCode = `${prefix}-${index % 2 === 0 ? 'A' : 'B'}`;
  return { branchCode, managerNumber: `${branchCode}-CM${(Math.floor(index / 2) % 3) + 1}` };
}

function numberOf(prefix: string, index: number): string {
  return `${prefix}${String(100_001 + index)}`;
}

function addressOf(random: Random): string {
  return `${random.pick(STREETS)}${random.between(1, 399)}号`;
}

/** Tiers from the best, each with how many of a hundred hold it. */
function tierOf(random: Random, shares: readonly (readonly [tier: string, share: number])[]): string {
  let left = random.between(0, 99);
  for (const [tier, share] of shares) {
    if (left < share) return tier;
    left -= share;
  }
  return '';
}

/** The bank's customers: English column names, people and companies. */
export function bankCustomers(random: Random): Cells[] {
  return Array.from({ length: PER_LINE }, (_, index) =>
    index % 10 < 7 ? bankPerson(random, index) : bankCompany(random, index),
  );
}

function bankPerson(random: Random, index: number): Cells {
  const born = birthday(random);
  const consents = random.chance(0.85);
  const tier = consents
    ? tierOf(random, [
        ['DIAMOND', 6],
        ['PLATINUM', 14],
        ['GOLD', 35],
      ])
    : '';
  const hasLoan = random.chance(0.15);
  return {
    number: numberOf('BK', index),
    kind: 'INDIVIDUAL',
    stage: tier === 'DIAMOND' ? 'KEY' : random.chance(0.85) ? 'FORMAL' : 'POTENTIAL',
    name: personName(random),
    phone: mobile(random),
    email: `bk${index + 1}@example.com`,
    idNumber: idNumber(random, born),
    birthday: born,
    ...placeOf('BK', index),
    consentVip: consents,
    consentMarketing: consents && random.chance(0.6),
    scheme: tier && 'personal',
    tier,
    gradeSince: tier && daysBefore(random.between(20, 700)),
    'profile.address': addressOf(random),
    'profile.sex': random.pick(['FEMALE', 'MALE']),
    'profile.employer': random.chance(0.5) ? company(random).name : '',
    'profile.position': random.pick(POSITIONS),
    'profile.riskTolerance': random.between(1, 5),
    // A personal card takes a verified name; among the others some are still to be verified.
    'profile.realNameVerified': random.chance(0.95) || tier !== '',
    'profile.publicFigure': random.chance(0.03),
    'profile.purchasedOn': random.chance(0.4)
      ? [random.between(120, 300), random.between(2, 60)].map(daysBefore).join(';')
      : '',
    'profile.loanDisbursedOn': hasLoan ? daysBefore(random.between(30, 500)) : '',
  };
}

function bankCompany(random: Random, index: number): Cells {
  const { name, trade } = company(random);
  const tier = tierOf(random, [
    ['PRESTIGE', 8],
    ['DIAMOND', 12],
    ['PLATINUM', 20],
    ['GOLD', 30],
  ]);
  return {
    number: numberOf('BK', index),
    kind: 'INSTITUTION',
    stage: tier === 'PRESTIGE' ? 'KEY' : 'FORMAL',
    name,
    phone: landline(random),
    email: `finance${index + 1}@example.com`,
    ...placeOf('BK', index),
    consentVip: true,
    consentMarketing: random.chance(0.5),
    scheme: tier && 'corporate',
    tier,
    gradeSince: tier && daysBefore(random.between(20, 300)),
    'profile.address': addressOf(random),
    'profile.contactPerson': personName(random),
    'profile.legalRepresentative': personName(random),
    'profile.generalManager': personName(random),
    'profile.mainBusiness': trade,
    'profile.employeeCount': random.between(8, 1800),
    'profile.internationalBusiness': random.chance(0.2),
    'profile.otherBankDeposits': random.chance(0.4) ? random.between(10, 900) * 10_000 : '',
  };
}

/** The telecom operator's customers: Chinese column names, the business hall's archive. */
export function telecomCustomers(random: Random): Cells[] {
  return Array.from({ length: PER_LINE }, (_, index): Cells => {
    const { branchCode, managerNumber } = placeOf('TL', index);
    const common = { 网点编号: branchCode, 客户经理工号: managerNumber };
    const enteredOn = daysBefore(random.between(3, 900));
    if (index % 20 >= 17) {
      const { name, trade } = company(random);
      return {
        客户编号: numberOf('TL', index),
        客户类型: '单位',
        客户阶段: '正式',
        客户名称: name,
        手机号码: landline(random),
        ...common,
        同意VIP服务: '是',
        同意营销: '否',
        'profile.industry': trade,
        'profile.contactPerson': personName(random),
        'profile.address': addressOf(random),
        'profile.enteredOn': enteredOn,
      };
    }
    const tier = tierOf(random, [
      ['DIAMOND', 6],
      ['GOLD', 16],
      ['SILVER', 34],
    ]);
    return {
      客户编号: numberOf('TL', index),
      客户类型: '个人',
      客户阶段: tier === 'DIAMOND' ? '重点' : '正式',
      客户名称: personName(random),
      手机号码: mobile(random),
      生日: birthday(random),
      ...common,
      同意VIP服务: '是',
      同意营销: random.chance(0.7) ? '是' : '否',
      评级方案: tier && 'club',
      客户等级: tier,
      评级日期: tier && daysBefore(random.between(20, 600)),
      'profile.district': random.pick(['东区', '西区', '南区']),
      'profile.hall': branchCode === 'TL-A' ? '电信人民路营业厅' : 'Telecom Airport Hall',
      'profile.brand': random.between(1, 3),
      'profile.sex': random.pick(['FEMALE', 'MALE']),
      'profile.phoneHabits': random.chance(0.6) ? [random.between(1, 2), random.between(3, 4)].join(';') : '',
      'profile.preference': random.between(1, 4),
      'profile.serviceSmsCount': random.between(0, 24),
      'profile.address': addressOf(random),
      'profile.enteredOn': enteredOn,
    };
  });
}

/** The broadband company's key accounts: leaders and partners, and groups. */
export function broadbandCustomers(random: Random): Cells[] {
  return Array.from({ length: PER_LINE }, (_, index): Cells => {
    const isGroup = index % 2 === 1 ? random.chance(0.6) : random.chance(0.4);
    const isKey = random.chance(0.85);
    const shared = {
      ...placeOf('BB', index),
      consentVip: true,
      consentMarketing: random.chance(0.5),
      scheme: isKey ? 'key-account' : '',
      tier: isKey ? 'KEY_ACCOUNT' : '',
      gradeSince: isKey ? daysBefore(random.between(20, 900)) : '',
      'profile.keyAccountType': isKey ? (isGroup ? 'GROUP' : random.pick(['SPECIAL_LEADER', 'SPECIAL_PARTNER'])) : '',
      'profile.address': addressOf(random),
      'profile.smartCardNo': `99${String(random.between(0, 99_999_999)).padStart(8, '0')}`,
      'profile.deviceNo': `STB-${random.between(10_000, 99_999)}`,
      'profile.networkStatus': random.pick(['TWO_WAY', 'TWO_WAY', 'NOT_TWO_WAY', 'OFF_NETWORK']),
      'profile.services': random.pick(['HD;Sports', 'HD', 'HD;4K;Movies', 'Business line']),
      'profile.serviceOpenedOn': daysBefore(random.between(60, 700)),
      // A few expire within the fortnight that the weekly scan looks ahead.
      'profile.serviceExpiresOn': daysBefore(-random.between(2, 240)),
      'profile.anniversary': `${random.between(1995, 2023)}-${String(random.between(1, 12)).padStart(2, '0')}-${String(random.between(1, 28)).padStart(2, '0')}`,
    };
    const number = numberOf('BB', index);
    if (isGroup) {
      const { name } = company(random);
      return {
        number,
        kind: 'INSTITUTION',
        stage: isKey ? 'KEY' : 'FORMAL',
        name,
        phone: landline(random),
        email: `office${index + 1}@example.com`,
        ...shared,
        'profile.contactPerson': personName(random),
        'profile.employeeCount': random.between(5, 900),
      };
    }
    const born = birthday(random);
    return {
      number,
      kind: 'INDIVIDUAL',
      stage: isKey ? 'SPECIAL' : 'FORMAL',
      name: personName(random),
      phone: mobile(random),
      email: `bb${index + 1}@example.com`,
      idNumber: idNumber(random, born),
      birthday: born,
      ...shared,
      'profile.sex': random.pick(['FEMALE', 'MALE']),
      'profile.employer': company(random).name,
      'profile.position': random.pick(POSITIONS),
    };
  });
}

/** The level of a customer's figures, by the tier that they were graded to. */
const BALANCES: Readonly<Record<string, number>> = {
  DIAMOND: 6_000_000,
  PLATINUM: 1_500_000,
  GOLD: 400_000,
  PRESTIGE: 80_000_000,
};

/** Month ends of the bank's core system. */
export function bankMetrics(random: Random, customers: readonly Cells[]): Cells[] {
  return customers.flatMap(({ number = '', kind, tier }) => {
    const isPerson = kind === 'INDIVIDUAL';
    const level = (BALANCES[String(tier)] ?? (isPerson ? 60_000 : 3_000_000)) * (0.6 + random.next());
    const trend = 0.985 + random.next() * 0.04;
    return MONTH_ENDS.flatMap((asOf, month) => {
      const total = level * trend ** month * (0.94 + random.next() * 0.12);
      const figure = (key: string, value: number): Cells => ({
        customerNumber: number,
        key,
        value: value.toFixed(2),
        asOf,
        source: 'core-banking',
      });
      if (isPerson) {
        return [
          figure('TOTAL_BALANCE', total),
          figure('DAILY_AVG_DEPOSIT', total * 0.55),
          figure('DEMAND_DEPOSIT_MONTHLY_AVG_1Y', total * 0.2),
          figure('TIME_DEPOSIT_REALTIME', total * 0.35),
        ];
      }
      const points = (key: string) => ({ ...figure(key, random.between(40, 98)), source: 'crm' });
      return [
        figure('DAILY_AVG_DEPOSIT', total * 0.4),
        figure('DAILY_AVG_LOAN', total * 0.25),
        points('LOYALTY'),
        points('CONTRIBUTION'),
        points('GROWTH'),
      ];
    });
  });
}

const SPENDING: Readonly<Record<string, number>> = { DIAMOND: 620, GOLD: 330, SILVER: 190 };

/** Month ends of the telecom operator's billing system. */
export function telecomMetrics(random: Random, customers: readonly Cells[]): Cells[] {
  return customers.flatMap(({ 客户编号: number = '', 客户类型: kind, 客户等级: tier }) => {
    const level = kind === '单位' ? 2_400 : (SPENDING[String(tier)] ?? 85);
    return MONTH_ENDS.map(
      (asOf): Cells => ({
        客户编号: number,
        指标: 'MONTHLY_SPEND',
        数值: (level * (0.8 + random.next() * 0.4)).toFixed(2),
        日期: asOf,
        来源: 'billing',
      }),
    );
  });
}
