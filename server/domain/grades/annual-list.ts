import { businessLine } from '../../engine/services/business-line.ts';
import type { Caller, Services } from '../../engine/services/services.ts';
import { requirePermission } from '../../platform/access/permissions.ts';
import { visible } from '../../platform/access/scope.ts';
import { writeAudit } from '../../platform/audit/audit.ts';
import { inTransaction } from '../../platform/storage/transaction.ts';
import { InvalidInput, type Issue, Refused } from '../../platform/values/errors.ts';

export interface AnnualList {
  readonly policyId: string;
  readonly schemeId: string;
  readonly year: number;
  readonly entries: readonly { readonly customerNumber: string; readonly tierCode: string }[];
}

/** The most entries of one request. */
const MAX_ENTRIES = 500;

/**
 * Fixes who is on a scheme's list of a year; entries of customers who are on it already take the new tier. Grades follow
 * with the next assessment or grading run of that year.
 *
 * @returns how many entries the list has now
 * @throws {Refused} the year is over: its list is history
 */
export async function setAnnualList(services: Services, caller: Caller, input: AnnualList): Promise<number> {
  const { database, clock, policies } = services;
  const { actor, requestId } = caller;
  requirePermission(actor, 'setAnnualList', input);
  const now = clock.now();
  const { declaration } = businessLine(policies.get(input.policyId), input.policyId);
  const scheme = declaration.schemes?.[input.schemeId];
  const issues: Issue[] = [];
  if (scheme?.rule.by !== 'ANNUAL_LIST')
    issues.push({ path: 'input.schemeId', message: 'is no scheme with an annual list' });
  if (input.entries.length > MAX_ENTRIES)
    issues.push({ path: 'input.entries', message: `has more than ${MAX_ENTRIES} entries` });
  for (const [index, { tierCode }] of input.entries.entries()) {
    if (scheme && !scheme.tiers[tierCode])
      issues.push({ path: `input.entries[${index}].tierCode`, message: `is no tier of ${input.schemeId}` });
  }
  const customers = await database.prisma.customer.findMany({
    where: {
      AND: [
        {
          policyId: declaration.id,
          number: { in: input.entries.map(({ customerNumber }) => customerNumber) },
          erasedAt: null,
        },
        visible(actor),
      ],
    },
    select: { id: true, number: true },
  });
  const idOf = new Map(customers.map(({ id, number }) => [number, id]));
  for (const [index, { customerNumber }] of input.entries.entries()) {
    if (!idOf.has(customerNumber))
      issues.push({ path: `input.entries[${index}].customerNumber`, message: 'is no customer' });
  }
  if (issues.length > 0) throw new InvalidInput(issues);
  if (input.year < now.getUTCFullYear()) throw Refused.because('YEAR_OVER', `The list of ${input.year} is history.`);
  const rows = input.entries.map(({ customerNumber, tierCode }) => ({
    customer_id: idOf.get(customerNumber),
    tier_code: tierCode,
  }));
  return inTransaction(database, async (tx) => {
    await tx.$executeRaw`
      insert into annual_list_entry (scheme_id, year, customer_id, policy_id, tier_code, by_id, at)
      select ${input.schemeId}, ${input.year}, g.customer_id, ${declaration.id}, g.tier_code, ${actor.id}::uuid, ${now}
      from (select distinct on (customer_id) * from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as r(customer_id uuid, tier_code text)) g
      on conflict (scheme_id, year, customer_id) do update set tier_code = excluded.tier_code, by_id = excluded.by_id, at = excluded.at`;
    await writeAudit(tx, {
      at: now,
      actorId: actor.id,
      requestId,
      action: 'SET_ANNUAL_LIST',
      subject: { type: 'Policy', id: declaration.id },
      policyId: declaration.id,
      branchId: actor.branchId,
      changes: [{ field: `${input.schemeId} ${input.year}`, before: null, after: String(rows.length) }],
    });
    return tx.annualListEntry.count({ where: { schemeId: input.schemeId, year: input.year } });
  });
}
