import { isZone } from '../calendar-days.ts';
import {
  type AccessScope,
  CONTRACT_VERSION,
  type DutyDeclaration,
  type Policy,
  type SchemeDeclaration,
} from '../contract.ts';
import { parametersIn } from '../evaluate/operands.ts';
import { leavesOf, plain } from '../evaluate/plain.ts';
import { QUESTIONS } from '../facts.ts';
import { contradictoryParameters, parseParameters } from '../parameters.ts';
import { recordProblems } from '../records/record-problems.ts';
import type { SchemeRule } from '../vocabulary.ts';
import { textProblems } from './declared-texts.ts';
import { ladderProblems } from './ladder-problems.ts';

const ACCESS: readonly AccessScope[] = ['OWN_BRANCH', 'BRANCH_AND_BELOW', 'CENTRAL'];

/**
 * What is wrong with a plugin's declaration, each problem in a sentence that names the plugin. The compiler finds most
 * of it; a plugin in plain JavaScript has none.
 */
export function declarationProblems(policy: Policy): string[] {
  return told(policy, () => [...problemsOf(policy), ...presetProblems(policy), ...textProblems(policy)]);
}

/** As `declarationProblems`, of a declaration whose schemas and functions live elsewhere: they are not asked. */
export function dataProblems(policy: Policy): string[] {
  return told(policy, () => [...problemsOf(policy), ...textProblems(policy)]);
}

function told(policy: Policy, find: () => readonly string[]): string[] {
  const { id, contract } = policy;
  if (typeof id !== 'string' || !/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(id))
    return [`${String(id)}: it is no policy id; lower-case words with hyphens are asked, such as repair-shop`];
  if (contract !== CONTRACT_VERSION)
    return [`${id}: it is built for version ${contract} of the contract, this is version ${CONTRACT_VERSION}`];
  try {
    return find().map((problem) => `${id}: ${problem}`);
  } catch (error) {
    return [`${id}: its declaration cannot be read: ${error instanceof Error ? error.message : String(error)}`];
  }
}

function problemsOf(policy: Policy): string[] {
  return [
    ...(ACCESS.includes(policy.access)
      ? []
      : [`its access is one of ${ACCESS.join(', ')}, not ${String(policy.access)}`]),
    ...Object.keys(policy.answers ?? {})
      .filter((name) => !(QUESTIONS as readonly string[]).includes(name))
      .map((name) => `it answers ${name}, which is no question; there are ${QUESTIONS.join(', ')}`),
    ...Object.entries(policy.schemes ?? {}).flatMap(([scheme, declared]) =>
      schemeProblems(policy, declared).map((problem) => `scheme ${scheme}: ${problem}`),
    ),
    ...dutyProblems(policy),
    ...recordProblems(policy),
    ...ladderProblems(policy),
    ...performanceProblems(policy),
    ...(policy.workload === undefined ? [] : unknown('parameter', [policy.workload], policy.parameters)),
    ...unknown('parameter', Object.values(policy.appointments ?? {}), policy.parameters),
    ...unknown('parameter', Object.values(policy.received ?? {}), policy.parameters),
    ...unknown('parameter', staleMetrics(policy), policy.parameters),
    ...(policy.staleAfter === undefined ? [] : unknown('parameter', [policy.staleAfter], policy.parameters)),
    ...zoneProblems(policy),
  ];
}

/** Zones in which no day begins: whatever needs a day would break when it is first asked. */
function zoneProblems({ timeZone, calendars = {} }: Policy): string[] {
  const zones = [
    ...(timeZone === undefined ? [] : [['its timeZone', timeZone] as const]),
    ...Object.entries(calendars).map(
      ([id, calendar]) => [`the timeZone of calendar ${id}`, calendar.timeZone] as const,
    ),
  ];
  return zones.flatMap(([what, zone]) =>
    isZone(zone) ? [] : [`${what}, ${String(zone)}, is no time zone such as Asia/Shanghai`],
  );
}

const EVERY = ['DAY', 'WEEK', 'MONTH', 'QUARTER', 'YEAR'];
const HOLDERS = ['LINE', 'BRANCH', 'MANAGER', 'PERSON', 'CUSTOMER'];

