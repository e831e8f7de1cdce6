import pg from 'pg';
import { vi } from 'vitest';
import { VIEWER_ROLE } from '../../server/platform/storage/viewers/viewer-rows.ts';

interface PlanNode {
  readonly 'Node Type': string;
  readonly 'Relation Name'?: string;
  readonly 'Index Name'?: string;
  readonly 'Actual Rows': number;
  readonly 'Actual Loops': number;
  readonly 'Rows Removed by Filter'?: number;
  readonly 'Rows Removed by Index Recheck'?: number;
  readonly 'Rows Removed by Join Filter'?: number;
  readonly Plans?: readonly PlanNode[];
}

/** How a statement was carried out. */
export interface StatementPlan {
  readonly text: string;
  /** Tables that were read from the first row to the last. */
  readonly scanned: readonly string[];
  /** Rows that were read of tables and indexes, those that a filter threw away too. */
  readonly read: number;
  readonly removed: number;
  readonly plan: unknown;
}

interface Sent {
  readonly text: string;
  readonly values: readonly unknown[];
  /** Whose rows it may read, where it is read for somebody. */
  readonly viewerRows?: string | undefined;
}

/** Notes the reading statements that this process sends while `run` runs. */
export async function statementsOf(run: () => Promise<unknown>): Promise<Sent[]> {
  const spy = vi.spyOn(pg.Client.prototype, 'query');
  try {
    await run();
    const calls = spy.mock.calls as unknown as readonly (readonly unknown[])[];
    return calls.flatMap(([query, values]) => {
      const {
        text,
        values: own,
        viewerRows,
      }: Partial<Sent> = typeof query === 'string' ? { text: query } : (query as Sent);
      const reads = text !== undefined && /^\s*(\/\*[^*]*\*\/)?\s*(select|with)\b/i.test(text);
      return reads ? [{ text, values: own ?? (Array.isArray(values) ? values : []), viewerRows }] : [];
    });
  } finally {
    spy.mockRestore();
  }
}

const nodesOf = (node: PlanNode): PlanNode[] => [node, ...(node.Plans ?? []).flatMap(nodesOf)];

const AS_VIEWER = `select set_config('role', '${VIEWER_ROLE}', true), set_config('tierline.rows', $1, true)`;

/** Carries a statement out once more, for whom it was, and tells how. */
export async function planOf(client: pg.Client, { text, values, viewerRows }: Sent): Promise<StatementPlan> {
  await client.query('begin');
  if (viewerRows !== undefined) await client.query(AS_VIEWER, [viewerRows]);
  const { rows } = await client.query(`explain (analyze, timing off, format json) ${text}`, [...values]);
  await client.query('rollback');
  const { Plan: root } = rows[0]['QUERY PLAN'][0] as { Plan: PlanNode };
  const nodes = nodesOf(root);
  const leaves = nodes.filter((node) => node['Relation Name'] !== undefined);
  const removedBy = (node: PlanNode) =>
    ((node['Rows Removed by Filter'] ?? 0) +
      (node['Rows Removed by Index Recheck'] ?? 0) +
      (node['Rows Removed by Join Filter'] ?? 0)) *
    node['Actual Loops'];
  const sum = (all: readonly PlanNode[], of: (node: PlanNode) => number) =>
    all.reduce((total, node) => total + of(node), 0);
  const removed = sum(nodes, removedBy);
  return {
    text,
    scanned: nodes.flatMap((node) => (node['Node Type'] === 'Seq Scan' ? [node['Relation Name'] ?? ''] : [])),
    read: sum(leaves, (node) => node['Actual Rows'] * node['Actual Loops']) + removed,
    removed,
    plan: root,
  };
}
