import type { SchemeDeclaration } from '../../engine/policy/contract.ts';
import { zoneOf } from '../../engine/policy/line-zone.ts';
import type { InstalledPolicy } from '../../engine/policy/policies.ts';
import { Act } from '../../engine/services/act.ts';
import { businessLine } from '../../engine/services/business-line.ts';
import type { Caller, Services } from '../../engine/services/services.ts';
import { visible } from '../../platform/access/scope.ts';
import { dayIn } from '../../platform/values/days.ts';
import { InvalidInput, type Issue } from '../../platform/values/errors.ts';
import { own } from '../../platform/values/own.ts';
import { refuse } from '../../platform/values/refusals.ts';
import { ByNumber, numbered } from '../customers/by-number.ts';
import { fulfilDuties } from '../duties/fulfil.ts';
import { putOnAnnualList } from './sql.ts';

export interface AnnualList {
  readonly policyId: string;
  readonly schemeId: string;
  readonly year: number;
  readonly entries: readonly { readonly customerNumber: string; readonly tierCode: string }[];
}

/** The most entries of one request. */
const MAX_ENTRIES = 500;

/**
 * Fixes who is on a scheme's list of a year; entries of customers who are on it already take the new tier, and nobody is taken
 * off it: an empty list changes nothing. Grades follow with the next assessment or grading run of that year.
 *
 * @returns how many entries the list has now
 * @throws {Refused} the year is over: its list is history
 */
export async function setAnnualList(services: Services, caller: Caller, input: AnnualList): Promise<number> {
  const act = Act.begin(services, caller, 'setAnnualList', input);
  const policy = businessLine(services.policies.get(input.policyId), input.policyId);
  const { declaration } = policy;
  const scheme = own(declaration.schemes, input.schemeId);
  const customers = await customersByNumber(act, declaration.id, input);
  const issues = [...checkEntries(input, scheme), ...checkListed(input, scheme, customers)];
  if (issues.length > 0) throw new InvalidInput(issues);
  const { schemeId, year } = input;
  if (year < Number(dayIn(act.now, zoneOf(declaration)).slice(0, 4))) throw refuse('YEAR_OVER', { year });
  const rows = input.entries.map(({ customerNumber, tierCode }) => ({
    customer_id: customers.get(customerNumber)?.id,
    tier_code: tierCode,
  }));
  const { id } = declaration;
  const done = await listDone(act, policy, year);
  return act.commit({
    audit: act.audit(
      'SET_ANNUAL_LIST',
      { type: 'Policy', id, policyId: id, branchId: act.actor.branchId },
      { changes: [{ field: `${schemeId} ${year}`, before: null, after: String(rows.length) }] },
    ),
    async change(tx) {
      await putOnAnnualList(tx, { schemeId, year, policyId: id, byId: act.actor.id, at: act.now }, rows);
      const count = await tx.annualListEntry.count({ where: { schemeId, year } });
      if (count > 0) await fulfilDuties(tx, policy, { annualList: schemeId }, { ...done, outcome: `${count}` });
      return count;
    },
  });
}

/** A list is owed by head office before its year begins. */
async function listDone({ services, now }: Act, { declaration }: InstalledPolicy, year: number) {
  const officeId = (await services.actors.organisation()).officeOf(declaration.id);
  const isAhead = year > Number(dayIn(now, zoneOf(declaration)).slice(0, 4));
  return { branchId: officeId ?? '', officeId, day: `${year - 1}-12-31`, at: now, ifOwed: !isAhead };
}

function checkEntries({ schemeId, entries }: AnnualList, scheme: SchemeDeclaration | undefined): Issue[] {
  const issues: Issue[] = [];
  if (scheme?.rule.by !== 'ANNUAL_LIST')
    issues.push({ path: 'input.schemeId', message: 'is no scheme with an annual list' });
  if (entries.length > MAX_ENTRIES)
    issues.push({ path: 'input.entries', message: `has more than ${MAX_ENTRIES} entries` });
  for (const [index, { tierCode }] of entries.entries()) {
    if (scheme && !own(scheme.tiers, tierCode))
      issues.push({ path: `input.entries[${index}].tierCode`, message: `is no tier of ${schemeId}` });
  }
  return issues;
}

/** Each number is a customer whom the scheme is for, and is there once: with two tiers it would have either. */
function checkListed(
  { schemeId, entries }: AnnualList,
  scheme: SchemeDeclaration | undefined,
  customers: Awaited<ReturnType<typeof customersByNumber>>,
): Issue[] {
  const seen = new Set<string>();
  return entries.flatMap(({ customerNumber }, index) => {
    const path = `input.entries[${index}].customerNumber`;
    const customer = customers.get(customerNumber);
    if (!customer) return [{ path, message: 'is no customer' }];
    if (seen.has(customer.id)) return [{ path, message: 'is listed above already' }];
    seen.add(customer.id);
    if (!scheme || scheme.customerKinds.includes(customer.kind)) return [];
    return [
      { path, message: `is ${customer.kind}, and ${schemeId} is for ${scheme.customerKinds.join(', ')} customers` },
    ];
  });
}

/** The named customers whom the actor sees. */
async function customersByNumber(act: Act, policyId: string, { entries }: AnnualList) {
  const numbers = entries.map(({ customerNumber }) => customerNumber);
  const customers = await act.prisma.customer.findMany({
    where: { AND: [numbered(policyId, numbers), { erasedAt: null, departedAt: null }, visible(act.actor)] },
    select: { id: true, numberKey: true, kind: true },
  });
  return new ByNumber(customers);
}
