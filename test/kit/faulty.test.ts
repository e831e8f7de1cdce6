// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these texts are pieces of source
import { afterAll, expect, test } from 'vitest';
import { findingsAfter } from './support.ts';

/**
 * Faults such as people make, one in each copy of our own plugins: a text is replaced, the kit has to find it and to name
 * the place.
 */
interface Fault {
  readonly it: string;
  readonly plugin: string;
  readonly file: string;
  readonly from: string;
  readonly to: string;
  /** A piece of the sentence: where it is wrong. */
  readonly place: RegExp;
}

const bank = (it: string, file: string, from: string, to: string, place: RegExp): Fault => ({
  it,
  plugin: 'bank-vip',
  file,
  from,
  to,
  place,
});
const telecom = (...[it, file, ...rest]: Parameters<typeof bank>): Fault => ({
  ...bank(it, file, ...rest),
  plugin: 'telecom-vip',
});
const broadband = (...[it, file, ...rest]: Parameters<typeof bank>): Fault => ({
  ...bank(it, file, ...rest),
  plugin: 'broadband-key-account',
});

const FAULTS: readonly Fault[] = [
  bank(
    'both deposits are asked for instead of either',
    'schemes.ts',
    "when: any(\n          atLeast('DEMAND_DEPOSIT",
    "when: ((...of: any[]) => ({ op: 'all' as const, of }))(\n          atLeast('DEMAND_DEPOSIT",
    /the demand threshold is included \(A-001\)/,
  ),
  bank(
    'the demand threshold is excluded',
    'schemes.ts',
    "atLeast('DEMAND_DEPOSIT_MONTHLY_AVG_1Y', parameter('ruralDemandDepositFrom'))",
    "{ ...atLeast('DEMAND_DEPOSIT_MONTHLY_AVG_1Y', parameter('ruralDemandDepositFrom')), op: 'above' as const }",
    /A-001/,
  ),
  bank(
    'the two rural thresholds are exchanged',
    'schemes.ts',
    "atLeast('TIME_DEPOSIT_REALTIME', parameter('ruralTimeDepositFrom'))",
    "atLeast('TIME_DEPOSIT_REALTIME', parameter('ruralDemandDepositFrom'))",
    /A-007/,
  ),
  bank(
    'platinum and diamond are exchanged in the bands',
    'schemes.ts',
    "{ tier: 'DIAMOND', from: parameter('personalDiamondFrom') },\n      { tier: 'PLATINUM', from: parameter('personalPlatinumFrom') }",
    "{ tier: 'PLATINUM', from: parameter('personalDiamondFrom') },\n      { tier: 'DIAMOND', from: parameter('personalPlatinumFrom') }",
    /parameter personalDiamondFrom|scheme personal/,
  ),
  bank(
    'a tier is forgotten in the rule',
    'schemes.ts',
    "      { tier: 'PLATINUM', from: parameter('personalPlatinumFrom') },\n",
    '',
    /scheme personal, tier PLATINUM/,
  ),
  bank(
    'a tier is misspelt in the rule',
    'schemes.ts',
    "{ tier: 'GOLD', from: parameter('personalGoldFrom') }",
    "{ tier: 'GLOD', from: parameter('personalGoldFrom') }",
    /scheme personal: it names the tier GLOD/,
  ),
  bank(
    'the list asks for a metric too few',
    'schemes.ts',
    "rule: annualList(['DAILY_AVG_DEPOSIT', 'LOYALTY', 'CONTRIBUTION', 'GROWTH'])",
    "rule: annualList(['DAILY_AVG_DEPOSIT', 'LOYALTY', 'CONTRIBUTION'])",
    /A-030/,
  ),
  bank(
    'weights no longer sum to 100',
    'parameters.ts',
    "default: '35'",
    "default: '30'",
    /depositWeight does not sum to 100/,
  ),
  bank(
    'a band of the total is out of order',
    'parameters.ts',
    "default: '80'",
    "default: '40'",
    /improveFrom is not below maintainFrom/,
  ),
  bank(
    'a default is no value of its schema',
    'parameters.ts',
    'default: 15,',
    "default: 'fifteen',",
    /parameters\.disputeDays/,
  ),
  bank(
    'two amounts are compared as texts',
    'approvals.ts',
    'total.amount.lt(specialistLimit)',
    'String(total.amount) < specialistLimit',
    /below S a specialist|at S a manager/,
  ),
  bank(
    'the limit of the manager is excluded',
    'approvals.ts',
    'total.amount.lte(managerLimit)',
    'total.amount.lt(managerLimit)',
    /at M still the manager/,
  ),
  bank(
    'splitting lowers the authority',
    'approvals.ts',
    'cumulated ?? amount ?? 0',
    'amount ?? 0',
    /splitting does not lower/,
  ),
  bank(
    'the signatures are in another order',
    'approvals.ts',
    "['DIRECTOR', 'FINANCE', 'EXECUTIVE']",
    "['FINANCE', 'DIRECTOR', 'EXECUTIVE']",
    /A-062/,
  ),
  bank('exceptions are decided in bulk', 'approvals.ts', ', oneByOne: true }', ' }', /A-011/),
  bank(
    'a plan may lack its budget',
    'tickets.ts',
    '.lte(0)) refusals.push(NO_BUDGET)',
    '.lt(0)) refusals.push(NO_BUDGET)',
    /A-037/,
  ),
  bank(
    'a refusal is in English twice',
    'tickets.ts',
    "zh: '客户关系维护方案须列明费用预算方可提交。'",
    "zh: 'A maintenance plan is submitted with its budget.'",
    /guard of SUBMIT_PLAN: .*same in both languages/,
  ),
  bank(
    'two refusals give one reason',
    'tickets.ts',
    "en: 'Each measure of a maintenance plan names who carries it out.'",
    "en: 'A maintenance plan is submitted with its budget.'",
    /guard of SUBMIT_PLAN: the refusals/,
  ),
  bank(
    'one level of disputes is forgotten',
    'tickets.ts',
    "ticket.type !== 'DISPUTE' ||",
    "ticket.type !== 'DISPUTE' || ticket.level === 2 ||",
    /promise for DISPUTE level 2/,
  ),
  bank(
    'the callback goes by the clock of the machine',
    'tickets.ts',
    'const atOnce = afterMinutes(now, atOnceMinutes)',
    'const atOnce = afterMinutes(new Date().toISOString(), atOnceMinutes)',
    /react to BREACHED \(\w+\): it calls new Date\(\) or Date\.now\(\)/,
  ),
  bank(
    'two callbacks have one key',
    'care.ts',
    'key: `callback:${bought}:${name}`',
    'key: `callback:${bought}`',
    /care on |A-046/,
  ),
  bank(
    'a sensitive field is read',
    'care.ts',
    'datesIn(customer.profile.loanDisbursedOn)',
    'datesIn(customer.profile.otherBankLoans ?? customer.profile.loanDisbursedOn)',
    /care on .*otherBankLoans, which is sensitive/,
  ),
  bank(
    'a month too early',
    'care.ts',
    'from: addMonths(bought, 4)',
    'from: addMonths(bought, 3)',
    /not yet in month 4/,
  ),
  bank(
    'the reduction is in points and not relative',
    'targets.ts',
    '.times(100).div(was)',
    '.times(100).div(before.whole.times(now.whole))',
    /A-056/,
  ),
  bank(
    'a holiday is greeted on each of its days',
    'care.ts',
    'return first.flatMap(',
    'return coming.flatMap(',
    /A-045|two tasks of one answer/,
  ),
  telecom(
    'a tier is in the wrong band',
    'club.ts',
    "{ tier: 'SILVER', from: parameter('silverFrom') }",
    "{ tier: 'SILVER', from: parameter('diamondFrom') }",
    /overlap|scheme club/,
  ),
  telecom(
    'silver skips the IVR',
    'club.ts',
    "rank: 1,\n        benefits: ['PRIORITY_HALL', 'PRIORITY_HOTLINE']",
    "rank: 1,\n        benefits: ['PRIORITY_HALL', 'PRIORITY_HOTLINE', 'SKIP_IVR']",
    /A-098 A-102/,
  ),
  telecom('two tiers have one rank', 'club.ts', 'rank: 2,', 'rank: 1,', /scheme club: its tiers need whole ranks/),
  telecom('gold is contacted each quarter', 'care.ts', 'GOLD: 1', 'GOLD: 3', /gold too \(A-088\)/),
  telecom(
    'a visit alone is contact',
    'care.ts',
    '    every: months,',
    "    every: months,\n    by: ['VISIT'],",
    /A-087/,
  ),
  telecom('calls stand in for a visit', 'care.ts', "['VISIT', 'HALL']", "['VISIT', 'HALL', 'PHONE']", /A-091/),
  telecom(
    'who was never told is sold to',
    'answers.ts',
    'customer?.consent.marketing !== true',
    'customer?.consent.marketing === false',
    /A-119/,
  ),
  telecom(
    'churn at the limit is met',
    'answers.ts',
    'new Decimal(actual).lt(target)',
    'new Decimal(actual).lte(target)',
    /A-092/,
  ),
  telecom(
    'the reason lacks its Chinese',
    'answers.ts',
    'zh: `投诉须在 ${complaintHours} 小时内答复，全天24小时计时。`',
    "zh: ''",
    /promise for COMPLAINT level 1: promise\.because\.zh/,
  ),
  telecom(
    'a calendar is not declared',
    'answers.ts',
    "calendar: 'always' }",
    "calendar: 'hall' }",
    /promise for COMPLAINT level 1: promise answered with the calendar hall/,
  ),
  telecom(
    'a parameter is misspelt',
    'care.ts',
    'every: faceToFaceMonths',
    'every: (0 as unknown as { m: { n: number } }).m.n',
    /care on .*threw TypeError/,
  ),
  telecom(
    'the brackets of the archive are wrong',
    'archive.ts',
    '[30, 80, 120, 200]',
    '[30, 80, 120, 250]',
    /200 is 4 \(A-105\)/,
  ),
  telecom(
    'a benefit is declared and never granted',
    'club.ts',
    'export const benefits = {',
    "export const benefits = {\n  LOUNGE: { label: { en: 'Lounge', zh: '候机厅' } },",
    /benefit LOUNGE: no tier grants it/,
  ),
  broadband('level 2 within level 1', 'tickets.ts', '2: 8', '2: 5', /A-125/),
  broadband(
    'level 3 is forgotten',
    'tickets.ts',
    ', 3: 12 }',
    ' }',
    /promise for COMPLAINT level 3: it is left to the standard policy/,
  ),
  broadband(
    'the answer is asked instead of the solution',
    'tickets.ts',
    "metric: 'RESOLUTION'",
    "metric: 'FIRST_RESPONSE'",
    /A-124/,
  ),
  broadband(
    'the appointment is forgotten',
    'tickets.ts',
    "target: sameDay(), from: 'APPOINTMENT'",
    'target: sameDay()',
    /A-138/,
  ),
  broadband(
    'a case is forgotten',
    'tickets.ts',
    "case 'TWO_WAY_COMMUNITY':\n      return",
    "case 'TWO_WAY':\n      return",
    /promise for PROVISIONING case TWO_WAY_COMMUNITY/,
  ),
  broadband(
    'warned of after the end',
    'tickets.ts',
    '[level === 3 ? level3WarnAtPercent : warnAtPercent]',
    '[warnAtPercent, level3WarnAtPercent]',
    /at-risk points of RESOLUTION that do not ascend/,
  ),
  broadband('closed without a callback', 'tickets.ts', '&& !ticket.calledBack', '&& ticket.calledBack', /A-133/),
  broadband(
    'a key account type is not in the rule',
    'accounts.ts',
    "isOneOf('keyAccountType', ACCOUNT_TYPES)",
    "isOneOf('keyAccountType', ACCOUNT_TYPES.slice(0, 2))",
    /a group/,
  ),
  broadband(
    'a profile field is misspelt in the rule',
    'accounts.ts',
    "isOneOf('keyAccountType', ACCOUNT_TYPES)",
    "isOneOf('keyAcountType', ACCOUNT_TYPES)",
    /grade by scheme key-account: it reads the profile's keyAcountType, which no profile declares/,
  ),
  broadband(
    'a profile field is misspelt in care',
    'care.ts',
    'profile.serviceExpiresOn',
    'profile.serviceExpireOn',
    /care on .*serviceExpireOn, which no profile declares/,
  ),
  broadband(
    'a birthday falls on the wrong year',
    'care.ts',
    'nextAnniversary(born, today)',
    '`${today.slice(0, 4)}${born.slice(4)}`',
    /across the year's end/,
  ),
  broadband(
    'facts are changed',
    'care.ts',
    'known.filter(({ on }) => today <= on && on <= horizon).sort(',
    '(known as { on: string; name: string }[]).sort(',
    /care on .*TypeError|A-145/,
  ),
];

const missed: string[] = [];

test('there are enough faults, in each of our lines', () => {
  expect(FAULTS.length).toBeGreaterThanOrEqual(30);
  expect(new Set(FAULTS.map(({ plugin }) => plugin)).size).toBe(3);
});

test.each(FAULTS)('$plugin: $it', async ({ it, plugin, file, from, to, place }) => {
  const findings = await findingsAfter(plugin, file, from, to);
  if (findings.length === 0) missed.push(it);
  // A fault that nothing finds is counted below; one that is found is found where it is.
  else expect(findings).toContainEqual(expect.stringMatching(place));
});

afterAll(() => {
  expect(missed.length / FAULTS.length, `not caught: ${missed.join('; ')}`).toBeLessThanOrEqual(0.1);
});
