import { stringify } from 'csv-stringify/sync';
import { zoneOf } from '../../engine/policy/line-zone.ts';
import type { InstalledPolicy } from '../../engine/policy/policies.ts';
import { monthOf } from '../../engine/sla/periods.ts';
import type { Database } from '../../platform/storage/database.ts';
import type { OwedReport } from './due-reports.ts';
import { figuresOf } from './scorecards/scorecard-figures.ts';
import { EVERYTHING, type IssueRow, ofBranch, ticketsByType } from './sql.ts';

/** A report's modules: satisfaction and other figures, and a summary of the issues (S01). JSON-safe. */
export interface ReportContent {
  readonly month: string;
  readonly figures: Readonly<Record<string, string>>;
  readonly issues: readonly IssueRow[];
}

/** What a report of a place says, from what is known now: of the whole line, or of the place alone. */
export async function reportContent(
  database: Pick<Database, 'prisma'>,
  policy: InstalledPolicy,
  { declaration, branchId, month }: Pick<OwedReport, 'declaration' | 'branchId' | 'month'>,
): Promise<ReportContent> {
  const scope = declaration.per === 'LINE' ? EVERYTHING : ofBranch(branchId);
  const period = monthOf(month);
  const figures = await figuresOf(database, policy, scope, period);
  const counted = { policyId: policy.declaration.id, scope, zone: zoneOf(policy.declaration) };
  const issues = await ticketsByType(database.prisma, counted, period);
  return { month: month.toISOString().slice(0, 7), figures, issues };
}

/** A report as a table for a spreadsheet; a cell that would be a formula is a text. */
export function reportCsv({ month, figures, issues }: ReportContent, summary: string | null): string {
  const rows = [
    ['module', 'item', 'opened', 'resolved', 'open', 'value'],
    ['report', 'month', '', '', '', month],
    ...(summary === null ? [] : [['report', 'summary', '', '', '', summary]]),
    ...Object.entries(figures).map(([key, value]) => ['figures', key, '', '', '', value]),
    ...issues.map(({ type, opened, resolved, open }) => ['issues', type, opened, resolved, open, '']),
  ];
  return stringify(rows, { escape_formulas: true });
}