function dutyProblems(policy: Policy): string[] {
  const { duties = {}, meetings, reports } = policy;
  return Object.entries(duties).flatMap(([code, { every, of, due, doneBy, record }]) => {
    const problems = [
      ...(/^[A-Z][A-Z0-9_]{0,63}$/.test(code) ? [] : ['its code is not in upper case']),
      ...(EVERY.includes(every) ? [] : [`it is owed every ${every}, which is none of ${EVERY.join(', ')}`]),
      ...(HOLDERS.includes(of) ? [] : [`it is owed by ${of}, which is none of ${HOLDERS.join(', ')}`]),
      ...(Number.isInteger(due.days) && due.days >= 0
        ? []
        : [`it falls due ${due.days} days after, whole days are asked`]),
      ...(due.time === undefined || /^([01]\d|2[0-3]):[0-5]\d$/.test(due.time)
        ? []
        : [`${due.time} is no time of day`]),
      ...(doneBy && 'meeting' in doneBy ? unknown('meeting', [doneBy.meeting], meetings?.kinds) : []),
      ...(doneBy && 'report' in doneBy ? unknown('report', [doneBy.report], reports) : []),
      ...(doneBy && 'report' in doneBy && every !== 'MONTH' ? ['reports are of months'] : []),
      ...(doneBy && 'annualList' in doneBy ? annualListProblems(policy, doneBy.annualList, { every, of }) : []),
      ...(doneBy && !('record' in doneBy) && of !== 'LINE' && of !== 'BRANCH'
        ? ['what a meeting or a report does is owed by a place']
        : []),
      ...(doneBy && 'record' in doneBy ? recordDeedProblems(policy, doneBy, of) : []),
      ...(doneBy && record ? ['it is done by a meeting or report and by a record'] : []),
    ];
    return problems.map((problem) => `duty ${code}: ${problem}`);
  });
}

/** A duty is done by records about who owes it. */
function recordDeedProblems(
  { records = {} }: Policy,
  { record, on }: Extract<NonNullable<DutyDeclaration['doneBy']>, { readonly record: string }>,
  of: DutyDeclaration['of'],
): string[] {
  const declared = records[record];
  if (!declared) return unknown('record', [record], records);
  const owed = {
    PERSON: ['PERSON'],
    MANAGER: ['PERSON'],
    CUSTOMER: ['CUSTOMER', 'CONTRACT', 'TICKET'],
    BRANCH: ['BRANCH'],
    LINE: ['LINE'],
  }[of];
  return [
    ...(owed.includes(declared.about) ? [] : [`${record} is about ${declared.about}, and it is owed by ${of}`]),
    ...(on === undefined || Object.hasOwn(declared.fields.shape, on) ? [] : [`${on} is no field of ${record}`]),
  ];
}

function annualListProblems(
  { schemes }: Policy,
  scheme: string,
  { every, of }: Pick<DutyDeclaration, 'every' | 'of'>,
): string[] {
  if (schemes?.[scheme]?.rule.by !== 'ANNUAL_LIST') return [`${scheme} is no scheme with an annual list`];
  return every === 'YEAR' && of === 'LINE' ? [] : ['an annual list is owed once a YEAR by the LINE'];
}

/** What is wrong with plugins beside each other: ids that two of them use. */
export function clashes(policies: readonly Policy[]): string[] {
  const problems: string[] = [];
  const owners = new Map<string, string>();
  const seen = new Set<string>();
  for (const { id, schemes = {} } of policies) {
    if (seen.has(id)) problems.push(`two plugins have the id ${id}`);
    seen.add(id);
    for (const scheme of Object.keys(schemes)) {
      const owner = owners.get(scheme);
      if (policies.some((policy) => policy.id === scheme))
        problems.push(`${id} has a scheme ${scheme}, which is a policy's id`);
      if (owner !== undefined && owner !== id) problems.push(`${owner} and ${id} both have a scheme ${scheme}`);
      owners.set(scheme, id);
    }
  }
  return problems;
}

/** Defaults that their own schemas refuse, and numbers that contradict each other before anybody set one. */
function presetProblems(policy: Policy): string[] {
  const { parameters, issues } = parseParameters(policy, {}, 'parameters');
  try {
    const found = issues.length > 0 ? issues : contradictoryParameters(policy, parameters, 'parameters');
    return found.map(({ path, message }) => `${path} ${message}`);
  } catch (error) {
    return [`checkParameters threw ${error instanceof Error ? error.message : String(error)}`];
  }
}

