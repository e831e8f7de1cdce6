import { z } from 'zod';
import { inTransaction } from '../../platform/storage/transaction.ts';
import { groupBy } from '../../platform/values/group-by.ts';
import { type FigureRow, storeFigures } from '../customers/figures.ts';
import { auditBatch } from './audit.ts';
import { decimal, needed, neededDate, optional } from './cells.ts';
import type { FileKind, ImportContext, Stored } from './kind.ts';
import { codeOf, Issues, parseRows, policyOf } from './parse.ts';
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
  const { services, fileName, shift, now } = context;
  const { database } = services;

  async function check(rows: Parameters<FileKind['check']>[0]) {
    const issues = new Issues();
    const parsed = parseRows(rows, row, issues).flatMap((one) => {
      const policy = policyOf(context, one, issues);
      return policy ? [{ ...one, policy: policy.declaration }] : [];
    });
    const taken: Taken[] = [];
    for (const [policyId, ofPolicy] of groupBy(parsed, ({ policy }) => policy.id)) {
      const numbers = [...new Set(ofPolicy.map(({ cells }) => cells.customerNumber))];
      const customers = await database.prisma.customer.findMany({
        where: { policyId, number: { in: numbers }, erasedAt: null },
        select: { id: true, number: true },
      });
      const idOf = new Map(customers.map(({ id, number }) => [number, id]));
      for (const {
        row: { line },
        row: raw,
        cells,
        policy,
      } of ofPolicy) {
        const key = codeOf(policy.metrics, cells.key);
        const customerId = idOf.get(cells.customerNumber);
        const asOf = shiftDate(cells.asOf, shift);
        if (!key) issues.add(raw, 'key', `is no metric of ${policyId}`);
        if (!customerId) issues.add(raw, 'customerNumber', `is no customer of ${policyId}`);
        if (asOf.getTime() > now.getTime() + 86_400_000) issues.add(raw, 'asOf', 'lies in the future');
        if (!key || !customerId || issues.has(raw)) continue;
        taken.push({ line, policyId, customerId, key, value: cells.value, asOf, source: cells.source ?? fileName });
      }
    }
    return { issues: issues.all, store };

    async function store(): Promise<Stored> {
      if (taken.length === 0) return { imported: 0, unchanged: 0 };
      const imported = await inTransaction(
        database,
        async (tx) => {
          let sum = 0;
          for (const [policyId, ofPolicy] of groupBy(taken, (one) => one.policyId)) {
            let fresh = 0;
            for (const [source, figures] of groupBy(ofPolicy, (one) => one.source))
              fresh += await storeFigures(tx, figures, source, now);
            if (fresh > 0)
              await auditBatch(tx, context, 'IMPORT_METRICS', {
                policyId,
                lines: ofPolicy.map(({ line }) => line),
                rows: fresh,
              });
            sum += fresh;
          }
          return sum;
        },
        { timeoutMs: LONGEST_MS },
      );
      return { imported, unchanged: taken.length - imported };
    }
  }

  return {
    columns: { named: COLUMNS },
    keyOf: ({ cells }) => `${cells.policyId ?? context.policyId} ${cells.customerNumber} ${cells.key} ${cells.asOf}`,
    check,
  };
}
