import type { DataModel } from '../storage/reads/data-model.ts';
import { VIEWER_ROLE, type ViewerRows } from '../storage/viewers/viewer-rows.ts';
import type { Actor } from './actor.ts';
import { BOUND_ROWS, type BoundModel, SEEN_OTHERWISE, WITHOUT_POLICY } from './bound-rows.ts';

// The row rule of scope.ts, as PostgreSQL asks it of each row. Both read `BOUND_ROWS`; a test holds that the database has these policies.

const known = new WeakMap<object, ViewerRows>();

/** What an actor may see, for the policies: beside their own rows those that a program's scopes reach. */
export function viewerRowsOf({ rows, reach }: Pick<Actor, 'rows' | 'reach'>): ViewerRows {
  const written = known.get(rows);
  if (written !== undefined) return written;
  const places: Record<string, string[]> = {};
  for (const { lines } of [rows, ...Object.values(reach ?? {})])
    for (const { policyId, branchIds } of lines)
      places[policyId] = [...(places[policyId] ?? []), ...(branchIds === 'ALL' ? ['*'] : branchIds)];
  const text = JSON.stringify(places);
  known.set(rows, text);
  return text;
}

// Read once a statement and not once a row.
const SEEN = `(select nullif(current_setting('tierline.rows', true), '')::jsonb)`;

/** A table's policy: its name, and the condition that a row meets. */
export interface RowPolicy {
  readonly table: string;
  readonly condition: string;
}

/** The policies of all tables whose rows belong to a line and a place. */
export function rowPolicies(models: DataModel): RowPolicy[] {
  const withPolicy = (Object.keys(BOUND_ROWS) as BoundModel[]).filter((name) => !WITHOUT_POLICY.includes(name));
  return withPolicy.map((name) => {
    const model = models.get(name);
    if (!model) throw new Error(`there is no model ${name}`);
    return { table: model.table, condition: conditionFor(models, name) };
  });
}

function conditionFor(models: DataModel, name: BoundModel): string {
  const [relation] = BOUND_ROWS[name];
  const others = SEEN_OTHERWISE[name];
  const own = relation ? throughParent(models, name, relation) : ofPlace('');
  // Whoever the server lets in otherwise is the application, which has a rule of its own; also where it does not own its tables.
  return [own, ...(others ? [others] : []), `current_user <> '${VIEWER_ROLE}'`].map((one) => `(${one})`).join(' or ');
}

const ofPlace = (row: string) => `coalesce(${SEEN} -> ${row}"policy_id" ?| array['*', ${row}"branch_id"::text], false)`;

/** What hangs on a row is seen with it: the parent's own policy answers, where it has one. */
function throughParent(models: DataModel, name: BoundModel, relation: string): string {
  const model = models.get(name);
  const field = model?.fields.get(relation);
  const parent = field?.is === 'RELATION' ? models.get(field.to) : undefined;
  if (!model || !parent || field?.is !== 'RELATION') throw new Error(`${name} has no relation ${relation}`);
  const place = WITHOUT_POLICY.includes(field.to as BoundModel) ? ` and ${ofPlace('parent.')}` : '';
  return `exists (select 1 from "${parent.table}" parent where parent."${field.theirs}" = "${model.table}"."${field.ours}"${place})`;
}

/** The statements that put a policy on its table. */
export function policySql({ table, condition }: RowPolicy): string {
  return `ALTER TABLE "${table}" ENABLE ROW LEVEL SECURITY;\nCREATE POLICY "rows_of_viewers" ON "${table}" USING (${condition});\n`;
}