function performanceProblems(policy: Policy): string[] {
  const { performance, approvals, meetings, disputes, parameters, schemes = {} } = policy;
  const { monthlyTarget, topTiers = {} } = performance ?? {};
  const names = [monthlyTarget, approvals?.cumulationDays, meetings?.minutesHours, disputes?.days];
  const named = names.filter((name) => name !== undefined);
  return [
    ...unknown('parameter', named, parameters),
    ...Object.values(policy.plans?.templates ?? {}).flatMap(({ tiers }) => [
      ...unknown('scheme', Object.keys(tiers), schemes),
      ...Object.entries(tiers).flatMap(([scheme, codes]) => unknown('tier', codes, schemes[scheme]?.tiers)),
    ]),
    ...unknown('scheme', Object.keys(topTiers), schemes),
    ...Object.entries(topTiers).flatMap(([scheme, tiers]) => unknown('tier', tiers, schemes[scheme]?.tiers)),
  ];
}

function schemeProblems(policy: Policy, scheme: SchemeDeclaration): string[] {
  const { tiers, rule } = scheme;
  const ranks = Object.values(tiers).map(({ rank }) => rank);
  const benefits = Object.values(tiers).flatMap((tier) => tier.benefits ?? []);
  return [
    ...(new Set(ranks).size === ranks.length && ranks.every(Number.isInteger)
      ? []
      : ['its tiers need whole ranks, no two alike']),
    ...unknown('tier', [...tiersIn(rule), ...tiersOfLifeCycle(scheme)], tiers),
    ...unknown('metric', [...metricsIn(rule), ...(scheme.metrics ?? []), ...(scheme.monotone ?? [])], policy.metrics),
    ...unknown('parameter', parametersIn(rule), policy.parameters),
    ...unknown('benefit', benefits, policy.benefits),
    ...misordered(scheme),
  ];
}

function staleMetrics({ metrics = {} }: Policy): string[] {
  return Object.values(metrics).flatMap(({ staleAfter }) => staleAfter ?? []);
}

function tiersOfLifeCycle({ lifeCycle }: SchemeDeclaration): string[] {
  const misses = lifeCycle?.missesBeforeDemotion;
  return typeof misses === 'object' ? Object.keys(misses) : [];
}

function unknown(what: string, names: readonly string[], declared: object = {}): string[] {
  return [...new Set(names)]
    .filter((name) => !Object.hasOwn(declared, name))
    .map((name) => `it names the ${what} ${name}, which is not declared`);
}

/** Conditions are tried from the best tier down, so they have to stand that way. */
function misordered({ tiers, rule }: SchemeDeclaration): string[] {
  if (rule.by !== 'CONDITIONS') return [];
  return rule.tiers.flatMap(({ tier }, index) => {
    const before = rule.tiers[index - 1]?.tier;
    if (before === undefined || (tiers[before]?.rank ?? 0) >= (tiers[tier]?.rank ?? 0)) return [];
    return [`${tier} stands below ${before} in the rule and ranks above it`];
  });
}

/** The tiers that a rule can give, once per mention. */
export function tiersIn(rule: SchemeRule): string[] {
  switch (rule.by) {
    case 'CONDITIONS':
      return rule.tiers.map(({ tier }) => tier);
    case 'BANDS':
      return rule.bands.map(({ tier }) => tier);
    case 'SCORECARD':
      return rule.bands.flatMap(({ tier }) => tier ?? []);
    case 'MATRIX':
      return rule.rows.flatMap(({ cells }) => cells.map(({ tier }) => tier));
    case 'ANNUAL_LIST':
      return [];
  }
}

/** The metrics that a rule asks for, once per mention. */
export function metricsIn(rule: SchemeRule): string[] {
  switch (rule.by) {
    case 'CONDITIONS':
      return rule.tiers.flatMap(({ when }) =>
        leavesOf(plain(when)).flatMap((leaf) => ('metric' in leaf ? leaf.metric : [])),
      );
    case 'SCORECARD':
      return rule.indicators.flatMap(({ score }) => ('metric' in score ? score.metric : []));
    case 'BANDS':
    case 'MATRIX':
      return [rule.metric];
    case 'ANNUAL_LIST':
      // What it needs may also be a judgement, which nobody declares.
      return [];
  }
}
