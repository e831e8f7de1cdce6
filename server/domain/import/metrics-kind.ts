import { z } from 'zod';
import type { Policy } from '../../engine/policy/contract.ts';
import { zoneOf } from '../../engine/policy/line-zone.ts';
import { inTransaction, type TransactionClient } from '../../platform/storage/transaction.ts';
import { liesAhead } from '../../platform/values/days.ts';
import { groupBy } from '../../platform/values/group-by.ts';
import { ByNumber, numbered } from '../customers/by-number.ts';
import { numberKey } from '../customers/name-search.ts';
import { countFresh, type FigureRow, storeFigures } from '../customers/record-figures.ts';
import { auditBatch } from './import-audit.ts';
import type { FileKind, ImportContext, Stored } from './kind.ts';
import { dateOf, decimal, needed, neededDate, optional } from './reading/cells.ts';
import { codeOf, Issues, type ParsedRow, parseRows, policyOf } from './reading/parse.ts';
import type { Row } from './reading/read-rows.ts';
import { shiftDate } from './shift.ts';

const COLUMNS = {
  policyId: { also: ['业务线'] },
  customerNumber: { also: ['客户编号'], needed: true },
  key: { also: ['metric', '指标'], needed: true },
  value: { also: ['数值', '指标值'], needed: true },
  asOf: { also: ['date', '日期', '数据日期'], needed: true },
  source: { also: ['来源', '数据来源'] },
} as const;

const row = z.object({
  policyId: optional(64),
  customerNumber: needed(64),
  key: needed(64),
  value: decimal,
  asOf: neededDate,
  source: optional(64),
});

interface Taken extends FigureRow {
  readonly line: number;
  readonly policyId: string;
  readonly source: string;
}

/** A transaction of one batch, in milliseconds. */
const LONGEST_MS = 30_000;

/** Figures of customers, one a line; a value that is in force for its day already is not stored again. */
export function metricsKind(context: ImportContext): FileKind {
  return {
    columns: { named: COLUMNS },
    keyOf: ({ cells: { policyId, customerNumber, key, asOf } }) => {
      const line = policyId ?? context.policyId;
      if (!line || !customerNumber || !key || !asOf) return null;
      const metric = codeOf(context.services.policies.get(line)?.declaration.metrics, key) ?? key;
      return `${line} ${numberKey(customerNumber)} ${metric} ${dateOf(asOf)?.getTime() ?? asOf}`;
    },
    async check(rows) {
      const issues = new Issues();
      const taken = await readFigures(context, rows, issues);
      return { issues: issues.all, count: () => count(context, taken), store: () => store(context, taken) };
    },
  };
}

type Numbered = ByNumber<{ readonly id: string; readonly numberKey: string }>;
type Parsed = ParsedRow<z.output<typeof row>>;

/** The figures of good rows. */
async function readFigures(context: ImportContext, rows: readonly Row[], issues: Issues): Promise<Taken[]> {
  const parsed = parseRows(rows, row, issues).flatMap((one) => {
    const policy = policyOf(context, one, issues);
    return policy ? [{ ...one, policy: policy.declaration }] : [];
  });
  const taken: Taken[] = [];
  for (const [policy, ofPolicy] of groupBy(parsed, (one) => one.policy)) {
    const customers = await customersOf(context, policy.id, ofPolicy);
    taken.push(...ofPolicy.flatMap((one) => figureOf(context, policy, customers, one, issues) ?? []));
  }
  return taken;
}

/** The customers that rows name. */
async function customersOf({ services }: ImportContext, policyId: string, rows: readonly Parsed[]): Promise<Numbered> {
  const numbers = rows.map(({ cells }) => cells.customerNumber);
  const customers = await services.database.prisma.customer.findMany({
    where: { ...numbered(policyId, numbers), erasedAt: null },
    select: { id: true, numberKey: true },
  });
  return new ByNumber(customers);
}

/** The figure of a row; null where it is bad. */
function figureOf(
  { now, shift, fileName }: ImportContext,
  policy: Policy,
  customers: Numbered,
  { row: raw, cells }: Parsed,
  issues: Issues,
): Taken | null {
  const { id: policyId } = policy;
  const key = codeOf(policy.metrics, cells.key);
  const customerId = customers.get(cells.customerNumber)?.id;
  const asOf = shiftDate(cells.asOf, shift);
  if (!key) issues.add(raw, 'key', `is no metric of ${policyId}`);
  if (!customerId) issues.add(raw, 'customerNumber', `is no customer of ${policyId}`);
  if (liesAhead(asOf, now, zoneOf(policy))) issues.add(raw, 'asOf', 'lies in the future');
  if (!key || !customerId || issues.has(raw)) return null;
  return { line: raw.line, policyId, customerId, key, value: cells.value, asOf, source: cells.source ?? fileName };
}

async function count({ services }: ImportContext, taken: readonly Taken[]): Promise<Stored> {
  const imported = await countFresh(services.database.prisma, taken);
  return { imported, unchanged: taken.length - imported };
}

async function store(context: ImportContext, taken: readonly Taken[]): Promise<Stored> {
  if (taken.length === 0) return { imported: 0, unchanged: 0 };
  const byPolicy = groupBy(taken, (one) => one.policyId);
  const imported = await inTransaction(
    context.services.database,
    async (tx) => {
      let sum = 0;
      for (const [policyId, ofPolicy] of byPolicy) sum += await storeOfPolicy(tx, context, policyId, ofPolicy);
      return sum;
    },
    { timeoutMs: LONGEST_MS },
  );
  return { imported, unchanged: taken.length - imported };
}

/** Stores the figures of one business line, with their audit entry where any is new; returns how many are. */
async function storeOfPolicy(
  tx: TransactionClient,
  context: ImportContext,
  policyId: string,
  taken: readonly Taken[],
): Promise<number> {
  let fresh = 0;
  for (const [source, figures] of groupBy(taken, (one) => one.source))
    fresh += await storeFigures(tx, figures, source, context.now);
  const lines = taken.map(({ line }) => line);
  if (fresh > 0) await auditBatch(tx, context, 'IMPORT_METRICS', { policyId, lines, rows: fresh });
  return fresh;
}
